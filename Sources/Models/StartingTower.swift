import Checkpoints
import Layers
import Torch
package import Towers

/// A tower of another model that one of a run's begins with.
package struct StartingTower {
  package let files: ModelFiles
  /// Which of the run's towers: `image` or `text`.
  let side: String
  /// The part of the run's tower that it becomes, with a point behind: `bert.` inside BriVL's text
  /// tower; empty if it becomes all of it.
  private let part: String
  let source: MappedSource
  /// Its own vision transformer, whose positions may serve another size.
  private let vision: ViT.Settings?

  /// - Parameters:
  ///   - files: The model whose image tower is taken.
  ///   - tower: The image tower of the run.
  /// - Throws: ``CheckpointError`` if a file cannot be read, ``ModelError`` if the model lacks the
  ///   tower.
  package init(_ files: ModelFiles, images tower: ImageTowerSettings?) throws {
    guard let own = files.card.encoder.image else {
      throw ModelError.noTower(model: files.card.name, side: "pictures")
    }
    var part = ""
    if case .efficientNet = own, case .brivl = tower { part = "network." }
    vision = if case .vit(let settings) = own { settings } else { nil }
    (self.files, side, self.part) = (files, "image", part)
    source = try Self.source(files, .images)
  }

  /// - Parameters:
  ///   - files: The model whose text tower is taken.
  ///   - tower: The text tower of the run.
  /// - Throws: ``CheckpointError`` if a file cannot be read, ``ModelError`` if the model lacks the
  ///   tower.
  package init(_ files: ModelFiles, texts tower: TextTowerSettings?) throws {
    guard let own = files.card.encoder.text else {
      throw ModelError.noTower(model: files.card.name, side: "texts")
    }
    var part = ""
    if case .bert = own, case .brivl = tower { part = "bert." }
    (self.files, side, self.part, vision) = (files, "text", part, nil)
    source = try Self.source(files, .texts)
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
  /// Positions of a vision transformer are resampled to as many as are asked for, as the tower itself
  /// would for pictures of that size.
  ///
  /// - Throws: ``CheckpointError`` that says what to do if the run wants other shapes.
  func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer) throws(CheckpointError)
    -> Tensor
  {
    do {
      guard let vision, key == "image.positions" else {
        return try source.tensor(key, shape, initializer)
      }
      return try positions(of: vision, shape, initializer)
    } catch .misshapen(_, let wanted, let found) {
      throw mismatch("“\(key)” is \(found) in it, and the settings want \(wanted)")
    } catch .missing {
      throw mismatch("it has no “\(key)”, which the settings want")
    }
  }

  private func positions(of vision: ViT.Settings, _ shape: [Int], _ initializer: Initializer)
    throws(CheckpointError) -> Tensor
  {
    let side = vision.size / vision.patch
    let extra = vision.hasClassToken ? 1 : 0
    let table = try source.tensor(
      "image.positions", [side * side + extra, vision.width], initializer)
    let newSide = Int(Double(shape[0] - extra).squareRoot().rounded())
    guard newSide != side else { return table }
    guard newSide * newSide + extra == shape[0], shape.dropFirst() == [vision.width] else {
      throw .misshapen(key: "image.positions", expected: shape, found: table.shape)
    }
    let grid = vision.resampling(
      table.narrowed(0, to: extra..<extra + side * side), rows: newSide, columns: newSide)
    return extra == 0
      ? grid : .concatenated([table.narrowed(0, to: 0..<extra), grid], axis: 0)
  }

  private func mismatch(_ reason: String) -> CheckpointError {
    let free = side == "image" ? " (of a vision transformer, only size may be another)" : ""
    return .impossible(
      setting: "model." + side,
      reason: "the run starts from \(files.card.name), and \(reason). Leave out what sets "
        + "model.\(side)'s sizes\(free), or --\(side)-from")
  }
}
