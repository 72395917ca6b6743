/// Text in UTF-8 that still knows where it came from.
///
/// Each byte may carry the range of original bytes it stands for. Whoever only wants ids leaves
/// that out (`isTracked` is false), and the same code runs without it.
struct AlignedText {
  var bytes: [UInt8] = []
  /// Per byte, where its original begins; empty if not tracked.
  var starts: [Int32] = []
  /// Per byte, where its original ends; empty if not tracked.
  var ends: [Int32] = []
  var isTracked = false

  /// Empties it and keeps its memory.
  mutating func reset(tracked: Bool) {
    bytes.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    isTracked = tracked
  }

  /// Takes bytes of the original, found there at `offset`.
  mutating func appendOriginal(_ source: UnsafeBufferPointer<UInt8>, at offset: Int) {
    bytes.append(contentsOf: source)
    guard isTracked else { return }
    var at = 0
    while at < source.count {
      let length = UTF8Reading.length(source[at])
      for _ in 0..<length {
        starts.append(Int32(offset + at))
        ends.append(Int32(offset + at + length))
      }
      at += length
    }
  }

  /// Takes bytes `range` of another text, with what they stand for.
  @inline(__always)
  mutating func append(_ other: AlignedText, _ range: Range<Int>) {
    bytes.append(contentsOf: other.bytes[range])
    guard isTracked else { return }
    starts.append(contentsOf: other.starts[range])
    ends.append(contentsOf: other.ends[range])
  }

  /// Takes one scalar that stands for what byte `place` of another text stands for.
  @inline(__always)
  mutating func append(scalar: UInt32, like other: AlignedText, at place: Int) {
    appendUTF8(scalar)
    guard isTracked else { return }
    let known = place >= 0
    for _ in 0..<scalar.utf8Length {
      starts.append(known ? other.starts[place] : 0)
      ends.append(known ? other.ends[place] : 0)
    }
  }

  /// Takes bytes that all stand for what byte `place` of another text stands for.
  mutating func append(_ content: [UInt8], like other: AlignedText, at place: Int) {
    bytes.append(contentsOf: content)
    guard isTracked else { return }
    let known = place >= 0 && place < other.starts.count
    for _ in 0..<content.count {
      starts.append(known ? other.starts[place] : 0)
      ends.append(known ? other.ends[place] : 0)
    }
  }

  @inline(__always)
  private mutating func appendUTF8(_ scalar: UInt32) {
    bytes.append(utf8: scalar)
  }

  /// Whether all bytes are ASCII.
  var isASCII: Bool { bytes.withUnsafeBufferPointer { UTF8Reading.isASCII($0) } }
}

extension Array where Element == UInt8 {
  /// Appends a scalar in UTF-8.
  @inline(__always)
  mutating func append(utf8 scalar: UInt32) {
    if scalar < 0x80 {
      append(UInt8(scalar))
    } else if scalar < 0x800 {
      append(UInt8(0xC0 | scalar >> 6))
      append(UInt8(0x80 | scalar & 0x3F))
    } else if scalar < 0x10000 {
      append(UInt8(0xE0 | scalar >> 12))
      append(UInt8(0x80 | scalar >> 6 & 0x3F))
      append(UInt8(0x80 | scalar & 0x3F))
    } else {
      append(UInt8(0xF0 | scalar >> 18))
      append(UInt8(0x80 | scalar >> 12 & 0x3F))
      append(UInt8(0x80 | scalar >> 6 & 0x3F))
      append(UInt8(0x80 | scalar & 0x3F))
    }
  }
}

/// Reading UTF-8 that is known to be valid.
enum UTF8Reading {
  /// The number of bytes of the scalar that begins with this byte.
  @inline(__always)
  static func length(_ first: UInt8) -> Int {
    first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
  }

  /// The scalar at a place, where one must begin in valid UTF-8.
  @inline(__always)
  static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> (value: UInt32, length: Int)
  {
    let first = bytes[at]
    if first < 0x80 { return (UInt32(first), 1) }
    if first < 0xE0 {
      return (UInt32(first & 0x1F) << 6 | UInt32(bytes[at + 1] & 0x3F), 2)
    }
    if first < 0xF0 {
      let high = UInt32(first & 0x0F) << 12 | UInt32(bytes[at + 1] & 0x3F) << 6
      return (high | UInt32(bytes[at + 2] & 0x3F), 3)
    }
    let high = UInt32(first & 0x07) << 18 | UInt32(bytes[at + 1] & 0x3F) << 12
    return (high | UInt32(bytes[at + 2] & 0x3F) << 6 | UInt32(bytes[at + 3] & 0x3F), 4)
  }

  /// The scalar that ends before `end`.
  @inline(__always)
  static func scalar(
    _ bytes: UnsafeBufferPointer<UInt8>, before end: Int
  ) -> (value: UInt32, length: Int) {
    var at = end - 1
    while at > 0, bytes[at] & 0xC0 == 0x80 { at -= 1 }
    return scalar(bytes, at)
  }

  @inline(__always)
  static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var all: UInt8 = 0
    for byte in bytes { all |= byte }
    return all < 0x80
  }

  /// The number of scalars.
  static func count(_ bytes: some Sequence<UInt8>) -> Int {
    bytes.reduce(0) { $1 & 0xC0 != 0x80 ? $0 + 1 : $0 }
  }

  /// The scalars of valid bytes.
  static func scalars(_ bytes: [UInt8]) -> [UInt32] {
    bytes.withUnsafeBufferPointer { bytes in
      var all: [UInt32] = []
      var at = 0
      while at < bytes.count {
        let (value, length) = scalar(bytes, at)
        all.append(value)
        at += length
      }
      return all
    }
  }
}
