package import Pictures
import Torch
import Towers
package import Vectors

/// What a model says of each part of a picture.
package struct PicturePatches: Sendable, Equatable {
  package let rows: Int
  package let columns: Int
  /// One a part, row after row from the top left, to be multiplied with embeddings of texts: of
  /// length one, or the longest of them where the model takes the mean of the parts.
  package let vectors: VectorRows
  /// The left edge of the first column, in fractions of the upright picture's width; below 0 where
  /// the model sees the picture with a margin.
  package let left: Double
  /// The top edge of the first row, in fractions of the picture's height.
  package let top: Double
  /// Width of all columns, in fractions of the picture's width.
  package let width: Double
  /// Height of all rows, in fractions of the picture's height.
  package let height: Double
}

extension Model {
  /// A vector for each part of a picture, from one pass through the image tower.
  ///
  /// - Returns: Nil if the tower only sees pictures as a whole. Parts that lie wholly in the margin
  ///   around a padded picture are left out.
  /// - Throws: ``ModelError`` if the model has no image tower; ``TorchError`` if libtorch fails.
  package func embed(patchesOf picture: Picture) throws -> PicturePatches? {
    guard let images = encoder.images else {
      throw ModelError.noTower(model: card.name, side: "pictures")
    }
    guard let tower = images as? any DenseImageTower else { return nil }
    var preprocessing = card.preprocessing
    preprocessing.size *= tower.patchMagnification
    let size = preprocessing.size
    let pixels = preprocessing(picture)
    var seenGrid: PatchGrid?
    let vectors = try computing {
      seenGrid = encoder.embed(patchesOf: Tensor(pixels, shape: [1, 3, size, size]).to(device))
      return seenGrid?.vectors.floats ?? []
    }
    guard let grid = seenGrid else { return nil }
    let seen = preprocessing.region(width: picture.width, height: picture.height)
    let rows = Line(
      count: grid.rows, start: seen.top, length: seen.height * grid.seenHeight)
    let columns = Line(
      count: grid.columns, start: seen.left, length: seen.width * grid.seenWidth)
    return PicturePatches(
      rows: rows.kept.count, columns: columns.kept.count,
      vectors: vectors.rows(
        rows.kept.flatMap { row in columns.kept.map { row * grid.columns + $0 } }),
      left: columns.edge(columns.kept.lowerBound), top: rows.edge(rows.kept.lowerBound),
      width: columns.step * Double(columns.kept.count),
      height: rows.step * Double(rows.kept.count))
  }
}

/// Cells side by side, in fractions of a picture that begins at 0 and ends at 1.
private struct Line {
  let start, step: Double
  /// The cells that the picture reaches into.
  let kept: Range<Int>

  init(count: Int, start: Double, length: Double) {
    let step = length / Double(count)
    // A hair's breadth is the rounding of the fractions and no part of the picture.
    let hair = 1e-9
    let first = (0..<count).first { start + Double($0 + 1) * step > hair } ?? 0
    let last = (0..<count).last { start + Double($0) * step < 1 - hair } ?? count - 1
    kept = first..<max(first, last) + 1
    self.start = start
    self.step = step
  }

  func edge(_ cell: Int) -> Double { start + Double(cell) * step }
}
