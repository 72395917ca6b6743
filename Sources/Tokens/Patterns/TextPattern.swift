import Languages

/// What normalizers and splitters look for: a fixed text or a regular expression.
enum TextPattern: Sendable {
  case literal([UInt8])
  case regex(PatternProgram)
  /// One or more white space characters, `\s+`.
  case spaces
  /// This many plain spaces or more, ` {2,}`.
  case plainSpaces(Int)

  /// - Throws: ``TokenizerError`` for expressions that are not understood.
  init(regex source: String) throws(TokenizerError) {
    switch source {
    case "\\s+": self = .spaces
    case " {2,}": self = .plainSpaces(2)
    case " +": self = .plainSpaces(1)
    default: self = .regex(try PatternProgram(source))
    }
  }

  /// Calls `body` with each match in a range of bytes, from left to right.
  func forEachMatch(
    in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
  ) {
    switch self {
    case .literal(let text):
      guard let first = text.first else { return }
      var at = range.lowerBound
      while at + text.count <= range.upperBound {
        if bytes[at] == first, bytes[at..<at + text.count].elementsEqual(text) {
          body(at..<at + text.count)
          at += text.count
        } else {
          at += 1
        }
      }
    case .regex(let program): program.forEachMatch(in: bytes, range, body)
    case .spaces:
      var at = range.lowerBound
      while at < range.upperBound {
        let start = at
        while at < range.upperBound {
          let (scalar, length) = UTF8Reading.scalar(bytes, at)
          guard scalar.isWhitespace else { break }
          at += length
        }
        if at > start { body(start..<at) } else { at += UTF8Reading.length(bytes[at]) }
      }
    case .plainSpaces(let least):
      var at = range.lowerBound
      while at < range.upperBound {
        let start = at
        while at < range.upperBound, bytes[at] == 0x20 { at += 1 }
        if at - start >= least { body(start..<at) }
        at += 1
      }
    }
  }

  func matches(in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> [Range<Int>] {
    var all: [Range<Int>] = []
    forEachMatch(in: bytes, range) { all.append($0) }
    return all
  }
}
