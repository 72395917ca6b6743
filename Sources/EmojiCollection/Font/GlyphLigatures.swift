/// The sequences of glyphs that a font shows as one: the ligatures of the table `GSUB`.
///
/// All ligature lookups are applied, in their order; contextual ones, which emoji need only in
/// running text, are not.
struct GlyphLigatures {
  /// For each lookup: by first glyph, the rest of each sequence and its glyph, in order.
  private var lookups: [[Int: [(rest: [Int], glyph: Int)]]] = []

  init() {}

  init(_ bytes: FontBytes, at table: Int) throws(FontBytes.Fault) {
    let list = table + (try bytes.u16(table + 8))
    for index in 0..<(try bytes.u16(list)) {
      let lookup = list + (try bytes.u16(list + 2 + 2 * index))
      let type = try bytes.u16(lookup)
      var ligatures: [Int: [(rest: [Int], glyph: Int)]] = [:]
      for number in 0..<(try bytes.u16(lookup + 4)) {
        let subtable = lookup + (try bytes.u16(lookup + 6 + 2 * number))
        if type == 4 {
          try Self.read(bytes, subtable, into: &ligatures)
        } else if type == 7, try bytes.u16(subtable + 2) == 4 {
          // An extension only says where the subtable really is.
          try Self.read(bytes, subtable + (try bytes.u32(subtable + 4)), into: &ligatures)
        }
      }
      if !ligatures.isEmpty { lookups.append(ligatures) }
    }
  }

  /// `run` with every sequence that is a ligature replaced by its glyph.
  func applied(to run: [Int]) -> [Int] {
    lookups.reduce(run) { run, ligatures in
      var joined: [Int] = []
      var place = 0
      while place < run.count {
        let after = run[(place + 1)...]
        if let match = ligatures[run[place]]?.first(where: { after.starts(with: $0.rest) }) {
          joined.append(match.glyph)
          place += 1 + match.rest.count
        } else {
          joined.append(run[place])
          place += 1
        }
      }
      return joined
    }
  }

  private static func read(
    _ bytes: FontBytes, _ table: Int, into ligatures: inout [Int: [(rest: [Int], glyph: Int)]]
  ) throws(FontBytes.Fault) {
    guard try bytes.u16(table) == 1 else { return }
    let firsts = try coverage(bytes, table + (try bytes.u16(table + 2)))
    for (index, first) in firsts.prefix(try bytes.u16(table + 4)).enumerated() {
      let set = table + (try bytes.u16(table + 6 + 2 * index))
      for number in 0..<(try bytes.u16(set)) {
        let ligature = set + (try bytes.u16(set + 2 + 2 * number))
        var rest: [Int] = []
        for component in 0..<max(0, try bytes.u16(ligature + 2) - 1) {
          rest.append(try bytes.u16(ligature + 4 + 2 * component))
        }
        ligatures[first, default: []].append((rest, try bytes.u16(ligature)))
      }
    }
  }

  /// The glyphs of a coverage table, in their order.
  private static func coverage(_ bytes: FontBytes, _ table: Int) throws(FontBytes.Fault) -> [Int] {
    var glyphs: [Int] = []
    let isList = try bytes.u16(table) == 1
    for index in 0..<(try bytes.u16(table + 2)) {
      if isList {
        glyphs.append(try bytes.u16(table + 4 + 2 * index))
      } else {
        let range = table + 4 + 6 * index
        let (first, last) = (try bytes.u16(range), try bytes.u16(range + 2))
        if first <= last { glyphs += first...last }
      }
    }
    return glyphs
  }
}
