package import Torch

/// Pairs of texts in two languages on one picture: how near they are with it, and how far they say the
/// same without it.
package struct PairCloseness {
  /// Texts read together with their picture, vectors of length one, `[n, width]`.
  package let first, second: Tensor
  /// The same texts read alone, vectors of length one, without gradient, `[n, text width]`.
  package let firstTexts, secondTexts: Tensor

  /// - Parameters:
  ///   - first: One text of each pair with the picture, vectors of length one, `[n, width]`.
  ///   - second: The other with the same picture, `[n, width]`.
  ///   - firstTexts: The first text alone, `[n, text width]`. No gradient goes to it: a network could
  ///     otherwise bring unlike texts together to be allowed to bring their pictures together.
  ///   - secondTexts: The other alone, `[n, text width]`.
  package init(first: Tensor, second: Tensor, firstTexts: Tensor, secondTexts: Tensor) {
    precondition(
      first.shape == second.shape && firstTexts.shape == secondTexts.shape
        && first.shape[0] == firstTexts.shape[0],
      "Pairs with pictures, \(first.shape) and \(second.shape), and without, \(firstTexts.shape) and "
        + "\(secondTexts.shape), are not the same.")
    self.first = first
    self.second = second
    self.firstTexts = firstTexts.detached()
    self.secondTexts = secondTexts.detached()
  }

  /// How many pairs there are, n.
  package var count: Int { first.shape[0] }

  /// s, how near the two are with their picture: cosines, `[n]`.
  package var closeness: Tensor { (first * second).sum(axis: 1) }

  /// r, how far the two texts say the same: cosines, `[n]`, without gradient.
  package var relevance: Tensor { (firstTexts * secondTexts).sum(axis: 1) }
}
