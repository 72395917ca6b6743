import Torch

/// Sequences of different lengths, one after another without padding between them.
///
/// Linear maps, normalizations and perceptrons treat each token by itself, so padding would only
/// cost time; attention gets the length of each sequence.
///
/// - Source: Zeng et al. 2022, §3 (“unpadding”), arXiv:2208.08124.
struct Unpadded {
  /// Real tokens of each sequence, at least one.
  let lengths: [Int]
  /// Where each sequence begins among all real tokens.
  private let starts: [Int]
  /// The length with padding.
  private let length: Int

  /// Nil where there is no padding.
  ///
  /// - Parameters:
  ///   - lengths: The real tokens of each sequence, which stand in front; nil for all. A sequence
  ///     without any keeps one.
  ///   - x: `[batch, length, width]`
  init?(_ lengths: [Int]?, of x: Tensor) {
    let length = x.shape[1]
    guard let lengths, lengths.contains(where: { $0 < length }) else { return nil }
    var starts: [Int] = []
    var count = 0
    self.lengths = lengths.map { max(1, min($0, length)) }
    for length in self.lengths {
      starts.append(count)
      count += length
    }
    self.starts = starts
    self.length = length
  }

  /// - Shapes: `[batch, length, width] → [tokens, width]`
  func removingPadding(from x: Tensor) -> Tensor {
    let places = lengths.enumerated().flatMap { row, count in
      (0..<count).map { Int64(row * length + $0) }
    }
    return embedding(
      x.reshaped(lengths.count * length, x.shape[2]), Tensor(places).to(x.device))
  }

  /// Back among padding, whose vectors have no meaning.
  ///
  /// - Shapes: `[tokens, width] → [batch, length, width]`
  func addingPadding(to x: Tensor) -> Tensor {
    let places = zip(starts, lengths).flatMap { start, count in
      (0..<length).map { Int64(start + min($0, count - 1)) }
    }
    return embedding(x, Tensor(places, shape: [lengths.count, length]).to(x.device))
  }

  /// One token of each sequence.
  ///
  /// - Shapes: `[tokens, width] → [batch, width]`
  func rows(_ rows: [Int], of x: Tensor) -> Tensor {
    let places = zip(starts, rows).map { Int64($0 + $1) }
    return embedding(x, Tensor(places).to(x.device))
  }
}
