package import Torch

/// A network that turns pictures into vectors.
package protocol ImageTower {
  /// Width of the vectors.
  var width: Int { get }
  /// - Parameters:
  ///   - images: Normalized pixels, `[batch, 3, height, width]`.
  /// - Returns: `[batch, width]`, of any length.
  func callAsFunction(_ images: Tensor) -> Tensor
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

/// Texts as token ids, padded to the longest of the batch.
package struct TokenBatch: Sendable {
  /// `[batch, length]`, int64.
  package let ids: Tensor
  /// `[batch, length]`, bool: true = real token.
  package let mask: Tensor
  /// Tokens of each text.
  package let lengths: [Int]

  /// Pads `texts` with `padding` to the longest of them, or to `length`.
  package init(_ texts: [[Int32]], padding: Int32, length: Int? = nil, on device: Device = .cpu) {
    let length = max(1, length ?? texts.map(\.count).max() ?? 1)
    var ids = [Int64](repeating: Int64(padding), count: texts.count * length)
    var mask = [UInt8](repeating: 0, count: texts.count * length)
    for (row, text) in texts.enumerated() {
      for (column, id) in text.prefix(length).enumerated() {
        ids[row * length + column] = Int64(id)
        mask[row * length + column] = 1
      }
    }
    self.ids = Tensor(ids, shape: [texts.count, length]).to(device)
    self.mask = Tensor(mask, shape: [texts.count, length]).to(.bool).to(device)
    lengths = texts.map { min($0.count, length) }
  }

  /// The mean of the real tokens' vectors.
  ///
  /// - Shapes: `[batch, length, width] → [batch, width]`
  package func mean(of vectors: Tensor) -> Tensor {
    let weights = mask.to(.float32)
    let counts = weights.sum(axis: 1, keepingAxis: true).clamped(1...Double.infinity)
    return (vectors.to(.float32) * weights.insertingAxis(-1)).sum(axis: 1) / counts
  }
}
