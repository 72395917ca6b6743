import Layers
package import Torch

/// Which patches of each picture are hidden: as many of each, anywhere.
///
/// The noise is drawn picture by picture, patch by patch, and the patches with the least of it stay
/// visible; so the same stream gives the same mask everywhere.
///
/// - Parameters:
///   - count: Pictures.
///   - patches: Patches of each.
///   - ratio: The share that is hidden. Published by MAE: 0.75, which leaves ⌊49 / 4⌋ = 12 of 49.
///   - generator: Where the noise comes from.
/// - Returns: True where a patch is hidden, bool, `[count, patches]`, on the CPU. One patch at least
///   is hidden and one is not.
/// - Source: He et al. 2021, §3 and appendix A, arXiv:2111.06377.
package func randomMask(
  count: Int, patches: Int, ratio: Double, using generator: inout some RandomNumberGenerator
) -> Tensor {
  let kept = max(1, min(patches - 1, Int(Double(patches) * (1 - ratio))))
  var hidden = [UInt8](repeating: 1, count: count * patches)
  for picture in 0..<count {
    let noise = (0..<patches).map { (amount: generator.next(), patch: $0) }
    for (_, patch) in noise.sorted(by: <).prefix(kept) { hidden[picture * patches + patch] = 0 }
  }
  return Tensor(hidden, shape: [count, patches]).to(.bool)
}

/// The visible patches taken out of their pictures, and put back among hidden ones.
struct PatchPlaces {
  /// Patches of each picture that are visible.
  let visible: Int

  private let count, patches: Int
  /// Where each visible patch lies among all, `[count · visible]`.
  private let rows: Tensor
  /// Where each patch lies among the visible ones; the row behind them for a hidden one,
  /// `[count · patches]`.
  private let origins: Tensor

  /// - Parameters:
  ///   - mask: True where a patch is hidden, `[count, patches]`, as many of each picture.
  init(hidden mask: Tensor, on device: Device) {
    (count, patches) = (mask.shape[0], mask.shape[1])
    let isHidden = mask.floats.map { $0 > 0.5 }
    let rows = isHidden.indices.filter { !isHidden[$0] }
    visible = rows.count / max(1, count)
    let size = patches
    let perPicture = Dictionary(grouping: rows) { $0 / size }.values.map(\.count)
    precondition(
      perPicture.count == count && Set(perPicture).count == 1,
      "A mask must hide as many patches of each picture, and not all.")
    var origins = [Int64](repeating: Int64(rows.count), count: isHidden.count)
    for (origin, row) in rows.enumerated() { origins[row] = Int64(origin) }
    self.rows = Tensor(rows.map { Int64($0) }).to(device)
    self.origins = Tensor(origins).to(device)
  }

  /// `[count, patches, width] → [count, visible, width]`
  func taken(from tokens: Tensor) -> Tensor {
    // An embedding's gradient adds up in a fixed order on every device, that of a gathering may not.
    embedding(tokens.flattened(from: 0, through: 1), rows).reshaped(count, visible, tokens.shape[2])
  }

  /// `[count, visible, width] → [count, patches, width]`, with `filling`, `[width]`, for the hidden.
  func restored(_ tokens: Tensor, filling: Tensor) -> Tensor {
    let all = Tensor.concatenated(
      [tokens.flattened(from: 0, through: 1), filling.insertingAxis(0).to(tokens.dtype)], axis: 0)
    return embedding(all, origins).reshaped(count, patches, tokens.shape[2])
  }
}

extension ViT {
  /// The vectors of visible patches alone, each normalized; the class token does not go with them.
  ///
  /// - Shapes: `[batch, 3, height, width] → [batch, visible, width]`
  func vectors(of images: Tensor, at places: PatchPlaces) -> Tensor {
    let patches = tokens(images)
    let positions = positions(for: images)
    let extra = positions.shape[0] - patches.shape[1]
    let grid = positions.narrowed(0, to: extra..<positions.shape[0])
    var x = places.taken(from: patches + grid)
    if let preNorm { x = preNorm(x) }
    for block in blocks { x = block(x) }
    return norm(x)
  }
}
