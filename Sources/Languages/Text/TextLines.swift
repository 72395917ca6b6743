/// The lines of a text in UTF-8, without their ends.
///
/// A carriage return, a line feed, or both together end a line, and nothing else does: U+2028, U+0085,
/// vertical tabs and form feeds belong to the line they stand in, as to Python's `open`. A byte order
/// mark is no part of the first line, and the end of the last line begins no further one.
package func textLines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
  var lines: [ArraySlice<UInt8>] = []
  var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  while start < bytes.count {
    guard let end = bytes.lineEnd(from: start) else {
      lines.append(bytes[start...])
      break
    }
    lines.append(bytes[start..<end])
    let isPair = bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A
    start = end + (isPair ? 2 : 1)
  }
  return lines
}

extension [UInt8] {
  /// The place of the first carriage return or line feed from `start` on, `nil` if there is none.
  package func lineEnd(from start: Int) -> Int? {
    withUnsafeBufferPointer { bytes in
      bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0D }
    }
  }
}
