/// Text that was UTF-8 and was decoded with the table of an old encoding: “Ã©” for “é”.
///
/// - Source: ftfy 6.3.1, `fix_encoding`.
enum Mojibake {
  private static let maximumLayers = 64

  /// The text with every layer of wrong decoding taken away, as far as it can be told.
  static func undone(_ text: [PlacedScalar]) -> [PlacedScalar] {
    var text = text
    for _ in 0..<maximumLayers {
      guard let better = oneLayerLess(text) else { break }
      text = better
    }
    return text
  }

  /// The text with one layer less, or nil if it looks sound or nothing helps.
  private static func oneLayerLess(_ text: [PlacedScalar]) -> [PlacedScalar]? {
    guard MojibakeSigns.areIn(text) else { return nil }
    var isLatin1 = false
    for encoding in OldEncoding.all {
      guard let bytes = encoding.bytes(text) else { continue }
      if encoding.name == "latin1" { isLatin1 = true }
      if let decoded = WoundedUTF8.decoded(bytes, from: encoding) {
        return isSame(decoded, text) ? nil : decoded
      }
    }
    if let better = withoutIslands(text) { return better }
    if isLatin1, let better = windows1252InsteadOfLatin1(text) { return better }
    if text.contains(where: { 0x80...0x9F ~= $0.scalar }) {
      let better = text.map { item in
        guard 0x80...0x9F ~= item.scalar else { return item }
        return PlacedScalar(
          scalar: HTMLEntities.windows1252[Int(item.scalar - 0x80)], place: item.place)
      }
      return isSame(better, text) ? nil : better
    }
    return nil
  }

  private static func isSame(_ a: [PlacedScalar], _ b: [PlacedScalar]) -> Bool {
    a.elementsEqual(b) { $0.scalar == $1.scalar }
  }

  /// Controls that are letters in Windows' table, if the whole text can be read so.
  private static func windows1252InsteadOfLatin1(_ text: [PlacedScalar]) -> [PlacedScalar]? {
    var out = text
    var isChanged = false
    for (place, item) in text.enumerated() where 0x80...0x9F ~= item.scalar {
      let meant = HTMLEntities.windows1252[Int(item.scalar - 0x80)]
      guard meant != item.scalar else { return nil }
      out[place].scalar = meant
      isChanged = true
    }
    return isChanged ? out : nil
  }

  // MARK: Damage in the midst of sound text

  /// Mends runs that look like UTF-8 read with any of the tables, each by itself.
  private static func withoutIslands(_ text: [PlacedScalar]) -> [PlacedScalar]? {
    var out: [PlacedScalar] = []
    var isFound = false
    var at = 0
    while at < text.count {
      let end = endOfIsland(text, at)
      guard end > at else {
        out.append(text[at])
        at += 1
        continue
      }
      isFound = true
      let island = Array(text[at..<end])
      // An island as large as the text was tried before.
      let isMended = island.count < text.count && MojibakeSigns.areIn(island)
      out += isMended ? undone(island) : island
      at = end
    }
    return isFound && !isSame(out, text) ? out : nil
  }

  private static func endOfIsland(_ text: [PlacedScalar], _ start: Int) -> Int {
    if start > 0, OldEncoding.role(text[start - 1].scalar).contains(.strictContinuation) {
      return start
    }
    var at = start
    search: while at < text.count {
      let role = OldEncoding.role(text[at].scalar)
      for (length, lead) in [(2, OldEncoding.Role.leadsTwo), (3, .leadsThree), (4, .leadsFour)]
      where role.contains(lead) && at + length <= text.count {
        let rest = text[(at + 1)..<(at + length)]
        if rest.allSatisfy({ OldEncoding.role($0.scalar).contains(.continuation) }) {
          at += length
          continue search
        }
      }
      break
    }
    return at
  }
}
