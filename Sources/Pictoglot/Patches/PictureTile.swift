import Foundation
package import Pictures
package import Search

/// One of the equal tiles that a picture is cut into, and how well a text fits it.
public struct PictureTile: Sendable, Equatable {
  /// Its row, from 0 at the top.
  public let row: Int
  /// Its column, from 0 at the left.
  public let column: Int
  /// Its left edge in the upright picture, in pixels.
  public let x: Int
  /// Its top edge, in pixels.
  public let y: Int
  /// Its width, in pixels.
  public let width: Int
  /// Its height, in pixels.
  public let height: Int
  /// The cosine of tile and text, from −1 to 1.
  public let similarity: Float
  /// How probable it is that the text is about this tile if it is about one of them; those of all
  /// tiles add up to one.
  public let probability: Float
}

/// How well one text fits each tile of a picture.
package struct TileScores: Sendable, Equatable {
  package let grid: TileGrid
  /// In the order of reading, `[rows · columns]`.
  package let tiles: [PictureTile]
  package let reading: TextReading

  /// The tiles, the best first; of equal ones the first in the order of reading.
  package var ranked: [PictureTile] {
    tiles.enumerated().sorted { a, b in
      (a.element.similarity, b.offset) > (b.element.similarity, a.offset)
    }.map(\.element)
  }

  /// - Parameters:
  ///   - similarities: The cosine of each tile, in the order of reading.
  ///   - scale: The model's 1/τ.
  init(grid: TileGrid, similarities: [Float], scale: Double, reading: TextReading) {
    self.grid = grid
    self.reading = reading
    let highest = similarities.max() ?? 0
    let weights = similarities.map { exp(scale * Double($0 - highest)) }
    let total = weights.reduce(0, +)
    tiles = similarities.indices.map { index in
      let box = grid[index]
      return PictureTile(
        row: index / grid.columns, column: index % grid.columns, x: box.x, y: box.y,
        width: box.width, height: box.height, similarity: similarities[index],
        probability: Float(weights[index] / total))
    }
  }
}
