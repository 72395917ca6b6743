import Languages

/// What SentencePiece itself does to a text before it is split.
struct SentencePieceNormalizer: Sendable {
  var characters: PrecompiledCharacters?
  /// Whether a space is put before the text.
  var addsPrefix = true
  /// Whether spaces at the ends and doubled ones fall away.
  var removesExtraSpaces = true
  /// Whether spaces become `▁`.
  var escapesSpaces = true
  /// Whether the space is put behind the text, and not before.
  var isSuffix = false
  /// Texts that must come through as they are.
  var symbols: ByteTrie?

  func apply(to text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    scratch.text.reset(tracked: text.isTracked)
    var out = AlignedText()
    swap(&out, &scratch.text)
    let space = escapesSpaces ? Array("▁".utf8) : [0x20]
    text.bytes.withUnsafeBufferPointer { bytes in
      var at = 0
      while removesExtraSpaces, at < bytes.count {
        let (new, length) = prefix(bytes, at)
        guard new.elementsEqual([0x20]) else { break }
        at += length
      }
      guard at < bytes.count else { return }
      if addsPrefix, !isSuffix { out.append(space, like: text, at: at) }
      var isAfterSpace = removesExtraSpaces
      while at < bytes.count {
        var (new, length) = prefix(bytes, at)
        while isAfterSpace, new.first == 0x20 { new = new.dropFirst() }
        for byte in new { out.append(byte == 0x20 ? space : [byte], like: text, at: at) }
        if let last = new.last { isAfterSpace = last == 0x20 }
        if out.isTracked { widen(&out, new, space, at, length, text) }
        at += length
        if !removesExtraSpaces { isAfterSpace = false }
      }
      if removesExtraSpaces {
        while out.bytes.count >= space.count, out.bytes.suffix(space.count).elementsEqual(space) {
          out.removeLast(space.count)
        }
      }
      if addsPrefix, isSuffix { out.append(space, like: text, at: bytes.count - 1) }
    }
    swap(&text, &out)
    swap(&scratch.text, &out)
  }

  /// Lets what was just written stand for all `length` bytes it came from.
  private func widen(
    _ out: inout AlignedText, _ new: ArraySlice<UInt8>, _ space: [UInt8], _ at: Int, _ length: Int,
    _ text: AlignedText
  ) {
    let count = new.reduce(0) { $0 + ($1 == 0x20 ? space.count : 1) }
    for place in out.bytes.count - count..<out.bytes.count {
      out.ends[place] = text.ends[at + length - 1]
    }
  }

  /// What the longest prefix with a rule becomes, or else one scalar.
  private func prefix(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int
  ) -> (new: ArraySlice<UInt8>, length: Int) {
    if let symbols {
      var node = ByteTrie.root
      var found = 0
      symbols.nodes.withUnsafeBufferPointer { nodes in
        for place in at..<bytes.count {
          node = ByteTrie.child(nodes, node, bytes[place])
          if node < 0 { break }
          if nodes[Int(node)].value >= 0 { found = place + 1 - at }
        }
      }
      if found > 0 { return (Array(bytes[at..<at + found])[...], found) }
    }
    if let rule = characters?.longest(bytes, from: at) { return (rule.text, rule.length) }
    let length = UTF8Reading.length(bytes[at])
    return (Array(bytes[at..<at + length])[...], length)
  }
}

extension AlignedText {
  mutating func removeLast(_ count: Int) {
    bytes.removeLast(count)
    guard isTracked else { return }
    starts.removeLast(count)
    ends.removeLast(count)
  }
}
