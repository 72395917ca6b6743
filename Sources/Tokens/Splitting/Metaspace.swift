/// Spaces as a visible character, `▁`, that stays with the word after it.
struct Metaspace: Sendable {
  enum PrependScheme: String, Sendable { case always, first, never }

  /// What stands for a space, in UTF-8.
  var replacement: [UInt8] = Array("▁".utf8)
  /// Whether every piece, or the text's first, begins with one.
  var prependScheme = PrependScheme.always
  /// Whether the text is cut there too.
  var splits = true

  func apply(
    to text: inout AlignedText, _ pieces: inout [Piece], isAtStart: Bool,
    _ scratch: inout SplitScratch
  ) {
    scratch.text.reset(tracked: text.isTracked)
    scratch.pieces.removeAll(keepingCapacity: true)
    for piece in pieces where piece.start < piece.end {
      let range = piece.range
      let start = scratch.text.bytes.count
      if isPrepended(text, range, isAtStart: isAtStart) {
        scratch.text.append(replacement, like: text, at: range.lowerBound)
      }
      var last = range.lowerBound
      for at in range where text.bytes[at] == 0x20 {
        scratch.text.append(text, last..<at)
        scratch.text.append(replacement, like: text, at: at)
        last = at + 1
      }
      scratch.text.append(text, last..<range.upperBound)
      let end = scratch.text.bytes.count
      guard splits else {
        scratch.pieces.append(Piece(start..<end))
        continue
      }
      scratch.text.bytes.withUnsafeBufferPointer { bytes in
        var from = start
        var at = start
        while at + replacement.count <= end {
          guard isReplacement(bytes, at) else {
            at += 1
            continue
          }
          if from < at { scratch.pieces.append(Piece(from..<at)) }
          from = at
          at += replacement.count
          // Of several in a row each is a piece; the last one goes with the word.
        }
        if from < end { scratch.pieces.append(Piece(from..<end)) }
      }
    }
    swap(&text, &scratch.text)
    swap(&pieces, &scratch.pieces)
  }

  private func isPrepended(_ text: AlignedText, _ range: Range<Int>, isAtStart: Bool) -> Bool {
    switch prependScheme {
    case .never: return false
    case .first:
      guard isAtStart, range.lowerBound == 0 else { return false }
    case .always: break
    }
    if text.bytes[range.lowerBound] == 0x20 { return false }
    return text.bytes.withUnsafeBufferPointer { bytes in
      range.count < replacement.count || !isReplacement(bytes, range.lowerBound)
    }
  }

  @inline(__always)
  private func isReplacement(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
    for place in 0..<replacement.count where bytes[at + place] != replacement[place] {
      return false
    }
    return true
  }
}
