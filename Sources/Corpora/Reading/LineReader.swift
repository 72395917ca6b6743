import Languages

/// The lines of a file, read piece by piece; what a line is, ``textLines(_:)`` says.
struct LineReader {
  private let file: InputFile
  private var buffer: [UInt8] = []
  private var start = 0
  private var offset = 0
  /// Whether a carriage return ended the last line, so that a line feed next to it is part of its end.
  private var hasReturned = false
  /// The number of the line that ``next()`` gave last, counted from 1.
  private(set) var number = 0

  private static let piece = 1 << 20
  /// No caption line is longer; what is, is not a text file.
  private static let longest = 64 << 20

  init(_ file: InputFile) {
    self.file = file
  }

  /// The next line, `nil` after the last.
  mutating func next() throws(CorpusError) -> ArraySlice<UInt8>? {
    var searched = start
    while true {
      if hasReturned, start < buffer.count {
        if buffer[start] == 0x0A { start += 1 }
        searched = max(searched, start)
        hasReturned = false
      }
      if let end = buffer.lineEnd(from: searched) {
        defer { start = end + 1 }
        hasReturned = buffer[end] == 0x0D
        return line(until: end)
      }
      searched = buffer.count
      let more = try file.read(at: offset, upTo: Self.piece)
      if more.isEmpty {
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        return line(until: buffer.count)
      }
      offset += more.count
      searched -= start
      buffer.removeFirst(start)
      start = 0
      buffer += more
      guard buffer.count < Self.longest else {
        throw .unreadable(
          path: file.path, reason: "line \(number + 1) is longer than \(Self.longest >> 20) MB")
      }
    }
  }

  private mutating func line(until end: Int) -> ArraySlice<UInt8> {
    number += 1
    let line = buffer[start..<end]
    return number == 1 && line.starts(with: TextEncoding.utf8Mark) ? line.dropFirst(3) : line
  }
}

/// The lines of a text file, as ``textLines(_:)`` parts them.
///
/// - Parameters:
///   - bytes: The whole file.
///   - path: What it is called in errors.
/// - Throws: ``CorpusError`` if it is not UTF-8.
package func textLines(_ bytes: [UInt8], of path: String) throws(CorpusError) -> [String] {
  if case .failure(let fault) = TextEncoding.decoded(bytes) {
    throw .badFile(path: path, what: "a text file", reason: fault.reason)
  }
  return textLines(bytes).map { String(decoding: $0, as: UTF8.self) }
}
