extension Array where Element == UInt8 {
  /// Appends a scalar in UTF-8.
  @inlinable @inline(__always)
  package mutating func append(utf8 scalar: UInt32) {
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
///
/// The hot loops of other targets inline it.
@usableFromInline
package enum UTF8Reading {
  /// The number of bytes of the scalar that begins with this byte.
  @inlinable @inline(__always)
  package static func length(_ first: UInt8) -> Int {
    first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
  }

  /// The scalar at a place, where one must begin in valid UTF-8.
  @inlinable @inline(__always)
  package static func scalar(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int
  ) -> (value: UInt32, length: Int) {
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
  @inlinable @inline(__always)
  package static func scalar(
    _ bytes: UnsafeBufferPointer<UInt8>, before end: Int
  ) -> (value: UInt32, length: Int) {
    var at = end - 1
    while at > 0, bytes[at] & 0xC0 == 0x80 { at -= 1 }
    return scalar(bytes, at)
  }

  @inlinable @inline(__always)
  package static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var all: UInt8 = 0
    for byte in bytes { all |= byte }
    return all < 0x80
  }

  /// The number of scalars.
  @inlinable
  package static func count(_ bytes: some Sequence<UInt8>) -> Int {
    bytes.reduce(0) { $1 & 0xC0 != 0x80 ? $0 + 1 : $0 }
  }

  /// The scalars of valid bytes.
  package static func scalars(_ bytes: [UInt8]) -> [UInt32] {
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
