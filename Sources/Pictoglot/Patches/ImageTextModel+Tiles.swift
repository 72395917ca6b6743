import Languages
import Models
package import Pictures
package import Search
import Torch
import Towers
import Vectors

extension ImageTextModel {
  /// Cuts a picture into tiles and says which of them a text fits best.
  ///
  ///     for tile in try await model.patches(pictureFile: "street.jpg", of: "a red bicycle") {
  ///       print(tile.row, tile.column, tile.probability)
  ///     }
  ///
  /// Every model can do so: each tile is embedded as a picture of its own.
  ///
  /// - Parameters:
  ///   - rows: 1 to 64; tiles are equally high, and what is left over at the bottom is not seen.
  ///   - columns: 1 to 64.
  ///   - language: The text's BCP 47 tag; detected if nil.
  /// - Returns: `rows · columns` tiles, the best first.
  /// - Throws: An error that names the file and says why it is not a picture that can be read, or
  ///   is smaller than its tiles.
  /// - Source: jaketae/koclip, text-to-patch.
  public func patches(
    pictureFile path: String, of text: String, rows: Int = 3, columns: Int = 3,
    language: String? = nil
  ) async throws -> [PictureTile] {
    let picture = try Picture(contentsOf: path)
    let grid = try TileGrid(
      width: picture.width, height: picture.height, rows: rows, columns: columns, path: path)
    let query = Query(text, language: try language.map { try LanguageTag(asked: $0) })
    return try await ranked(picture, query, grid)
  }

  /// The same for a picture file's bytes.
  ///
  /// - Throws: An error that says why the bytes are not a picture that can be read, or it is smaller
  ///   than its tiles.
  public func patches(
    picture bytes: [UInt8], of text: String, rows: Int = 3, columns: Int = 3,
    language: String? = nil
  ) async throws -> [PictureTile] {
    let picture = try Picture(decoding: bytes)
    let grid = try TileGrid(
      width: picture.width, height: picture.height, rows: rows, columns: columns)
    let query = Query(text, language: try language.map { try LanguageTag(asked: $0) })
    return try await ranked(picture, query, grid)
  }

  private func ranked(_ picture: Picture, _ text: Query, _ grid: TileGrid) async throws
    -> [PictureTile]
  {
    try await tileScores(of: picture, for: [text], grid: grid).first?.ranked ?? []
  }

  /// How well each text fits each tile; every tile is embedded once.
  ///
  /// A tile's probability is the softmax over tiles of the model's scale times the cosine.
  ///
  /// - Parameters:
  ///   - grid: That of the picture's size.
  /// - Throws: ``SearchError`` for a text that cannot be read; an error if the network fails.
  package func tileScores(of picture: Picture, for texts: [Query], grid: TileGrid) async throws
    -> [TileScores]
  {
    let texts = try await embed(locating: texts)
    let preprocessing = card.preprocessing
    let vectors = try embed(grid.count) { preprocessing(picture[grid[$0]]) }
    let scale = model.encoder.scale.item
    return zip(texts.vectors, texts.readings).map { text, reading in
      TileScores(
        grid: grid, similarities: similarities(of: vectors, to: text), scale: scale,
        reading: reading)
    }
  }

  /// Embeds texts that are to be found in a picture.
  ///
  /// - Throws: ``SearchError/emptyQuery`` if one of them says nothing.
  func embed(locating texts: [Query]) async throws -> EmbeddedTexts {
    guard !texts.contains(where: \.isBlank) else { throw SearchError.emptyQuery }
    return try await embed(texts: texts)
  }

  /// The cosine of each of the vectors, which have length one, to a text's.
  nonisolated func similarities(of vectors: VectorRows, to text: ArraySlice<Float>) -> [Float] {
    vectors.map { vector in zip(vector, text).reduce(into: Float(0)) { $0 += $1.0 * $1.1 } }
  }
}
