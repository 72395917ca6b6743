package import Torch

/// A network that turns pictures into vectors.
package protocol ImageTower {
  /// Width of the vectors.
  var width: Int { get }
  /// - Parameters:
  ///   - images: Normalized pixels, `[batch, 3, height, width]`.
  /// - Returns: `[batch, width]`, of any length.
  func callAsFunction(_ images: Tensor) -> Tensor
  /// The same for images of which parts are named; a tower that sees images as a whole ignores
  /// them.
  ///
  /// - Parameters:
  ///   - boxes: The parts of each image; nil where none are named.
  func callAsFunction(_ images: Tensor, boxes: [[ImageBox]?]) -> Tensor
  /// A warning about training with images of this side, in pixels; nil if there is none.
  func doubt(aboutImagesOfSide side: Int) -> String?
}

extension ImageTower {
  package func callAsFunction(_ images: Tensor, boxes: [[ImageBox]?]) -> Tensor { self(images) }
  package func doubt(aboutImagesOfSide side: Int) -> String? { nil }
}

/// A network that turns texts into vectors.
package protocol TextTower {
  /// Width of the vectors.
  var width: Int { get }
  /// The most tokens a text may have.
  var contextLength: Int { get }
  /// - Returns: `[batch, width]`, of any length.
  func callAsFunction(_ texts: TokenBatch) -> Tensor
}

/// Texts as token ids.
package struct TokenBatch: Sendable {
  /// The ids of each text.
  package let texts: [[Int32]]
  private let padding: Int32
  private let length: Int
  private let device: Device

  /// - Parameters:
  ///   - padding: The id that fills up short texts.
  ///   - length: What texts are padded to; the longest of them, if not given.
  package init(_ texts: [[Int32]], padding: Int32, length: Int? = nil, on device: Device = .cpu) {
    self.texts = texts
    self.padding = padding
    self.length = max(1, length ?? texts.map(\.count).max() ?? 1)
    self.device = device
  }

  /// Texts of one length, filled up behind.
  package struct Padded {
    /// `[batch, length]`, int64.
    package let ids: Tensor
    /// `[batch, length]`, bool: true = real token.
    package let mask: Tensor
    /// Tokens of each text.
    package let lengths: [Int]
  }

  package var padded: Padded {
    var ids = [Int64](repeating: Int64(padding), count: texts.count * length)
    var mask = [UInt8](repeating: 0, count: texts.count * length)
    for (row, text) in texts.enumerated() {
      for (column, id) in text.prefix(length).enumerated() {
        ids[row * length + column] = Int64(id)
        mask[row * length + column] = 1
      }
    }
    return Padded(
      ids: Tensor(ids, shape: [texts.count, length]).to(device),
      mask: Tensor(mask, shape: [texts.count, length]).to(.bool).to(device),
      lengths: texts.map { min($0.count, length) })
  }

  /// All ids one after another, `[count]`, and where each text begins among them, `[batch]`.
  package var bags: (ids: Tensor, offsets: Tensor) {
    var offsets: [Int64] = []
    var ids: [Int64] = []
    for text in texts {
      offsets.append(Int64(ids.count))
      ids += text.map(Int64.init)
    }
    return (Tensor(ids).to(device), Tensor(offsets).to(device))
  }
}

extension TokenBatch.Padded {
  /// The mean of the real tokens' vectors.
  ///
  /// - Shapes: `[batch, length, width] → [batch, width]`
  package func mean(of vectors: Tensor) -> Tensor {
    let weights = mask.to(.float32)
    let counts = weights.sum(axis: 1, keepingAxis: true).clamped(1...Double.infinity)
    return (vectors.to(.float32) * weights.insertingAxis(-1)).sum(axis: 1) / counts
  }
}
