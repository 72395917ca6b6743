import Checkpoints
import Layers
import Torch
package import Towers

/// A tower of another model that one of a run's begins with.
package struct StartingTower {
  package let files: ModelFiles
  /// Which of the run's towers it begins.
  let role: ParameterRole
  /// The part of the run's tower that it becomes, with a point behind: `bert.` inside BriVL's text
  /// tower; empty if it becomes all of it.
  private let part: String
  let source: MappedSource
  /// Its own settings, not the run's.
  private let own: any TowerKind

  /// What names of its pooler's parameters begin with, without the point; nil if it can have none.
  var pooler: String? { own.pooler.map { side + "." + $0 } }

  /// What names of its parameters begin with, without the point.
  var side: String { role.rawValue }

  /// - Parameters:
  ///   - files: The model whose image tower is taken.
  ///   - tower: The image tower of the run.
  /// - Throws: ``CheckpointError`` if a file cannot be read, ``ModelError`` if the model lacks the
  ///   tower.
  package init(_ files: ModelFiles, images tower: ImageTowerSettings?) throws {
    guard let own = files.card.encoder.image?.settings else {
      throw ModelError.noTower(model: files.card.name, side: "pictures")
    }
    try self.init(files, .imageTower, own, part: tower?.settings.part(begunWith: own))
  }

  /// - Parameters:
  ///   - files: The model whose text tower is taken.
  ///   - tower: The text tower of the run.
  /// - Throws: ``CheckpointError`` if a file cannot be read, ``ModelError`` if the model lacks the
  ///   tower.
  package init(_ files: ModelFiles, texts tower: TextTowerSettings?) throws {
    guard let own = files.card.encoder.text?.settings else {
      throw ModelError.noTower(model: files.card.name, side: "texts")
    }
    try self.init(files, .textTower, own, part: tower?.settings.part(begunWith: own))
  }

  private init(_ files: ModelFiles, _ role: ParameterRole, _ own: any TowerKind, part: String?)
    throws
  {
    self.files = files
    self.role = role
    self.own = own
    self.part = part.map { $0 + "." } ?? ""
    source = try Self.source(files, role == .imageTower ? .images : .texts)
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

  /// The name of one of the run's parameters in this tower; nil if the tower has no such one.
  func key(of key: String) -> String? {
    let place = side + "." + part
    return key.hasPrefix(place) ? side + "." + key.dropFirst(place.count) : nil
  }

  /// The numbers of a parameter, by its name in this tower.
  ///
  /// Some fit other shapes, too: positions of a vision transformer are resampled to as many as are
  /// asked for, as the tower itself would for pictures of that size.
  ///
  /// - Throws: ``CheckpointError`` that says what to do if the run wants other shapes.
  func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer) throws(CheckpointError)
    -> Tensor
  {
    do {
      return try fitted(key, shape, initializer)
    } catch .misshapen(_, let wanted, let found) {
      throw mismatch("“\(key)” is \(found) in it, and the settings want \(wanted)")
    } catch .missing {
      throw mismatch("it has no “\(key)”, which the settings want")
    }
  }

  private func fitted(_ key: String, _ shape: [Int], _ initializer: Initializer)
    throws(CheckpointError) -> Tensor
  {
    let name = String(key.dropFirst(side.count + 1))
    guard let ownShape = own.shape(ofResizable: name), ownShape != shape else {
      return try source.tensor(key, shape, initializer)
    }
    let numbers = try source.tensor(key, ownShape, initializer)
    guard let resized = own.resized(name, numbers, to: shape) else {
      throw .misshapen(key: key, expected: shape, found: numbers.shape)
    }
    return resized
  }

  private func mismatch(_ reason: String) -> CheckpointError {
    let free = role == .imageTower ? " (of a vision transformer, only size may be another)" : ""
    return .impossible(
      setting: "model." + side,
      reason: "the run starts from \(files.card.name), and \(reason). Leave out what sets "
        + "model.\(side)'s sizes\(free), or --\(side)-from")
  }
}
