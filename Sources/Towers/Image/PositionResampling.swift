import Settings
package import Torch

/// How a grid of learned positions serves a picture with another number of patches.
///
/// Both are bicubic, and differ in where the new places lie.
package enum PositionResampling: String, Choice {
  /// The new places share the old grid evenly, as Hugging Face's ViT does it.
  case bySize = "size"
  /// The new places lie `old / (new + 0.1)` apart, as DINO and KELIP do it: the tenth kept their
  /// division from rounding down, and their low-resolution crops were learned with it.
  case byScale = "scale"

  /// - Shapes: `[old², width] → [rows · columns, width]`
  package func callAsFunction(_ positions: Tensor, rows: Int, columns: Int) -> Tensor {
    let (count, width) = (positions.shape[0], positions.shape[1])
    let old = Int(Double(count).squareRoot().rounded())
    let grid = positions.reshaped(1, old, old, width).permuted(0, 3, 1, 2)
    func factor(_ new: Int) -> Double { (Double(new) + 0.1) / Double(old) }
    let resized =
      switch self {
      case .bySize: resizedBicubically(grid, height: rows, width: columns)
      case .byScale:
        resizedBicubically(grid, heightFactor: factor(rows), widthFactor: factor(columns))
      }
    return resized.permuted(0, 2, 3, 1).reshaped(rows * columns, width)
  }
}
