extension TextRepair {
  /// Undoes HTML's entities as Python's `html.unescape` does.
  static func unescaped(_ items: [PlacedScalar]) -> [PlacedScalar] {
    replaced(items) { scalars, at in HTMLEntities.shared.entity(scalars, at: at) }
  }

  /// Undoes entities that end in a semicolon and so can mean nothing else.
  static func withoutStrictEntities(_ items: [PlacedScalar]) -> [PlacedScalar] {
    replaced(items, strictEntity)
  }

  private static func replaced(
    _ items: [PlacedScalar],
    _ entity: (_ scalars: [UInt32], _ at: Int) -> (text: [UInt32], length: Int)?
  ) -> [PlacedScalar] {
    guard items.contains(where: { $0.scalar == 0x26 }) else { return items }
    let scalars = items.map(\.scalar)
    var out: [PlacedScalar] = []
    out.reserveCapacity(items.count)
    var at = 0
    while at < items.count {
      if scalars[at] == 0x26, let (text, length) = entity(scalars, at) {
        for scalar in text { out.append(PlacedScalar(scalar: scalar, place: items[at].place)) }
        at += length
      } else {
        out.append(items[at])
        at += 1
      }
    }
    return out
  }

  /// An ampersand, perhaps a number sign, up to 24 ASCII letters and digits, and a semicolon.
  private static func strictEntity(
    _ scalars: [UInt32], _ start: Int
  ) -> (text: [UInt32], length: Int)? {
    var end = start + 1
    let isNumber = end < scalars.count && scalars[end] == 0x23
    if isNumber { end += 1 }
    let first = end
    while end < scalars.count, end - first < 24, isLetterOrDigit(scalars[end]) { end += 1 }
    guard end > first, end < scalars.count, scalars[end] == 0x3B else { return nil }
    let length = end + 1 - start
    if isNumber {
      let found = HTMLEntities.shared.entity(scalars, at: start)
      guard let found, found.length == length, !found.text.contains(0x3B) else { return nil }
      return found
    }
    let name = scalars[first...end].map { UInt8(truncatingIfNeeded: $0) }
    if let text = HTMLEntities.shared.text(name) { return (text, length) }
    return capitals(name, scalars, start).map { ($0, length) }
  }

  /// `&EACUTE;` in a text that was made all capitals, where HTML knows no such name.
  private static func capitals(
    _ name: [UInt8], _ scalars: [UInt32], _ start: Int
  ) -> [UInt32]? {
    guard !name.contains(where: { $0 &- 97 < 26 }),
      HTMLEntities.shared.entity(scalars, at: start) == nil,
      let text = HTMLEntities.shared.text(name.map { $0 &- 65 < 26 ? $0 | 32 : $0 })
    else { return nil }
    return text.flatMap { scalar -> [UInt32] in
      guard let letter = Unicode.Scalar(scalar) else { return [scalar] }
      return letter.properties.uppercaseMapping.unicodeScalars.map(\.value)
    }
  }

  private static func isLetterOrDigit(_ scalar: UInt32) -> Bool {
    scalar &- 48 < 10 || scalar < 0x80 && (scalar | 32) &- 97 < 26
  }
}
