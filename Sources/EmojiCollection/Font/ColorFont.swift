internal import Corpora

/// A font with coloured bitmap glyphs, of which every picture is a PNG file.
///
/// Read are `cmap` (formats 4 and 12), `CBLC` and `CBDT` (all index formats, PNG images) and the
/// ligatures of `GSUB`, by which fonts join emoji sequences. The `variation selector-16` (U+FE0F)
/// is left out of sequences, since emoji fonts do not need it.
///
/// - Source: OpenType 1.9.1, chapters cmap, CBDT, CBLC and GSUB.
struct ColorFont {
  /// The largest pictures' size in pixels per em.
  let pixelsPerEm: Int
  private let bytes: FontBytes
  private let glyphs: CharacterMap
  private let ligatures: GlyphLigatures
  private let pictures: [Int: PicturePlace]

  private struct PicturePlace {
    let offset: Int
    let length: Int
    /// 17 and 18 with metrics of their own before the PNG, 19 without.
    let format: Int
  }

  /// Opens the font `path`.
  ///
  /// - Throws: ``CorpusError`` if it cannot be read, or is not a font with PNG glyphs.
  init(_ path: String) throws(CorpusError) {
    let all = try wholeFile(path)
    do {
      try self.init(FontBytes(all))
    } catch {
      throw .badFile(path: path, what: "a font with coloured pictures", reason: error.reason)
    }
  }

  private init(_ bytes: FontBytes) throws(FontBytes.Fault) {
    self.bytes = bytes
    let tables = try bytes.tables()
    guard let cmap = tables["cmap"], let index = tables["CBLC"], let data = tables["CBDT"] else {
      throw FontBytes.Fault(reason: "it lacks one of the tables cmap, CBLC and CBDT")
    }
    glyphs = try CharacterMap(bytes, at: cmap)
    ligatures =
      try tables["GSUB"].map { gsub throws(FontBytes.Fault) in
        try GlyphLigatures(bytes, at: gsub)
      } ?? GlyphLigatures()
    (pixelsPerEm, pictures) = try Self.index(bytes, at: index, data: data)
  }

  /// The PNG file that the font shows for `sequence`, `nil` if it has no single glyph for it.
  func picture(of sequence: String) -> [UInt8]? {
    guard let glyph = glyph(of: sequence), let place = pictures[glyph] else { return nil }
    // Metrics stand before the length of the PNG: 5 bytes small, 8 bytes big, or none.
    let metrics = [17: 5, 18: 8][place.format] ?? 0
    guard let length = try? bytes.u32(place.offset + metrics), length + metrics + 4 <= place.length
    else { return nil }
    return try? bytes.slice(place.offset + metrics + 4, length)
  }

  /// The one glyph that `sequence` is shown by.
  private func glyph(of sequence: String) -> Int? {
    var run: [Int] = []
    for scalar in sequence.unicodeScalars where scalar != "\u{FE0F}" {
      guard let glyph = glyphs[scalar] else { return nil }
      run.append(glyph)
    }
    let joined = ligatures.applied(to: run)
    return joined.count == 1 ? joined[0] : nil
  }

  /// Where the picture of each glyph lies, of the strike with the largest pictures.
  private static func index(
    _ bytes: FontBytes, at table: Int, data: Int
  ) throws(FontBytes.Fault) -> (Int, [Int: PicturePlace]) {
    var best = 0
    var places: [Int: PicturePlace] = [:]
    for strike in 0..<(try bytes.u32(table + 4)) {
      let record = table + 8 + 48 * strike
      let size = try bytes.u8(record + 45)
      guard size > best else { continue }
      (best, places) = (size, [:])
      let array = table + (try bytes.u32(record))
      for number in 0..<(try bytes.u32(record + 8)) {
        let entry = array + 8 * number
        let subtable = array + (try bytes.u32(entry + 4))
        try addSubtable(
          bytes, subtable, first: try bytes.u16(entry), last: try bytes.u16(entry + 2),
          data: data, to: &places)
      }
    }
    return (best, places)
  }

  private static func addSubtable(
    _ bytes: FontBytes, _ table: Int, first: Int, last: Int, data: Int,
    to places: inout [Int: PicturePlace]
  ) throws(FontBytes.Fault) {
    guard first <= last else { return }
    let format = try bytes.u16(table + 2)
    let base = data + (try bytes.u32(table + 4))
    func put(_ glyph: Int, _ begin: Int, _ end: Int) {
      guard end > begin else { return }
      places[glyph] = PicturePlace(offset: base + begin, length: end - begin, format: format)
    }
    let body = table + 8
    switch try bytes.u16(table) {
    case 1:
      for index in 0...(last - first) {
        put(first + index, try bytes.u32(body + 4 * index), try bytes.u32(body + 4 * index + 4))
      }
    case 2:
      let size = try bytes.u32(body)
      for index in 0...(last - first) { put(first + index, size * index, size * (index + 1)) }
    case 3:
      for index in 0...(last - first) {
        put(first + index, try bytes.u16(body + 2 * index), try bytes.u16(body + 2 * index + 2))
      }
    case 4:
      for index in 0..<(try bytes.u32(body)) {
        let pair = body + 4 + 4 * index
        put(try bytes.u16(pair), try bytes.u16(pair + 2), try bytes.u16(pair + 6))
      }
    case 5:
      let size = try bytes.u32(body)
      for index in 0..<(try bytes.u32(body + 12)) {
        put(try bytes.u16(body + 16 + 2 * index), size * index, size * (index + 1))
      }
    case let other:
      throw FontBytes.Fault(reason: "its table CBLC has a part of the unknown format \(other)")
    }
  }
}
