import Foundation
import Languages
package import Pictures
package import Search

/// A picture with numbers laid over its parts, one copy of it for each text.
package struct PictureOverlay: Sendable {
  /// The picture under the numbers of one text.
  package struct Panel: Sendable {
    /// The text that the numbers are about.
    package var text: String
    /// Its language, as a BCP 47 tag.
    package var language: String?
    package var cells: [Cell]
  }

  /// A part of the picture, in fractions of its width and height.
  package struct Cell: Sendable {
    package var left, top, width, height: Double
    package var value: Float
    /// What stands in it, if anything.
    package var label: String?
    /// The text shown on hover.
    package var title: String
  }

  package let picture: Picture
  package let panels: [Panel]
  /// What the numbers are.
  let measure: String

  /// Tiles with their probabilities.
  package init(_ picture: Picture, tiles: [TileScores]) {
    self.picture = picture
    measure = "cosine"
    panels = tiles.map { scores in
      Panel(
        text: scores.reading.text, language: scores.reading.language?.text,
        cells: scores.tiles.map { tile in
          Cell(
            left: Double(tile.x) / Double(picture.width),
            top: Double(tile.y) / Double(picture.height),
            width: Double(tile.width) / Double(picture.width),
            height: Double(tile.height) / Double(picture.height), value: tile.similarity,
            // Finer grids leave no room for numbers.
            label: scores.grid.rows <= 8 && scores.grid.columns <= 8
              ? Self.percent(tile.probability) : nil,
            title: Self.place(tile.row, tile.column)
              + ": cosine \(Self.decimal(tile.similarity)), "
              + "probability \(Self.percent(tile.probability))")
        })
    }
  }

  /// A heat map of each text.
  package init(_ picture: Picture, maps: [HeatMapReply]) {
    self.picture = picture
    measure = "similarity"
    panels = maps.map { map in
      let width = map.region.width / Double(map.columns)
      let height = map.region.height / Double(map.rows)
      return Panel(
        text: map.reading.text, language: map.reading.language?.text,
        cells: map.values.enumerated().map { index, value in
          let (row, column) = (index / map.columns, index % map.columns)
          return Cell(
            left: map.region.left + Double(column) * width,
            top: map.region.top + Double(row) * height, width: width, height: height,
            value: value, title: Self.place(row, column) + ": similarity \(Self.decimal(value))")
        })
    }
  }

  /// The overlay as a PNG file.
  ///
  /// - Throws: ``PictureError`` if the system's libraries cannot draw it.
  package func png() throws(PictureError) -> [UInt8] {
    try Picture(decoding: Array(try svg().utf8)).png()
  }

  /// Rows and columns are counted from 1, as people do.
  private static func place(_ row: Int, _ column: Int) -> String {
    "Row \(row + 1), column \(column + 1)"
  }

  static func decimal(_ value: Float) -> String { String(format: "%.3f", value) }

  private static func percent(_ share: Float) -> String {
    share > 0 && share < 0.01 ? "< 1 %" : String(format: "%.0f %%", share * 100)
  }
}
