import Checkpoints
package import Layers
package import Torch
import Towers

/// Begins a network with towers of other models, and draws the rest.
///
/// A projection is taken over where it fits the shared space, and drawn where it does not; the scale
/// and the sigmoid loss's bias are taken over where both towers are of one model.
package final class StartingSource: ParameterSource {
  private let image: MappedSource?
  private let text: MappedSource?
  private let isOneModel: Bool
  /// What is drawn even where both towers are of one model.
  private let alwaysDrawn: Set<String>
  /// Of the text tower's table of tokens, which rows are taken, and how many there are.
  private let rows: (kept: Tensor, count: Int)?
  private let drawn: RandomSource

  /// - Parameters:
  ///   - image: The model whose image tower is taken; nil to draw one.
  ///   - text: The same for the text tower.
  ///   - drawsScale: Whether the scale is drawn even where both towers are of one model.
  ///   - drawsBias: The same for the sigmoid loss's bias.
  ///   - keptTokens: The rows of its table of tokens that are taken, in their new order; all, if nil.
  /// - Throws: ``CheckpointError`` if a file cannot be read, ``ModelError`` if a model lacks the
  ///   tower.
  package init(
    image: ModelFiles?, text: ModelFiles?, keptTokens: [Int32]? = nil,
    drawsScale: Bool = false, drawsBias: Bool = false, drawing: RandomSource
  ) throws {
    if let image, image.card.encoder.image == nil {
      throw ModelError.noTower(model: image.card.name, side: "pictures")
    }
    if let text, text.card.encoder.text == nil {
      throw ModelError.noTower(model: text.card.name, side: "texts")
    }
    self.image = try image.map { try Self.source($0, .images) }
    self.text = try text.map { try Self.source($0, .texts) }
    isOneModel =
      image != nil && image?.card.name == text?.card.name
      && image?.weights.map(\.path) == text?.weights.map(\.path)
    alwaysDrawn = Set((drawsScale ? ["log_scale"] : []) + (drawsBias ? ["bias"] : []))
    drawn = drawing
    rows = keptTokens.map {
      (Tensor($0.map(Int64.init)), text?.card.encoder.text?.vocabulary ?? 0)
    }
  }

  private static func source(_ files: ModelFiles, _ towers: DualEncoder.Towers) throws
    -> MappedSource
  {
    var parts: [MappedSource.Part] = []
    for part in files.weights where part.towers == .both || part.towers == towers {
      parts.append(.init(try openTensors(part.path), part.keys))
    }
    return MappedSource(parts, absent: files.absent)
  }

  package func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer)
    throws(CheckpointError) -> Tensor
  {
    if key.hasPrefix("image."), let image { return try image.tensor(key, shape, initializer) }
    if key.hasPrefix("text."), let text {
      guard let rows, key.hasSuffix("tokens.weight") else {
        return try text.tensor(key, shape, initializer)
      }
      let table = try text.tensor(key, [rows.count] + shape.dropFirst(), initializer)
      return table.gathered(0, rows.kept)
    }
    let source =
      key.hasPrefix("image_projection.")
      ? image
      : key.hasPrefix("text_projection.")
        ? text
        : isOneModel && !alwaysDrawn.contains(key) ? image : nil
    if let source, let numbers = try? source.tensor(key, shape, initializer) { return numbers }
    return try drawn.tensor(key, shape, initializer)
  }
}
