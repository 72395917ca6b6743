import Languages

/// One way to cut a text into the pieces that a model sees, each alone.
indirect enum PreTokenizer: Sendable {
  case sequence([PreTokenizer])
  /// GPT-2's; `isSpelled` says whether bytes really become characters, or stay bytes for a model
  /// that knows.
  case byteLevel(addsPrefixSpace: Bool, pattern: TextPattern?, isSpelled: Bool)
  case metaspace(Metaspace)
  case split(TextPattern, SplitBehavior, isInverted: Bool)
  case whitespace(TextPattern)
  case whitespaceSplit
  case bert
  case punctuation(SplitBehavior)
  case digits(individual: Bool)
  case unicodeScripts
  case delimiter([UInt8])

  /// GPT-2's own expression.
  static let gpt2Pattern =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

  /// Cuts the pieces of a text further.
  ///
  /// `isAtStart` says whether the first piece begins where the original text does.
  func apply(
    to text: inout AlignedText, _ pieces: inout [Piece], isAtStart: Bool,
    _ scratch: inout SplitScratch
  ) {
    switch self {
    case .sequence(let all):
      for one in all { one.apply(to: &text, &pieces, isAtStart: isAtStart, &scratch) }
    case .byteLevel(let addsPrefixSpace, let pattern, let isSpelled):
      if addsPrefixSpace { Self.addSpaces(to: &text, &pieces, &scratch) }
      if let pattern { Self.cut(text, &pieces, pattern, .isolated, &scratch) }
      if isSpelled { Self.spell(&text, &pieces, &scratch) }
    case .metaspace(let metaspace):
      metaspace.apply(to: &text, &pieces, isAtStart: isAtStart, &scratch)
    case .split(let pattern, let behavior, let isInverted):
      Self.cut(text, &pieces, pattern, behavior, isInverted: isInverted, &scratch)
    case .whitespace(let pattern):
      Self.cut(text, &pieces, pattern, .removed, isInverted: true, &scratch)
    case .whitespaceSplit:
      Self.cut(text, &pieces, .spaces, .removed, &scratch)
    case .bert: Self.cutForBERT(text, &pieces, &scratch)
    case .punctuation(let behavior):
      Self.cutAtScalars(text, &pieces, behavior, &scratch) { $0.isPunctuationForBERT }
    case .digits(let individual):
      Self.cutAtScalars(text, &pieces, individual ? .isolated : .contiguous, &scratch) {
        $0.unicodeFlags & UnicodeTables.Flag.number != 0
      }
    case .unicodeScripts: Self.cutAtScripts(text, &pieces, &scratch)
    case .delimiter(let bytes):
      Self.cut(text, &pieces, .literal(bytes), .removed, &scratch)
    }
  }

  private static func cut(
    _ text: AlignedText, _ pieces: inout [Piece], _ pattern: TextPattern,
    _ behavior: SplitBehavior, isInverted: Bool = false, _ scratch: inout SplitScratch
  ) {
    scratch.pieces.removeAll(keepingCapacity: true)
    var cutter = PieceCutter(behavior: behavior, isInverted: isInverted)
    text.bytes.withUnsafeBufferPointer { bytes in
      for piece in pieces {
        cutter.cut(piece.range, into: &scratch.pieces) { found in
          pattern.forEachMatch(in: bytes, piece.range, found)
        }
      }
    }
    swap(&pieces, &scratch.pieces)
  }

  @inline(__always)
  private static func cutAtScalars(
    _ text: AlignedText, _ pieces: inout [Piece], _ behavior: SplitBehavior,
    _ scratch: inout SplitScratch, _ isCut: (UInt32) -> Bool
  ) {
    scratch.pieces.removeAll(keepingCapacity: true)
    var cutter = PieceCutter(behavior: behavior)
    text.bytes.withUnsafeBufferPointer { bytes in
      for piece in pieces {
        cutter.cut(piece.range, into: &scratch.pieces) { found in
          var at = piece.range.lowerBound
          while at < piece.range.upperBound {
            let (scalar, length) = UTF8Reading.scalar(bytes, at)
            if isCut(scalar) { found(at..<at + length) }
            at += length
          }
        }
      }
    }
    swap(&pieces, &scratch.pieces)
  }

  /// At white space, which falls away, and around each punctuation mark.
  private static func cutForBERT(
    _ text: AlignedText, _ pieces: inout [Piece], _ scratch: inout SplitScratch
  ) {
    scratch.pieces.removeAll(keepingCapacity: true)
    text.bytes.withUnsafeBufferPointer { bytes in
      for piece in pieces {
        var start = piece.range.lowerBound
        var at = start
        while at < piece.range.upperBound {
          let (scalar, length) = UTF8Reading.scalar(bytes, at)
          let isSpace = scalar.isWhitespace
          if isSpace || scalar.isPunctuationForBERT {
            if start < at { scratch.pieces.append(Piece(start..<at)) }
            if !isSpace { scratch.pieces.append(Piece(at..<at + length)) }
            start = at + length
          }
          at += length
        }
        if start < at { scratch.pieces.append(Piece(start..<at)) }
      }
    }
    swap(&pieces, &scratch.pieces)
  }

  /// Where the script changes; kana goes with Chinese characters, and spaces with what is before.
  private static func cutAtScripts(
    _ text: AlignedText, _ pieces: inout [Piece], _ scratch: inout SplitScratch
  ) {
    let tables = UnicodeTables.shared
    func number(_ name: String) -> UInt8 {
      UInt8(tables.scriptNames.firstIndex { $0 == name } ?? 255)
    }
    let han = number("Han")
    let kana = [number("Hiragana"), number("Katakana")]
    scratch.pieces.removeAll(keepingCapacity: true)
    text.bytes.withUnsafeBufferPointer { bytes in
      for piece in pieces {
        var start = piece.range.lowerBound
        var at = start
        var last: UInt8?
        while at < piece.range.upperBound {
          let (scalar, length) = UTF8Reading.scalar(bytes, at)
          if scalar != 0x20 {
            var script = tables.script(scalar)
            if scalar == 0x30FC || kana.contains(script) { script = han }
            if let last, last != script, at > start {
              scratch.pieces.append(Piece(start..<at))
              start = at
            }
            last = script
          }
          at += length
        }
        if start < at { scratch.pieces.append(Piece(start..<at)) }
      }
    }
    swap(&pieces, &scratch.pieces)
  }

  /// Spells every byte of the pieces as a character.
  private static func spell(
    _ text: inout AlignedText, _ pieces: inout [Piece], _ scratch: inout SplitScratch
  ) {
    scratch.text.reset(tracked: text.isTracked)
    for place in pieces.indices {
      let start = scratch.text.bytes.count
      for at in pieces[place].range {
        scratch.text.append(scalar: ByteLevel.scalars[Int(text.bytes[at])], like: text, at: at)
      }
      pieces[place] = Piece(start..<scratch.text.bytes.count)
    }
    swap(&text, &scratch.text)
  }

  /// Puts a space before every piece that has none.
  private static func addSpaces(
    to text: inout AlignedText, _ pieces: inout [Piece], _ scratch: inout SplitScratch
  ) {
    scratch.text.reset(tracked: text.isTracked)
    for place in pieces.indices {
      let range = pieces[place].range
      let start = scratch.text.bytes.count
      if !range.isEmpty, text.bytes[range.lowerBound] != 0x20 {
        scratch.text.append([0x20], like: text, at: range.lowerBound)
      }
      scratch.text.append(text, range)
      pieces[place] = Piece(start..<scratch.text.bytes.count)
    }
    swap(&text, &scratch.text)
  }
}

/// The working memory of the pre-tokenizers.
struct SplitScratch {
  var pieces: [Piece] = []
  var text = AlignedText()
}
