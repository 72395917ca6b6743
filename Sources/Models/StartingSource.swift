import Checkpoints
package import Layers
package import Torch
import Towers

/// Begins a network with towers of other models, and draws the rest.
///
/// A projection is taken over where it fits the shared space, and drawn where it does not; the scale
/// and the sigmoid loss's bias are taken over where both towers are of one model. What a tower lacks
/// and a recipe wants on top of it (a pooler; BriVL's boxes) is drawn, too.
package final class StartingSource: ParameterSource {
  private let image, text: StartingTower?
  private let isOneModel: Bool
  /// What is drawn even where both towers are of one model.
  private let alwaysDrawn: Set<ParameterRole>
  /// The text tower's table of tokens: its name, which rows are taken, and how many there are.
  private let rows: (table: String, kept: Tensor, count: Int)?
  private let drawn: RandomSource
  /// The linear maps behind the towers' vectors that were drawn, as their files have none.
  package private(set) var randomPoolers: [String] = []

  /// - Parameters:
  ///   - image: The tower that the image tower begins with; nil to draw one.
  ///   - text: The same for the text tower.
  ///   - drawsScale: Whether the scale is drawn even where both towers are of one model.
  ///   - drawsBias: The same for the sigmoid loss's bias.
  ///   - keptTokens: The rows of its table of tokens that are taken, in their new order; all, if nil.
  package init(
    image: StartingTower?, text: StartingTower?, keptTokens: [Int32]? = nil,
    drawsScale: Bool = false, drawsBias: Bool = false, drawing: RandomSource
  ) {
    self.image = image
    self.text = text
    isOneModel =
      image != nil && image?.files.card.name == text?.files.card.name
      && image?.files.weights.map(\.path) == text?.files.weights.map(\.path)
    var alwaysDrawn: Set<ParameterRole> = []
    if drawsScale { alwaysDrawn.insert(.scale) }
    if drawsBias { alwaysDrawn.insert(.bias) }
    self.alwaysDrawn = alwaysDrawn
    drawn = drawing
    if let keptTokens, let text, let tower = text.files.card.encoder.text?.settings {
      let kept = Tensor(keptTokens.map { Int64($0) })
      rows = ("\(text.side).\(tower.tableName)", kept, tower.vocabulary)
    } else {
      rows = nil
    }
  }

  package func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer)
    throws(CheckpointError) -> Tensor
  {
    let role = ParameterRole(of: key)
    for tower in [image, text] {
      guard let tower, tower.role == role else { continue }
      guard let inner = tower.key(of: key), !lacksPooler(tower, inner) else {
        return try drawn.tensor(key, shape, initializer)
      }
      guard let rows, inner == rows.table else {
        return try tower.tensor(inner, shape, initializer)
      }
      let table = try tower.tensor(inner, [rows.count] + shape.dropFirst(), initializer)
      return table.gathered(0, rows.kept)
    }
    let tower: StartingTower? =
      switch role {
      case .imageProjection: image
      case .textProjection: text
      case let other?: isOneModel && !alwaysDrawn.contains(other) ? image : nil
      case nil: isOneModel ? image : nil
      }
    if let tower, !tower.files.isBackbone,
      let numbers = try? tower.source.tensor(key, shape, initializer)
    {
      return numbers
    }
    return try drawn.tensor(key, shape, initializer)
  }

  /// Whether a tower lacks a parameter of a pooler; remembers the pooler if so.
  private func lacksPooler(_ tower: StartingTower, _ key: String) -> Bool {
    guard let pooler = tower.pooler, key.hasPrefix(pooler + "."), !tower.source.has(key) else {
      return false
    }
    if !randomPoolers.contains(pooler) { randomPoolers.append(pooler) }
    return true
  }
}
