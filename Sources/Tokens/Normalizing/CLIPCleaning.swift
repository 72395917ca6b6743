/// What OpenAI's `simple_tokenizer` does to a text before it is split.
///
/// It mends the text as the Python package `ftfy` does, undoes HTML, joins white space and makes
/// all letters small, by Python's rules.
///
/// - Differs: `ftfy` also undoes text that was decoded with a wrong table (“Ã©” for “é”); here such
///   text stays as it is.
struct CLIPCleaning: Sendable {
  private struct Item {
    var scalar: UInt32
    /// The byte of the text before, whose original it stands for.
    var place: Int
  }

  func apply(to text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    if !Self.isPlain(text.bytes) {
      for _ in 0..<8 {
        let before = text.bytes
        mend(&text, &scratch)
        if text.bytes == before { break }
      }
      for _ in 0..<2 where text.bytes.contains(0x26) { unescape(&text, &scratch) }
    }
    text.replace(.spaces, by: [0x20], &scratch.text)
    text.strip(left: true, right: true, &scratch.text)
    lowercase(&text, &scratch)
  }

  /// Whether there is nothing to mend: printable ASCII without entities.
  private static func isPlain(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 &- 0x20 < 0x5F && $0 != 0x26 }
  }

  /// One round of ftfy's fixes.
  private func mend(_ text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    var items = Self.items(text)
    if !text.bytes.contains(0x3C) { items = Self.withoutEntities(items, strictly: true) }
    var out: [Item] = []
    out.reserveCapacity(items.count)
    var at = 0
    while at < items.count {
      let item = items[at]
      if item.scalar == 0x1B, let end = Self.terminalEscape(items, at) {
        at = end
        continue
      }
      if item.scalar == 0x0D, at + 1 < items.count, items[at + 1].scalar == 0x0A {
        at += 1
        continue
      }
      for scalar in Self.mended(item.scalar) { out.append(Item(scalar: scalar, place: item.place)) }
      at += 1
    }
    Self.write(out, to: &text, &scratch)
    NormalizationForm.nfc.apply(to: &text, &scratch)
  }

  /// What one scalar becomes; nothing for those that must not be there.
  private static func mended(_ scalar: UInt32) -> [UInt32] {
    switch scalar {
    case 0x20...0x7E: return [scalar]
    case 0x0D, 0x2028, 0x2029: return [0x0A]
    case 0x00...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: return []
    case 0x85: return [0x2026]
    case 0x80...0x9F: return mended(HTMLEntities.windows1252[Int(scalar - 0x80)])
    case 0x201C...0x201F: return [0x22]
    case 0x2BC, 0x2018...0x201B: return [0x27]
    case 0x3000: return [0x20]
    case 0x149: return [0x27, 0x6E]
    case 0x132, 0x133, 0x1C4...0x1CC, 0x1F1...0x1F3, 0xFB00...0xFB06, 0xFF01...0xFFEF:
      guard scalar != 0xFB05 else { return [0x17F, 0x74] }
      guard let parts = UnicodeTables.shared.decomposition(scalar, compatible: true) else {
        return [scalar]
      }
      return Array(parts)
    default: return [scalar]
    }
  }

  /// The end of an `ESC [ … m`.
  private static func terminalEscape(_ items: [Item], _ start: Int) -> Int? {
    guard start + 1 < items.count, items[start + 1].scalar == 0x5B else { return nil }
    var at = start + 2
    while at < items.count, items[at].scalar &- 0x30 < 10 || items[at].scalar == 0x3B { at += 1 }
    return at < items.count && [0x6D, 0x4B].contains(items[at].scalar) ? at + 1 : nil
  }

  private func unescape(_ text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    Self.write(Self.withoutEntities(Self.items(text), strictly: false), to: &text, &scratch)
  }

  /// Undoes entities; strictly, they must end in a semicolon, as ftfy wants.
  private static func withoutEntities(_ items: [Item], strictly: Bool) -> [Item] {
    guard items.contains(where: { $0.scalar == 0x26 }) else { return items }
    let scalars = items.map(\.scalar)
    var out: [Item] = []
    var at = 0
    while at < items.count {
      if scalars[at] == 0x26, let entity = HTMLEntities.shared.entity(scalars, at: at),
        !strictly || scalars[at + entity.length - 1] == 0x3B
      {
        for scalar in entity.text { out.append(Item(scalar: scalar, place: items[at].place)) }
        at += entity.length
      } else {
        out.append(items[at])
        at += 1
      }
    }
    return out
  }

  /// Python's lower case: as everywhere, but a sigma at the end of a word is a final one.
  private func lowercase(_ text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    let sigma: [UInt8] = [0xCE, 0xA3]
    if !text.isASCII, text.bytes.contains(0xCE) {
      var at = 0
      while at + 1 < text.bytes.count {
        if text.bytes[at] == sigma[0], text.bytes[at + 1] == sigma[1], isFinal(text, at) {
          text.bytes[at] = 0xCF
          text.bytes[at + 1] = 0x82
        }
        at += 1
      }
    }
    text.lowercase(&scratch.text)
  }

  /// Whether a letter stands before the sigma and none behind it, marks and points aside.
  private func isFinal(_ text: AlignedText, _ place: Int) -> Bool {
    func isIgnored(_ scalar: UInt32) -> Bool {
      scalar.unicodeFlags & UnicodeTables.Flag.mark != 0
        || [3, 20, 26].contains(scalar.unicodeFlags & 31)
        || [0x27, 0x2E, 0x3A, 0xB7, 0x2019].contains(scalar)
    }
    func isCased(_ scalar: UInt32) -> Bool { scalar.unicodeFlags & 31 < 3 }
    return text.bytes.withUnsafeBufferPointer { bytes in
      var at = place
      var hasBefore = false
      while at > 0 {
        let (scalar, length) = UTF8Reading.scalar(bytes, before: at)
        at -= length
        if isIgnored(scalar) { continue }
        hasBefore = isCased(scalar)
        break
      }
      guard hasBefore else { return false }
      at = place + 2
      while at < bytes.count {
        let (scalar, length) = UTF8Reading.scalar(bytes, at)
        at += length
        if isIgnored(scalar) { continue }
        return !isCased(scalar)
      }
      return true
    }
  }

  private static func items(_ text: AlignedText) -> [Item] {
    text.bytes.withUnsafeBufferPointer { bytes in
      var items: [Item] = []
      items.reserveCapacity(bytes.count)
      var at = 0
      while at < bytes.count {
        let (scalar, length) = UTF8Reading.scalar(bytes, at)
        items.append(Item(scalar: scalar, place: at))
        at += length
      }
      return items
    }
  }

  private static func write(
    _ items: [Item], to text: inout AlignedText, _ scratch: inout NormalizerScratch
  ) {
    scratch.text.reset(tracked: text.isTracked)
    for item in items { scratch.text.append(scalar: item.scalar, like: text, at: item.place) }
    swap(&text, &scratch.text)
  }
}
