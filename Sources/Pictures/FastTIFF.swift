internal import CVips

/// A TIFF of one picture of 8 bits in grey or three colours that is not packed.
///
/// - Source: Adobe, *TIFF*, revision 6.0.
struct FastTIFF: FastDecoder {
  let header: PictureHeader
  private let bytes: [UInt8]
  private let strips: [Range<Int>]

  private enum Tag: Int {
    case width = 256, height, bits, compression, colours = 262, strips = 273, orientation
    case samples = 277, rows, counts, planes = 284
  }

  /// Tags that say nothing about the pixels, or only what readers pass over.
  private static let harmless: Set<Int> = [
    254, 269, 270, 271, 272, 282, 283, 285, 296, 305, 306, 315, 316, 318, 319, 33432, 34665, 34853,
    700, 33723, 34377,
  ]

  init?(_ bytes: [UInt8]) {
    let isLittle = bytes.has("II", at: 0)
    func number(_ position: Int, _ size: Int) -> Int? {
      isLittle
        ? bytes.littleEndian(at: position, size: size) : bytes.bigEndian(at: position, size: size)
    }
    guard number(2, 2) == 42, let start = number(4, 4), let count = number(start, 2),
      number(start + 2 + count * 12, 4) == 0
    else { return nil }
    var values: [Tag: [Int]] = [:]
    var last = 0
    for entry in 0..<count {
      let place = start + 2 + entry * 12
      guard let key = number(place, 2), key > last, let type = number(place + 2, 2),
        let length = number(place + 4, 4)
      else { return nil }
      last = key
      guard let tag = Tag(rawValue: key) else {
        guard Self.harmless.contains(key) else { return nil }
        continue
      }
      // Short or long numbers, in place where four bytes hold them.
      guard type == 3 || type == 4, (1...1 << 16).contains(length) else { return nil }
      let size = type == 3 ? 2 : 4
      guard let at = length * size <= 4 ? place + 8 : number(place + 8, 4) else { return nil }
      var numbers: [Int] = []
      for k in 0..<length {
        guard let value = number(at + k * size, size) else { return nil }
        numbers.append(value)
      }
      values[tag] = numbers
    }
    func one(_ tag: Tag, or standard: Int? = nil) -> Int? {
      guard let numbers = values[tag] else { return standard }
      return numbers.count == 1 ? numbers[0] : nil
    }
    guard let width = one(.width), let height = one(.height), width > 0, height > 0,
      width <= 1 << 24, height <= 1 << 24, one(.compression) == 1, one(.planes, or: 1) == 1,
      let samples = one(.samples, or: 1), let rows = one(.rows, or: height), rows > 0,
      one(.colours) == (samples == 3 ? 2 : 1), samples == 1 || samples == 3,
      values[.bits] == [Int](repeating: 8, count: samples),
      let orientation = one(.orientation, or: 1), (1...8).contains(orientation),
      let starts = values[.strips], let counts = values[.counts], starts.count == counts.count,
      starts.count == (height - 1) / rows + 1
    else { return nil }
    var strips: [Range<Int>] = []
    for (index, start) in starts.enumerated() {
      let size = min(rows, height - index * rows) * width * samples
      guard counts[index] >= size, start <= bytes.count, size <= bytes.count - start else {
        return nil
      }
      strips.append(start..<start + size)
    }
    self.strips = strips
    self.bytes = bytes
    header = PictureHeader(
      format: .tiff, width: width, height: height,
      orientation: values[.orientation] == nil ? nil : orientation, bands: samples, bits: 8)
  }

  func picture() throws(PictureError) -> Picture? {
    var at = 0
    return try picture { to in
      bytes.withUnsafeBufferPointer { bytes in
        guard let from = bytes.baseAddress else { return FAST_REFUSED }
        for strip in strips {
          if header.bands == 3 {
            (to + at).update(from: from + strip.lowerBound, count: strip.count)
            at += strip.count
          } else {
            fast_reorder(from + strip.lowerBound, strip.count, 1, [0, 0, 0], to + at)
            at += strip.count * 3
          }
        }
        return FAST_DONE
      }
    }
  }
}
