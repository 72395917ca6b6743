import Foundation
import Pictures
import TestSupport
import Testing

@Suite("Cutting pictures into tiles")
struct TileGridTests {
  /// What `Tools/references/patches.py` wrote down of Pillow and NumPy.
  private struct Reference: Decodable {
    struct Tiling: Decodable {
      let picture: String
      let rows, columns: Int
      let tiles: [Tile]
    }
    struct Tile: Decodable { let x, y, width, height: Int, sums: [Int] }
    let tilings: [Tiling]
  }

  @Test("Tiles are KoCLIP's to the pixel, of odd sizes and of pictures that EXIF turns")
  func tilesAreKoCLIPs() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: fixture("patches/tiles.json")))
    let tilings = try JSONDecoder().decode(Reference.self, from: data).tilings
    #expect(tilings.count > 8)
    for tiling in tilings {
      let picture = try Picture(contentsOf: fixture(tiling.picture))
      let grid = try TileGrid(
        width: picture.width, height: picture.height, rows: tiling.rows, columns: tiling.columns)
      #expect(grid.count == tiling.tiles.count)
      for (index, expected) in tiling.tiles.enumerated() {
        let box = grid[index]
        let found: [Int] = [box.x, box.y, box.width, box.height]
        let wanted: [Int] = [expected.x, expected.y, expected.width, expected.height]
        #expect(found == wanted)
        let tile = picture[box]
        let sums = (0..<3).map { channel in
          stride(from: channel, to: tile.pixels.count, by: 3).reduce(0) {
            $0 + Int(tile.pixels[$1])
          }
        }
        #expect(sums == expected.sums, "\(tiling.picture), tile \(index)")
      }
    }
  }

  @Test("What fills no tile at the right and at the bottom is left out")
  func dropsTheRest() throws {
    let grid = try TileGrid(width: 11, height: 8)
    #expect(grid.tileWidth == 3 && grid.tileHeight == 2)
    #expect(grid[8].x + grid[8].width == 9 && grid[8].y + grid[8].height == 6)
  }

  @Test(
    "A picture smaller than its grid is refused with both sizes",
    arguments: [(2, 9, 3, 3), (9, 2, 3, 3), (9, 9, 0, 3), (9, 9, 3, -1), (900, 900, 65, 1)])
  func refuses(width: Int, height: Int, rows: Int, columns: Int) {
    let error = #expect(throws: PictureError.self) {
      try TileGrid(width: width, height: height, rows: rows, columns: columns)
    }
    #expect(
      error
        == .smallerThanGrid(width: width, height: height, rows: rows, columns: columns))
    #expect("\(error.map { "\($0)" } ?? "")".contains("\(width)×\(height) pixels"))
  }

  @Test("The smallest picture that has a pixel for each tile is cut")
  func smallest() throws {
    let picture = Picture.noise(width: 3, height: 2)
    let grid = try TileGrid(width: 3, height: 2, rows: 2, columns: 3)
    for index in 0..<6 {
      #expect(picture[grid[index]].pixels == Array(picture.pixels[index * 3..<index * 3 + 3]))
    }
  }
}

@Suite("What of a picture a model sees")
struct PreprocessingRegionTests {
  private func region(_ fit: Preprocessing.Fit, _ width: Int, _ height: Int) -> [Double] {
    var preprocessing = Preprocessing.clip(size: 10)
    preprocessing.fit = fit
    let region = preprocessing.region(width: width, height: height)
    return [region.left, region.top, region.width, region.height]
  }

  @Test("The middle square of a cropped picture, all of a squashed one, a margin around a padded")
  func regions() {
    #expect(region(.crop, 40, 20) == [0.25, 0, 0.5, 1])
    #expect(region(.crop, 10, 30) == [0, 1.0 / 3, 1, 1.0 / 3])
    #expect(region(.squash, 40, 20) == [0, 0, 1, 1])
    #expect(region(.pad, 40, 20) == [0, -0.5, 1, 2])
    #expect(region(.pad, 20, 20) == [0, 0, 1, 1])
  }

  @Test("The region of a crop is where the pixels seen come from")
  func cropsWhereItSays() {
    // Bright where x is 12 to 17 of 30: the middle of the crop's ten columns.
    let width = 30
    let pixels = (0..<width * 10).flatMap { place -> [UInt8] in
      let shade: UInt8 = (12..<18).contains(place % width) ? 255 : 0
      return [shade, shade, shade]
    }
    let picture = Picture(width: width, height: 10, pixels: pixels)
    let preprocessing = Preprocessing.clip(size: 10)
    let seen = preprocessing.picture(picture)
    let region = preprocessing.region(width: width, height: 10)
    for column in 0..<10 {
      let place = (region.left + region.width * (Double(column) + 0.5) / 10) * Double(width)
      #expect((seen[column, 5].red > 127) == (12.0..<18.0).contains(place))
    }
  }
}
