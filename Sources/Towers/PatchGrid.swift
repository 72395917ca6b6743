package import Torch

/// An image tower that can also say what each part of a picture shows, in one pass.
package protocol DenseImageTower: ImageTower {
  /// A vector for each part of the pictures, in the space of the tower's vectors of whole pictures.
  ///
  /// - Parameters:
  ///   - images: Normalized pixels, `[batch, 3, height, width]`.
  func patches(_ images: Tensor) -> PatchGrid
  /// How many times as large as for an embedding pictures had better be given to ``patches(_:)``.
  var patchMagnification: Int { get }
}

extension DenseImageTower {
  package var patchMagnification: Int { 1 }
}

/// What an image tower says of each part of pictures that lie in rows and columns.
package struct PatchGrid {
  /// `[batch, rows · columns, width]`, row after row from the top left.
  package let vectors: Tensor
  package let rows: Int
  package let columns: Int
  /// The share of the pixels' height that the rows cover, from the top: what fills no whole patch is
  /// not seen.
  package let seenHeight: Double
  /// The same of the width, from the left.
  package let seenWidth: Double
  /// Whether a picture's vector is the mean of these.
  package let isMean: Bool

  package init(
    vectors: Tensor, rows: Int, columns: Int, seenHeight: Double = 1, seenWidth: Double = 1,
    isMean: Bool
  ) {
    self.vectors = vectors
    self.rows = rows
    self.columns = columns
    self.seenHeight = seenHeight
    self.seenWidth = seenWidth
    self.isMean = isMean
  }

  /// The summands of a picture's vector that is the mean over places.
  ///
  /// - Parameters:
  ///   - features: `[batch, width, rows, columns]`.
  /// - Source: Zhou et al. 2016 (class activation mapping), arXiv:1512.04150.
  init(averaged features: Tensor) {
    self.init(
      vectors: features.flattened(from: 2).transposed(), rows: features.shape[2],
      columns: features.shape[3], isMean: true)
  }
}

extension DualEncoder {
  /// A vector for each part of the pictures, to be multiplied with embeddings of texts; nil if the
  /// image tower only sees pictures as a whole, or there is none.
  ///
  /// Where a picture's vector is the mean of its parts', the longest of theirs has length one: a part
  /// in which little is seen is short, as it weighs little in the mean. Elsewhere all have length one.
  ///
  /// - Shapes: `[batch, 3, height, width] → [batch, rows · columns, width]`
  package func embed(patchesOf pixels: Tensor) -> PatchGrid? {
    guard let tower = images as? any DenseImageTower else { return nil }
    let grid = tower.patches(pixels)
    var vectors = projected(imageFeatures: grid.vectors).to(.float32)
    if grid.isMean {
      let lengths = (vectors * vectors).sum(axis: 2, keepingAxis: true).power(0.5)
      let longest = lengths.max(axis: 1, keepingAxis: true).clamped(1e-12...Double.infinity)
      vectors = vectors / longest
    } else {
      vectors = vectors.normalized()
    }
    return PatchGrid(
      vectors: vectors, rows: grid.rows, columns: grid.columns, seenHeight: grid.seenHeight,
      seenWidth: grid.seenWidth, isMean: grid.isMean)
  }
}
