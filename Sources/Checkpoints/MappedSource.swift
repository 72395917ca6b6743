import Foundation
package import Layers
package import Torch

/// Parameters of a network, read from checkpoints with other names and layouts.
package final class MappedSource: ParameterSource {
  /// One checkpoint, and where our parameters lie in it.
  package struct Part {
    /// The checkpoint.
    package let file: any TensorFile
    /// Nil if it has our own names.
    package let keys: KeyMap?

    package init(_ file: any TensorFile, _ keys: KeyMap?) {
      self.file = file
      self.keys = keys
    }
  }

  private let parts: [Part]
  private let absent: Set<String>
  private let copies: Bool
  private let generator = Generator(seed: 0)
  private var used: [Set<String>]

  /// - Parameters:
  ///   - absent: Parameters that no checkpoint has; they begin as they would in training.
  ///   - copies: Whether numbers may be changed later. If not, they may lie in the file.
  package init(_ parts: [Part], absent: Set<String> = [], copies: Bool = true) {
    self.parts = parts
    self.absent = absent
    self.copies = copies
    used = Array(repeating: [], count: parts.count)
  }

  /// Whether a checkpoint holds the numbers of the parameter `key`.
  package func has(_ key: String) -> Bool { place(of: key).found != nil }

  /// Where the parameter `key` lies: in which part, and as what; nil if no part has it.
  ///
  /// - Returns: Besides, the first place in which it should be.
  private func place(of key: String) -> (
    found: (part: Int, place: KeyMap.Found)?, wanted: KeyMap.Found?
  ) {
    var wanted: KeyMap.Found?
    for (index, part) in parts.enumerated() {
      guard let place = part.keys == nil ? KeyMap.Found(keys: [key]) : part.keys?(key) else {
        continue
      }
      wanted = wanted ?? place
      if place.names.allSatisfy({ part.file.entries[$0] != nil }) {
        return ((index, place), wanted)
      }
    }
    return (nil, wanted)
  }

  /// Tensors that no parameter has asked for, besides those that fit one of the patterns.
  package func unused(besides ignored: [String]) -> [String] {
    zip(parts, used).flatMap { part, used in
      part.file.entries.keys.filter { key in
        !used.contains(key) && !ignored.contains { KeyMap.fits(key, $0) }
      }
    }.sorted()
  }

  /// Reads a parameter by our own name for it; one that may be absent is drawn by `initializer`.
  package func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer)
    throws(CheckpointError) -> Tensor
  {
    let (found, wanted) = place(of: key)
    if let (index, place) = found {
      let part = parts[index]
      used[index].formUnion(place.names)
      return try read(
        place, from: part.file, as: shape,
        mayStayHalf: !copies && part.keys != nil && key.hasSuffix(Self.tokenTable))
    }
    if absent.contains(key) { return initializer.draw(shape, using: generator) }
    let name = wanted?.keys.first ?? key
    throw .missing(
      key: name, closest: closest(to: name, among: parts.flatMap { Array($0.file.entries.keys) }))
  }

  /// The tables of tokens are most of a multilingual model, and of each text only a few rows are
  /// read: they stay in the file as they are, and ``Embedding`` converts the rows.
  private static let tokenTable = "tokens.weight"

  /// Reads the tensors of a place and joins them to one of this shape.
  private func read(
    _ place: KeyMap.Found, from file: any TensorFile, as shape: [Int], mayStayHalf: Bool
  ) throws(CheckpointError) -> Tensor {
    var pieces: [Tensor] = []
    for key in place.keys { pieces.append(try file.tensor(key)) }
    let stored = pieces.count == 1 ? pieces[0].shape : joinedShape(pieces.map(\.shape))
    let found = place.isTransposed ? stored.reversed() : stored
    guard found.filter({ $0 != 1 }) == shape.filter({ $0 != 1 }) else {
      throw .misshapen(key: place.keys[0], expected: shape, found: found)
    }
    let scale: Tensor? = if let key = place.scale { try file.tensor(key) } else { nil }
    if let scale, scale.shape != [stored.first ?? 0] {
      throw .misshapen(
        key: place.scale ?? "", expected: [stored.first ?? 0], found: scale.shape)
    }
    do {
      return try catchingTorchErrors {
        let whole = pieces.count == 1 ? pieces[0] : Tensor.concatenated(pieces, axis: 0)
        if mayStayHalf, !place.isTransposed, [.float16, .bfloat16].contains(whole.dtype) {
          return whole.reshaped(shape)
        }
        let turned = place.isTransposed ? whole.transposed() : whole
        var numbers = turned.to(.float32).reshaped(shape)
        if let scale {
          let rows = [stored[0]] + stored.dropFirst().map { _ in 1 }
          numbers = numbers * scale.to(.float32).reshaped(rows)
        }
        // What was joined, turned, converted or multiplied is new already.
        let isNew = pieces.count > 1 || whole.dtype != .float32 || scale != nil
        return copies && !isNew || place.isTransposed ? numbers.copied() : numbers
      }
    } catch { throw .unreadable(path: file.path, reason: "“\(place.keys[0])”: \(error)") }
  }

  /// The shape of all joined along the first axis; not theirs if the other axes differ.
  private func joinedShape(_ shapes: [[Int]]) -> [Int] {
    guard let first = shapes.first, let rows = first.first,
      shapes.allSatisfy({ $0.dropFirst() == first.dropFirst() })
    else { return [] }
    return [shapes.reduce(0) { $0 + ($1.first ?? rows) }] + first.dropFirst()
  }
}

extension KeyMap.Found {
  /// All tensors that it is made of.
  fileprivate var names: [String] { keys + (scale.map { [$0] } ?? []) }
}
