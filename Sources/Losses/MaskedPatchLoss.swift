import Settings
package import Torch

/// The loss of masked autoencoding: what was painted into the hidden patches, against what was there.
///
///     loss = Σ_hidden mean((prediction − target)²) / number of hidden patches
///
/// - Parameters:
///   - predictions: Numbers of each patch, `[n, patches, 3 · side²]`.
///   - targets: What they should be, in the same shape and order: ``pixelPatches(of:side:order:)``
///     of ``unitPixels(_:mean:standardDeviation:)``, or ``normalizedPatches(_:)`` of those of the
///     pixels as the network sees them.
///   - hidden: 1 or true where a patch was hidden, `[n, patches]`; all patches count, if not given.
/// - Returns: The mean squared error, in the targets' unit squared, `[]`.
/// - Source: He et al. 2021 (MAE), §3, arXiv:2111.06377; Ko & Gu 2022 (KELIP), arXiv:2203.14463.
package func maskedPatchLoss(predictions: Tensor, targets: Tensor, hidden: Tensor? = nil)
  -> Tensor
{
  let errors = (predictions - targets).power(2).mean(axis: -1)
  guard let hidden else { return errors.mean() }
  let weights = hidden.to(errors.device).to(errors.dtype)
  return (errors * weights).sum() / weights.sum()
}

/// How the numbers of one patch follow each other.
package enum PatchOrder: String, Choice {
  /// All of red, all of green, all of blue, as KELIP has them.
  case channelsFirst
  /// Red, green and blue of each pixel, as MAE has them.
  case channelsLast
}

/// Pictures as their patches, row by row; pixels that fill no whole patch are left out.
///
/// - Parameters:
///   - side: Side of a patch, in pixels.
/// - Shapes: `[n, channels, height, width] → [n, patches, channels · side²]`
/// - Source: navervision/KELIP at a9af5a2, `kelip/model.py:535` (channels first); He et al. 2021's
///   facebookresearch/mae, `models_mae.py` (channels last).
package func pixelPatches(of pixels: Tensor, side: Int, order: PatchOrder) -> Tensor {
  let (count, channels) = (pixels.shape[0], pixels.shape[1])
  let (rows, columns) = (pixels.shape[2] / side, pixels.shape[3] / side)
  let tiles = pixels.narrowed(2, to: 0..<rows * side).narrowed(3, to: 0..<columns * side)
    .reshaped(count, channels, rows, side, columns, side)
  let ordered =
    switch order {
    case .channelsFirst: tiles.permuted(0, 2, 4, 1, 3, 5)
    case .channelsLast: tiles.permuted(0, 2, 4, 3, 5, 1)
    }
  return ordered.reshaped(count, rows * columns, channels * side * side)
}

/// Each patch brought to mean 0 and variance 1, which makes detail count as much as brightness.
///
///     (patch − mean) / √(variance + ε), ε = 1e−6, the variance over count − 1
///
/// - Shapes: `[n, patches, numbers] → [n, patches, numbers]`
/// - Source: He et al. 2021, §4.1 “reconstruction target”, arXiv:2111.06377.
package func normalizedPatches(_ patches: Tensor) -> Tensor {
  let centred = patches - patches.mean(axis: -1, keepingAxis: true)
  let freedom = Double(max(1, patches.shape[patches.shape.count - 1] - 1))
  let variance = centred.power(2).sum(axis: -1, keepingAxis: true) / freedom
  return centred * (variance + 1e-6).power(-0.5)
}

/// Pixels as a network sees them, brought back to [−1, 1], which is where tanh can paint.
///
/// - Parameters:
///   - pixels: `(v − mean) / deviation` of values v in [0, 1], `[n, channels, height, width]`.
///   - mean: What was subtracted from each channel.
///   - standardDeviation: What each channel was divided by.
/// - Returns: `2v − 1`, in the same shape.
package func unitPixels(_ pixels: Tensor, mean: [Float], standardDeviation: [Float]) -> Tensor {
  func channels(_ numbers: [Float]) -> Tensor {
    Tensor(numbers, shape: [numbers.count, 1, 1]).to(pixels.device).to(pixels.dtype)
  }
  return (pixels * channels(standardDeviation) + channels(mean)) * 2 - 1
}
