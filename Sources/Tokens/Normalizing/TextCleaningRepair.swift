import Languages

/// A scalar on its way through the repairs, and the byte of the text whose original it stands for.
struct PlacedScalar {
  var scalar: UInt32
  var place: Int
}

/// Mends damaged text as the Python package ftfy does: text that was decoded with a wrong table
/// (“Ã©” for “é”), entities, control characters, curly quotes, ligatures, letters of other widths.
///
/// Models were trained on texts that went through it, so what it does, odd or not, is part of them.
///
/// - Source: Robyn Speer, “ftfy: fixes text for you”, version 6.3.1, with its default settings.
enum TextRepair {
  /// Rounds over one line; each undoes one layer of damage.
  private static let maximumRounds = 64
  /// Scalars of a line that are mended at a time.
  private static let longestLine = 1_000_000

  /// open_clip's `basic_clean`: repairs, HTML undone twice, no white space at the ends.
  static func clean(_ text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    if !isPlain(text.bytes) {
      repair(&text, &scratch.text)
      for _ in 0..<2 where text.bytes.contains(0x26) {
        write(unescaped(scalars(of: text)), to: &text, &scratch.text)
      }
    }
    text.strip(left: true, right: true, &scratch.text)
  }

  /// The repairs alone: ftfy's `fix_text`.
  static func repaired(_ text: String) -> String {
    var mended = AlignedText()
    mended.bytes = Array(text.utf8)
    var scratch = AlignedText()
    repair(&mended, &scratch)
    return String(decoding: mended.bytes, as: UTF8.self)
  }

  /// Whether there is nothing to mend: printable ASCII without entities.
  private static func isPlain(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 &- 0x20 < 0x5F && $0 != 0x26 }
  }

  /// Mends line by line, as the clues of one line say nothing about the next.
  private static func repair(_ text: inout AlignedText, _ scratch: inout AlignedText) {
    let items = scalars(of: text)
    var out: [PlacedScalar] = []
    out.reserveCapacity(items.count)
    var hasTags = false
    var at = 0
    while at < items.count {
      var end = items[at...].firstIndex { $0.scalar == 0x0A }.map { $0 + 1 } ?? items.count
      end = min(end, at + longestLine)
      let line = Array(items[at..<end])
      // Where HTML's tags are seen, entities are left to whoever reads them, from that line on.
      hasTags = hasTags || line.contains { $0.scalar == 0x3C }
      out += repaired(line, entities: !hasTags)
      at = end
    }
    write(out, to: &text, &scratch)
  }

  private static func repaired(_ line: [PlacedScalar], entities: Bool) -> [PlacedScalar] {
    var line = line
    for _ in 0..<maximumRounds {
      let before = line
      if entities { line = withoutStrictEntities(line) }
      line = Mojibake.undone(line)
      line = withoutTerminalEscapes(withoutPairedReturns(line).flatMap(simplified)).filter {
        !isUnwanted($0.scalar)
      }
      line = composed(line)
      if line.elementsEqual(before, by: { $0.scalar == $1.scalar }) { break }
    }
    return line
  }

  /// Windows ends lines with two characters.
  private static func withoutPairedReturns(_ line: [PlacedScalar]) -> [PlacedScalar] {
    guard line.contains(where: { $0.scalar == 0x0D }) else { return line }
    return line.indices.compactMap { at in
      let isPaired = line[at].scalar == 0x0D && at + 1 < line.count && line[at + 1].scalar == 0x0A
      return isPaired ? nil : line[at]
    }
  }

  // MARK: One scalar at a time

  /// Quotes, ligatures, widths and line breaks: what one scalar becomes.
  private static func simplified(_ item: PlacedScalar) -> [PlacedScalar] {
    let scalar = item.scalar
    if scalar < 0x80, scalar != 0x0D { return [item] }
    return parts(of: scalar).map { PlacedScalar(scalar: $0, place: item.place) }
  }

  private static func parts(of scalar: UInt32) -> [UInt32] {
    switch scalar {
    case 0x0D, 0x2028, 0x2029: return [0x0A]
    case 0x80...0x9F:
      // Controls that nobody means; byte 0x85 would be an ellipsis.
      let meant = HTMLEntities.windows1252[Int(scalar - 0x80)]
      return meant == scalar ? [scalar] : parts(of: meant)
    case 0x201C...0x201F: return [0x22]
    case 0x2BC, 0x2018...0x201B: return [0x27]
    case 0x3000: return [0x20]
    case 0x149: return [0x27, 0x6E]
    case 0xFB05: return [0x17F, 0x74]
    case 0x132, 0x133, 0x1C4...0x1CC, 0x1F1...0x1F3, 0xFB00...0xFB06, 0xFF01...0xFFEF:
      return UnicodeTables.shared.decomposition(scalar, compatible: true).map { Array($0) }
        ?? [scalar]
    case 0xD800...0xDFFF: return [0xFFFD]
    default: return [scalar]
    }
  }

  /// Control characters that are no white space, marks of byte order, and annotations.
  private static func isUnwanted(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x00...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: true
    default: false
    }
  }

  /// Takes away colours and the like: `ESC [ 3 1 ; 1 m`.
  private static func withoutTerminalEscapes(_ line: [PlacedScalar]) -> [PlacedScalar] {
    guard line.contains(where: { $0.scalar == 0x1B }) else { return line }
    var out: [PlacedScalar] = []
    var at = 0
    while at < line.count {
      if line[at].scalar == 0x1B, let end = endOfEscape(line, at) {
        at = end
      } else {
        out.append(line[at])
        at += 1
      }
    }
    return out
  }

  private static func endOfEscape(_ line: [PlacedScalar], _ start: Int) -> Int? {
    var at = start + 1
    guard at < line.count, line[at].scalar == 0x5B else { return nil }
    at += 1
    // A digit of any script counts.
    while at < line.count, line[at].scalar == 0x3B || line[at].scalar.unicodeFlags & 31 == 8 {
      at += 1
    }
    return at < line.count && (line[at].scalar | 32) &- 97 < 26 && line[at].scalar < 0x80
      ? at + 1 : nil
  }

  /// Letters and their marks joined (NFC).
  private static func composed(_ line: [PlacedScalar]) -> [PlacedScalar] {
    guard line.contains(where: { $0.scalar >= 0x300 }) else { return line }
    var text = AlignedText()
    text.isTracked = true
    for item in line {
      text.bytes.append(utf8: item.scalar)
      for _ in 0..<item.scalar.utf8Length {
        text.starts.append(Int32(truncatingIfNeeded: item.place))
        text.ends.append(Int32(truncatingIfNeeded: item.place))
      }
    }
    var scratch = NormalizerScratch()
    NormalizationForm.nfc.apply(to: &text, &scratch)
    return scalars(of: text).map {
      PlacedScalar(scalar: $0.scalar, place: Int(text.starts[$0.place]))
    }
  }

  // MARK: Scalars and bytes

  static func scalars(of text: AlignedText) -> [PlacedScalar] {
    text.bytes.withUnsafeBufferPointer { bytes in
      var items: [PlacedScalar] = []
      items.reserveCapacity(bytes.count)
      var at = 0
      while at < bytes.count {
        let (scalar, length) = UTF8Reading.scalar(bytes, at)
        items.append(PlacedScalar(scalar: scalar, place: at))
        at += length
      }
      return items
    }
  }

  private static func write(
    _ items: [PlacedScalar], to text: inout AlignedText, _ scratch: inout AlignedText
  ) {
    scratch.reset(tracked: text.isTracked)
    for item in items { scratch.append(scalar: item.scalar, like: text, at: item.place) }
    swap(&text, &scratch)
  }
}
