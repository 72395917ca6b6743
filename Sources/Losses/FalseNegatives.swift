package import Torch

/// Whether two items are of one concept.
///
/// - Parameters:
///   - first: The concept of each item as a number, `[n]`, int64.
///   - second: The same of the others, `[m]`; a negative number is of no concept.
/// - Returns: Bool, `[n, m]`.
package func isSameConcept(_ first: Tensor, _ second: Tensor) -> Tensor {
  first.insertingAxis(1).isEqual(to: second)
}

/// The share of a batch's negatives that are right answers: each pushes away what belongs together.
///
/// - Parameters:
///   - isSame: Whether query and candidate are of one concept, 1 or true for those, `[n, m]`: see
///     ``isSameConcept(_:_:)``.
///   - positives: 1 where the loss does not take the candidate for a negative, else 0, `[n, m]`.
/// - Returns: 0…1; 0 too if there are no negatives.
package func falseNegativeShare(isSame: Tensor, positives: Tensor) -> Double {
  withoutGradient {
    let negatives = -positives.to(.float32) + 1
    let count = negatives.sum().item
    return count > 0 ? (negatives * isSame.to(.float32)).sum().item / count : 0
  }
}
