/// A picture cut into equal tiles, as KoCLIP's text-to-patch cuts it.
///
/// A tile is `width / columns` by `height / rows` pixels, rounded down; what is left over at the
/// right and at the bottom belongs to no tile.
///
/// - Source: jaketae/koclip, `text2patch.py`.
package struct TileGrid: Sendable, Equatable {
  package let rows: Int
  package let columns: Int
  /// Width of each tile, in pixels.
  package let tileWidth: Int
  package let tileHeight: Int

  /// The most rows, and columns.
  package static let most = 64

  /// A tile's place in the picture, in pixels.
  package struct Box: Sendable, Equatable {
    package let x, y, width, height: Int
  }

  /// - Parameters:
  ///   - width: That of the upright picture, in pixels.
  ///   - rows: 1 to ``most``, as ``columns``.
  ///   - path: The picture's file, for the error.
  /// - Throws: ``PictureError/smallerThanGrid(width:height:rows:columns:)`` where a tile would be
  ///   without pixels, or the numbers are out of range.
  package init(width: Int, height: Int, rows: Int = 3, columns: Int = 3, path: String? = nil)
    throws(PictureError)
  {
    guard (1...Self.most).contains(rows), (1...Self.most).contains(columns), rows <= height,
      columns <= width
    else {
      let error = PictureError.smallerThanGrid(
        width: width, height: height, rows: rows, columns: columns)
      throw path.map { .file(path: $0, error) } ?? error
    }
    self.rows = rows
    self.columns = columns
    tileWidth = width / columns
    tileHeight = height / rows
  }

  package var count: Int { rows * columns }

  /// The tile at a place in the order of reading, from 0.
  package subscript(index: Int) -> Box {
    precondition((0..<count).contains(index), "There are \(count) tiles, so none is \(index)")
    return Box(
      x: index % columns * tileWidth, y: index / columns * tileHeight, width: tileWidth,
      height: tileHeight)
  }
}

extension Picture {
  /// The part of the picture that a tile covers.
  package subscript(box: TileGrid.Box) -> Picture {
    cropped(x: box.x, y: box.y, width: box.width, height: box.height)
  }
}
