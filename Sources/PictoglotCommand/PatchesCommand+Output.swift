import Evaluation
import Foundation
import Languages
import Pictoglot
import Pictures
import Search

// What the command prints: tables for people, objects for programs. Rows and columns are counted
// from 1 for people and from 0 for programs.

extension PatchesCommand {
  /// The JSON of one tile.
  private struct TileLine: Encodable {
    let text: String
    let language: String?
    let sureness: Double?
    let rank, row, column, x, y, width, height: Int
    let cosine, probability: Float
  }

  /// The JSON of one heat map.
  private struct MapLine: Encodable {
    let text: String
    let language: String?
    let sureness: Double?
    let rows, columns: Int
    /// In fractions of the upright picture.
    let region: HeatMapReply.Region
    /// Row after row.
    let similarities: [Float]
  }

  /// Prints the tiles of one text, best first.
  func show(_ scores: TileScores) throws {
    let reading = scores.reading
    if common.json {
      for (place, tile) in scores.ranked.enumerated() {
        try Console.print(
          json: TileLine(
            text: reading.text, language: reading.language?.text, sureness: reading.sureness,
            rank: place + 1, row: tile.row, column: tile.column, x: tile.x, y: tile.y,
            width: tile.width, height: tile.height, cosine: tile.similarity,
            probability: tile.probability))
      }
      return
    }
    var table = TextTable(Self.columns + [.init("cosine"), .init("probability")])
    for tile in scores.ranked {
      table.append(
        Self.cells(
          tile.row, tile.column, tile.similarity,
          box: (tile.x, tile.y, tile.width, tile.height))
          + [rounded(Double(tile.probability * 100), 1) + " %"])
    }
    show(table, of: reading)
  }

  /// Prints the best parts of a heat map, or with --json the whole map.
  func show(_ map: HeatMapReply, of picture: Picture) throws {
    let reading = map.reading
    if common.json {
      try Console.print(
        json: MapLine(
          text: reading.text, language: reading.language?.text, sureness: reading.sureness,
          rows: map.rows, columns: map.columns, region: map.region, similarities: map.values))
      return
    }
    let most = 10
    let ranked = map.values.indices.sorted { (map.values[$0], $1) > (map.values[$1], $0) }
    var table = TextTable(Self.columns + [.init("similarity")])
    for index in ranked.prefix(most) {
      let (row, column) = (index / map.columns, index % map.columns)
      table.append(
        Self.cells(row, column, map.values[index], box: map.box(row, column, of: picture)))
    }
    show(table, of: reading)
    if ranked.count > most {
      let lowest = map.values.min() ?? 0
      Console.print(
        "… and \(ranked.count - most) parts more, down to \(rounded(Double(lowest), 3)).")
    }
  }

  /// Prints a table, below its text if there are several texts.
  private func show(_ table: TextTable, of reading: TextReading) {
    if texts.count > 1 { Console.print("\(reading.text)") }
    Console.print(String(table.rendered().dropLast()))
  }

  private static let columns: [TextTable.Column] = [
    .init("row"), .init("column"), .init("pixels", alignment: .left),
  ]

  /// The cells of a row of the table.
  private static func cells(
    _ row: Int, _ column: Int, _ cosine: Float, box: (x: Int, y: Int, width: Int, height: Int)
  ) -> [String] {
    [
      "\(row + 1)", "\(column + 1)", "\(box.width)×\(box.height) at \(box.x), \(box.y)",
      rounded(Double(cosine), 3),
    ]
  }
}

extension HeatMapReply {
  /// The part of a picture that a cell covers, in pixels, without what lies outside of it.
  fileprivate func box(_ row: Int, _ column: Int, of picture: Picture)
    -> (x: Int, y: Int, width: Int, height: Int)
  {
    func edge(_ start: Double, _ length: Double, _ count: Int, _ index: Int, _ side: Int) -> Int {
      let place = (start + length * Double(index) / Double(count)) * Double(side)
      return min(max(Int(place.rounded()), 0), side)
    }
    let x = edge(region.left, region.width, columns, column, picture.width)
    let y = edge(region.top, region.height, rows, row, picture.height)
    return (
      x, y, edge(region.left, region.width, columns, column + 1, picture.width) - x,
      edge(region.top, region.height, rows, row + 1, picture.height) - y
    )
  }
}
