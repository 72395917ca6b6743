/// Which glyph stands for each character of a font: the table `cmap`.
struct CharacterMap {
  private var glyphs: [UInt32: Int] = [:]

  subscript(scalar: Unicode.Scalar) -> Int? { glyphs[scalar.value] }

  /// Reads the largest Unicode table, which is of format 12, or else 4.
  init(_ bytes: FontBytes, at table: Int) throws(FontBytes.Fault) {
    var best: (format: Int, place: Int)?
    for index in 0..<(try bytes.u16(table + 2)) {
      let record = table + 4 + 8 * index
      let platform = try bytes.u16(record)
      let encoding = try bytes.u16(record + 2)
      let place = table + (try bytes.u32(record + 4))
      let format = try bytes.u16(place)
      let isUnicode = platform == 0 || platform == 3 && (encoding == 1 || encoding == 10)
      if isUnicode, format == 4 || format == 12, format > best?.format ?? 0 {
        best = (format, place)
      }
    }
    guard let best else { throw FontBytes.Fault(reason: "it has no table of Unicode characters") }
    if best.format == 12 {
      try readGroups(bytes, best.place)
    } else {
      try readSegments(bytes, best.place)
    }
  }

  private mutating func readGroups(_ bytes: FontBytes, _ place: Int) throws(FontBytes.Fault) {
    for index in 0..<(try bytes.u32(place + 12)) {
      let group = place + 16 + 12 * index
      let (first, last) = (try bytes.u32(group), try bytes.u32(group + 4))
      guard first <= last, last <= 0x10FFFF else {
        throw FontBytes.Fault(reason: "its table cmap has an impossible group")
      }
      let glyph = try bytes.u32(group + 8)
      for code in first...last { glyphs[UInt32(code)] = glyph + code - first }
    }
  }

  private mutating func readSegments(_ bytes: FontBytes, _ place: Int) throws(FontBytes.Fault) {
    let doubled = try bytes.u16(place + 6)
    for offset in stride(from: 0, to: doubled, by: 2) {
      let last = try bytes.u16(place + 14 + offset)
      let first = try bytes.u16(place + 16 + doubled + offset)
      let delta = try bytes.u16(place + 16 + 2 * doubled + offset)
      let rangePlace = place + 16 + 3 * doubled + offset
      let range = try bytes.u16(rangePlace)
      guard first <= last, first != 0xFFFF else { continue }
      for code in first...last {
        let glyph: Int
        if range == 0 {
          glyph = (code + delta) & 0xFFFF
        } else {
          let listed = try bytes.u16(rangePlace + range + 2 * (code - first))
          glyph = listed == 0 ? 0 : (listed + delta) & 0xFFFF
        }
        if glyph != 0 { glyphs[UInt32(code)] = glyph }
      }
    }
  }
}
