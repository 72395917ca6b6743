import CLanguageData

/// The tables of ``LanguageModel``, as `Tools/languages/write.py` writes them into the program.
///
/// Two lines of text come first: the number of rows, the width of a row and the bytes of part 1;
/// then script and tag of each language, as `Latn:de`. What follows is binary, without gaps:
///
/// 1. the numbers of the hashed runs of letters that have a row, ascending: how many lie between
///    each and the one before it, in LEB128;
/// 2. the rows, two levels a byte, the first in the low four bits: 0 to 14 stand for −7 to 7;
/// 3. by language the weights of the dimensions, and a bias: 32-bit little-endian floating point.
struct LanguageModelFile {
  let rows: Int
  let width: Int
  /// The script, as four letters of BCP 47, and the tag.
  let languages: [(script: Substring, tag: Substring)]
  /// The hashes that have a row, ascending.
  let numbers: [Int]
  /// By row and dimension.
  let levels: [Int8]
  /// By language and dimension, a bias after the dimensions.
  let weights: [Float]
  /// Whether the parts are as long as the first line says.
  let isWhole: Bool

  init() {
    let data = clanguagedata_model()
    let bytes = UnsafeBufferPointer(start: data.start, count: data.count)
    let parts = bytes.split(separator: 0x0A, maxSplits: 2)
    let sizes = String(decoding: parts[0], as: UTF8.self).split(separator: " ")
      .compactMap { Int($0) }
    (rows, width) = (sizes[0], sizes[1])
    languages = String(decoding: parts[1], as: UTF8.self).split(separator: " ").map {
      row -> (script: Substring, tag: Substring) in
      let halves = row.split(separator: ":")
      return (script: halves[0], tag: halves[1])
    }
    let packedLevels = parts[2].dropFirst(sizes[2]).prefix(rows * width / 2)
    let matrix = parts[2].dropFirst(sizes[2] + rows * width / 2)
    numbers = Self.numbers(parts[2].prefix(sizes[2]))
    levels = Self.levels(packedLevels)
    weights = Self.floats(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: matrix)))
    isWhole =
      numbers.count == rows && levels.count == rows * width
      && weights.count == languages.count * (width + 1)
  }

  private static func numbers(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> [Int] {
    var numbers: [Int] = []
    var last = -1
    var step = 0
    var shift = 0
    for byte in bytes {
      step |= Int(byte & 127) << shift
      shift += 7
      guard byte < 128 else { continue }
      last += step + 1
      numbers.append(last)
      step = 0
      shift = 0
    }
    return numbers
  }

  private static func levels(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> [Int8] {
    var levels: [Int8] = []
    levels.reserveCapacity(2 * bytes.count)
    for byte in bytes {
      levels.append(Int8(byte & 15) - 7)
      levels.append(Int8(byte >> 4) - 7)
    }
    return levels
  }

  private static func floats(_ bytes: UnsafeRawBufferPointer) -> [Float] {
    stride(from: 0, through: bytes.count - 4, by: 4).map { at in
      let bits = bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)
      return Float(bitPattern: UInt32(littleEndian: bits))
    }
  }
}
