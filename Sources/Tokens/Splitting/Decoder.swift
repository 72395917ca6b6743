import Files

/// One way to make text of tokens again.
indirect enum Decoder: Sendable {
  case sequence([Decoder])
  case byteLevel
  case wordPiece(prefix: String, cleansUp: Bool)
  case metaspace(Metaspace)
  case bpe(suffix: String)
  case byteFallback
  case fuse
  case strip(content: Character, start: Int, stop: Int)
  case replace(TextPattern, [UInt8])
  case ctc(pad: String, delimiter: String, cleansUp: Bool)
  /// SentencePiece's own; `stripsFirst` drops a first `▁`, `stripsAll` one of every piece until text
  /// begins.
  case sentencePiece(stripsFirst: Bool, stripsAll: Bool)

  /// The parts of the text; joined they are the text.
  func apply(_ tokens: [[UInt8]]) -> [[UInt8]] {
    switch self {
    case .sequence(let all): all.reduce(tokens) { $1.apply($0) }
    case .byteLevel: [Self.readable(tokens.flatMap { ByteLevel.raw($0[...]) ?? $0 })]
    case .wordPiece(let prefix, let cleansUp): Self.wordPiece(tokens, Array(prefix.utf8), cleansUp)
    case .metaspace(let metaspace): Self.metaspace(tokens, metaspace)
    case .bpe(let suffix):
      tokens.enumerated().map { index, token in
        let isLast = index == tokens.count - 1
        return Self.replacing(token, Array(suffix.utf8), by: isLast ? [] : [0x20])
      }
    case .byteFallback: Self.byteFallback(tokens)
    case .fuse: [tokens.flatMap { $0 }]
    case .strip(let content, let start, let stop):
      tokens.map { Self.strip($0, Array(String(content).utf8), start, stop) }
    case .replace(let pattern, let content):
      tokens.map { token in
        var text = AlignedText()
        var scratch = AlignedText()
        text.bytes = token
        text.replace(pattern, by: content, &scratch)
        return text.bytes
      }
    case .ctc(let pad, let delimiter, let cleansUp): Self.ctc(tokens, pad, delimiter, cleansUp)
    case .sentencePiece(let first, let all): Self.sentencePiece(tokens, first, all)
    }
  }

  /// Bytes as text, with U+FFFD for what is not UTF-8.
  static func readable(_ bytes: [UInt8]) -> [UInt8] {
    Array(String(decoding: bytes, as: UTF8.self).utf8)
  }

  static func replacing(_ token: [UInt8], _ old: [UInt8], by new: [UInt8]) -> [UInt8] {
    guard !old.isEmpty else { return token }
    var out: [UInt8] = []
    var at = 0
    while at < token.count {
      if token[at...].starts(with: old) {
        out += new
        at += old.count
      } else {
        out.append(token[at])
        at += 1
      }
    }
    return out
  }

  private static func wordPiece(
    _ tokens: [[UInt8]], _ prefix: [UInt8], _ cleansUp: Bool
  ) -> [[UInt8]] {
    tokens.enumerated().map { index, token in
      var token = token
      if index > 0 {
        token = token.starts(with: prefix) ? Array(token.dropFirst(prefix.count)) : [0x20] + token
      }
      return cleansUp ? cleaned(token) : token
    }
  }

  private static func cleaned(_ token: [UInt8]) -> [UInt8] {
    let changes = [
      (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
      (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ]
    return changes.reduce(token) { replacing($0, Array($1.0.utf8), by: Array($1.1.utf8)) }
  }

  private static func metaspace(_ tokens: [[UInt8]], _ metaspace: Metaspace) -> [[UInt8]] {
    tokens.enumerated().map { index, token in
      var out = replacing(token, metaspace.replacement, by: [0x20])
      if index == 0, metaspace.prependScheme != .never, out.first == 0x20 { out.removeFirst() }
      return out
    }
  }

  /// The byte that a token such as `<0x41>` stands for.
  static func byte(_ token: [UInt8]) -> UInt8? {
    guard token.count == 6, token.starts(with: Array("<0x".utf8)), token[5] == UInt8(ascii: ">"),
      let high = token[3].hexadecimal, let low = token[4].hexadecimal
    else { return nil }
    return high << 4 | low
  }

  private static func byteFallback(_ tokens: [[UInt8]]) -> [[UInt8]] {
    var out: [[UInt8]] = []
    var bytes: [UInt8] = []
    func flush() {
      if bytes.isEmpty { return }
      if String(validating: bytes, as: UTF8.self) != nil {
        out.append(bytes)
      } else {
        out += [[UInt8]](repeating: Array("\u{FFFD}".utf8), count: bytes.count)
      }
      bytes = []
    }
    for token in tokens {
      if let byte = byte(token) {
        bytes.append(byte)
      } else {
        flush()
        out.append(token)
      }
    }
    flush()
    return out
  }

  private static func strip(_ token: [UInt8], _ content: [UInt8], _ start: Int, _ stop: Int)
    -> [UInt8]
  {
    var kept = token[...]
    for _ in 0..<start where kept.starts(with: content) { kept = kept.dropFirst(content.count) }
    for _ in 0..<stop where kept.suffix(content.count).elementsEqual(content) {
      kept = kept.dropLast(content.count)
    }
    return Array(kept)
  }

  private static func ctc(
    _ tokens: [[UInt8]], _ pad: String, _ delimiter: String, _ cleansUp: Bool
  ) -> [[UInt8]] {
    var out: [[UInt8]] = []
    var last: [UInt8]?
    for token in tokens {
      defer { last = token }
      if token == last { continue }
      var text = replacing(token, Array(pad.utf8), by: [])
      if cleansUp { text = replacing(cleaned(text), Array(delimiter.utf8), by: [0x20]) }
      if !text.isEmpty { out.append(text) }
    }
    return out
  }

  private static func sentencePiece(
    _ tokens: [[UInt8]], _ stripsFirst: Bool, _ stripsAll: Bool
  ) -> [[UInt8]] {
    var bytes: [UInt8] = []
    let space = Array("▁".utf8)
    var isAtStart = stripsFirst || stripsAll
    for token in tokens {
      if let byte = byte(token) {
        bytes.append(byte)
        isAtStart = false
      } else {
        var token = token[...]
        if isAtStart, token.starts(with: space) {
          token = token.dropFirst(space.count)
          isAtStart = stripsAll
        }
        if !token.isEmpty { isAtStart = false }
        bytes += replacing(Array(token), space, by: [0x20])
      }
    }
    return [readable(bytes)]
  }
}
