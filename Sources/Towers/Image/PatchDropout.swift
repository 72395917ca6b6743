import Layers
import Torch

/// A share of each picture's patches left out while a vision transformer learns: of each as many, drawn
/// for it alone. The others are not scaled.
///
/// - Shapes: `[batch, length, width] → [batch, kept, width]`
/// - Source: Li et al. 2022 (FLIP), arXiv:2212.00794; as open_clip's `PatchDropout` and timm's.
/// - Differs: what is kept stays in its order.
struct PatchDropout {
  private let rate: Double
  private let draws: Dropout

  init(_ rate: Double, in scope: Scope) { (self.rate, draws) = (rate, Dropout(rate, in: scope)) }

  /// - Parameters:
  ///   - first: Tokens in front that are never left out, as a class token.
  func callAsFunction(_ x: Tensor, sparing first: Int) -> Tensor {
    guard let draws = draws.current else { return x }
    let (batch, length, width) = (x.shape[0], x.shape[1], x.shape[2])
    let patches = length - first
    let kept = max(1, Int(Double(patches) * (1 - rate)))
    let rows = (0..<batch).flatMap { sample in
      let numbers = draws.numbers(ofSample: sample, count: patches)
      let least = (0..<patches).sorted { numbers[$0] < numbers[$1] }.prefix(kept).sorted()
      return (Array(0..<first) + least.map { $0 + first }).map { Int64(sample * length + $0) }
    }
    return embedding(x.flattened(from: 0, through: 1), Tensor(rows).to(x.device))
      .reshaped(batch, first + kept, width)
  }
}
