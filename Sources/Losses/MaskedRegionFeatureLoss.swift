package import Torch

/// Masked regions by features: the network paints what a detector's features of a hidden region were.
///
///     loss = mean((prediction − feature)²), over all numbers of the hidden regions
///
/// - Parameters:
///   - predictions: Of the hidden regions alone, `[k, width]`.
///   - features: The detector's, `[k, width]`; no gradient goes to them. Published: 2,048 numbers.
/// - Returns: The mean squared error, in the features' unit squared, `[]`; 0 where no region is hidden.
/// - Source: Chen et al. 2020 (UNITER), §3.2 “MRFR”, arXiv:1909.11740; zmykevin/UC2 at 44a2c45,
///   `model/model.py`, `forward_mrfr`; e-bug/volta at 4d2ec14, `volta/losses.py`, `mse_2048`.
/// - Differs: UNITER's equation sums over a region's numbers; its code takes the mean, as this does.
package func maskedRegionFeatureLoss(predictions: Tensor, features: Tensor) -> Tensor {
  precondition(
    predictions.shape == features.shape,
    "Predictions \(predictions.shape) and features \(features.shape) do not go together.")
  let errors = (predictions.precise - features.detached()).power(2)
  return errors.sum() / Double(max(1, errors.count))
}
