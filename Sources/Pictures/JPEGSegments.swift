internal import CVips

/// The marker segments of a JPEG in their order; the pixels between them are passed over.
///
/// - Source: ITU-T T.81, annexes B and G.
struct JPEGSegments: Sequence, IteratorProtocol {
  struct Segment {
    let marker: UInt8
    let body: Range<Int>

    /// Whether it tells size and kind of the picture.
    var isFrame: Bool { (0xc0...0xcf).contains(marker) && ![0xc4, 0xc8, 0xcc].contains(marker) }
    var isScan: Bool { marker == 0xda }
    var isEnd: Bool { marker == 0xd9 }
  }

  private let bytes: [UInt8]
  private var position = 2

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> Segment? {
    while position + 1 < bytes.count {
      // Zero follows a byte of pixels, 0xff may come before any marker, and restart marks have no
      // bodies.
      if bytes[position] == 0xff, ![0, 1, 0xff].contains(bytes[position + 1]),
        !(0xd0...0xd7).contains(bytes[position + 1])
      {
        break
      }
      position += 1
    }
    guard position + 1 < bytes.count else { return nil }
    let marker = bytes[position + 1]
    let body = position + 4
    if marker == 0xd9 {
      position = bytes.count
      return Segment(marker: marker, body: position..<position)
    }
    guard let length = bytes.bigEndian(at: position + 2, size: 2), length >= 2,
      body + length - 2 <= bytes.count
    else { return nil }
    position = body + length - 2
    return Segment(marker: marker, body: body..<position)
  }

  /// Whether a JPEG is decoded row after row, so that at a fraction of its size it takes that
  /// fraction of the memory; decoders keep all of a picture that comes in several scans.
  static func isSequential(_ bytes: [UInt8]) -> Bool {
    var components: UInt8?
    for segment in JPEGSegments(bytes) {
      if segment.isFrame {
        guard [0xc0, 0xc1, 0xc9].contains(segment.marker), segment.body.count > 5 else {
          return false
        }
        components = bytes[segment.body.lowerBound + 5]
      } else if segment.isScan {
        return !segment.body.isEmpty && components == bytes[segment.body.lowerBound]
      } else if segment.isEnd {
        return false
      }
    }
    return false
  }

  /// A JPEG of which nothing but the end mark is missing, with it; nil for any other.
  static func closed(_ bytes: [UInt8]) -> [UInt8]? {
    // By component, how many of the last bits of each frequency are still to come.
    var missing: [UInt8: [UInt8]] = [:]
    for segment in JPEGSegments(bytes) {
      let body = Array(bytes[segment.body])
      if segment.isEnd { return nil }
      if segment.isFrame {
        guard body.count > 5, body.count >= 6 + Int(body[5]) * 3 else { return nil }
        for index in 0..<Int(body[5]) {
          missing[body[6 + index * 3]] = [UInt8](repeating: 255, count: 64)
        }
      }
      guard segment.isScan else { continue }
      guard let count = body.first.map(Int.init), body.count >= 4 + count * 2 else { return nil }
      let (first, last) = (Int(body[1 + count * 2]), Int(body[2 + count * 2]))
      guard first <= last, last < 64 else { return nil }
      for index in 0..<count {
        for frequency in first...last {
          missing[body[1 + index * 2]]?[frequency] = body[3 + count * 2] & 15
        }
      }
    }
    guard !missing.isEmpty, missing.values.allSatisfy({ $0.allSatisfy { $0 == 0 } }) else {
      return nil
    }
    // Whether the last scan is whole, only a decoder knows.
    let closed = bytes + [0xff, 0xd9]
    return fast_jpeg_is_whole(closed, closed.count) == FAST_DONE ? closed : nil
  }
}
