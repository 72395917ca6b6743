/// Unpacks what was compressed by “deflate”.
///
/// - Source: RFC 1951; the checksum is that of RFC 1952, section 8.
struct Inflation {
  private let source: UnsafeRawBufferPointer
  private let target: UnsafeMutableRawBufferPointer
  private var position = 0
  private var count = 0
  /// Bits that were taken from the source and not used yet; the next one is the lowest.
  private var bits: UInt64 = 0
  private var bitCount = 0

  /// - Parameters:
  ///   - target: Never written beyond its end.
  ///   - isWhole: Whether the target must have room for everything; if not, as much is unpacked as
  ///     fits.
  /// - Returns: How many bytes were written.
  static func unpack(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, isWhole: Bool
  ) throws(Damage) -> Int {
    var inflation = Inflation(source: source, target: target)
    let isComplete = try inflation.run()
    guard isComplete || !isWhole else { throw Damage("it unpacks to more bytes than it claims") }
    return inflation.count
  }

  private init(source: UnsafeRawBufferPointer, target: UnsafeMutableRawBufferPointer) {
    self.source = source
    self.target = target
  }

  /// - Returns: Whether everything was unpacked, and not only as much as fits.
  private mutating func run() throws(Damage) -> Bool {
    var isLast = false
    while !isLast {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: guard try copyStored() else { return false }
      case 1: guard try unpack(Self.fixedLiterals(), Self.fixedDistances()) else { return false }
      case 2:
        let (literals, distances) = try readCodes()
        guard try unpack(literals, distances) else { return false }
      default: throw Damage("its compressed bytes are damaged")
      }
    }
    return true
  }

  // MARK: - Bits

  private mutating func fill(_ wanted: Int) {
    while bitCount < wanted, position < source.count {
      bits |= UInt64(source[position]) << bitCount
      position += 1
      bitCount += 8
    }
  }

  private mutating func take(_ wanted: Int) throws(Damage) -> Int {
    fill(wanted)
    guard bitCount >= wanted else { throw Damage("its compressed bytes are cut short") }
    let value = Int(bits & (1 << wanted - 1))
    bits >>= UInt64(wanted)
    bitCount -= wanted
    return value
  }

  private mutating func next(_ code: HuffmanCode) throws(Damage) -> Int {
    fill(HuffmanCode.maximumLength)
    let found = code.table[Int(bits) & (code.table.count - 1)]
    let length = Int(found & 15)
    guard length > 0, length <= bitCount else { throw Damage("its compressed bytes are damaged") }
    bits >>= UInt64(length)
    bitCount -= length
    return Int(found >> 4)
  }

  // MARK: - Blocks

  /// - Returns: Whether there was room for all of it.
  private mutating func copyStored() throws(Damage) -> Bool {
    _ = try take(bitCount % 8)
    let size = try take(16)
    guard try take(16) == ~size & 0xFFFF else { throw Damage("its compressed bytes are damaged") }
    for _ in 0..<size {
      let byte = try take(8)
      guard count < target.count else { return false }
      target[count] = UInt8(byte)
      count += 1
    }
    return true
  }

  private mutating func unpack(_ literals: HuffmanCode, _ distances: HuffmanCode) throws(Damage)
    -> Bool
  {
    while true {
      let symbol = try next(literals)
      if symbol < 256 {
        guard count < target.count else { return false }
        target[count] = UInt8(symbol)
        count += 1
        continue
      }
      if symbol == 256 { return true }
      guard symbol <= 285 else { throw Damage("its compressed bytes are damaged") }
      let length = try Self.lengths[symbol - 257].base + take(Self.lengths[symbol - 257].extra)
      let place = try next(distances)
      guard place < 30 else { throw Damage("its compressed bytes are damaged") }
      let distance = try Self.distances[place].base + take(Self.distances[place].extra)
      guard distance <= count else { throw Damage("its compressed bytes are damaged") }
      // Byte by byte: what is copied may overlap what it is copied to.
      for _ in 0..<length {
        guard count < target.count else { return false }
        target[count] = target[count - distance]
        count += 1
      }
    }
  }

  private mutating func readCodes() throws(Damage) -> (HuffmanCode, HuffmanCode) {
    let literals = try take(5) + 257
    let distances = try take(5) + 1
    var order = [UInt8](repeating: 0, count: 19)
    for place in try Self.codeOrder.prefix(take(4) + 4) { order[place] = UInt8(try take(3)) }
    let code = try HuffmanCode(order)
    var lengths: [UInt8] = []
    while lengths.count < literals + distances {
      switch try next(code) {
      case let length where length < 16: lengths.append(UInt8(length))
      case 16:
        guard let last = lengths.last else { throw Damage("its compressed bytes are damaged") }
        lengths += [UInt8](repeating: last, count: try take(2) + 3)
      case 17: lengths += [UInt8](repeating: 0, count: try take(3) + 3)
      default: lengths += [UInt8](repeating: 0, count: try take(7) + 11)
      }
    }
    guard lengths.count == literals + distances else {
      throw Damage("its compressed bytes are damaged")
    }
    return (
      try HuffmanCode(Array(lengths[..<literals])), try HuffmanCode(Array(lengths[literals...]))
    )
  }

  // MARK: - Tables

  private static let codeOrder = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]

  /// The least length of a copy, and the bits that are added to it, for the symbols from 257.
  private static let lengths: [(base: Int, extra: Int)] =
    (0..<28).map { index in
      let extra = max(0, index / 4 - 1)
      return (index < 8 ? index + 3 : (4 + index % 4) << extra + 3, extra)
    } + [(258, 0)]

  private static let distances: [(base: Int, extra: Int)] = (0..<30).map { index in
    let extra = max(0, index / 2 - 1)
    return (index < 4 ? index + 1 : (2 + index % 2) << extra + 1, extra)
  }

  private static func fixedLiterals() throws(Damage) -> HuffmanCode {
    try HuffmanCode((0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
  }
  private static func fixedDistances() throws(Damage) -> HuffmanCode {
    try HuffmanCode([UInt8](repeating: 5, count: 30))
  }

  /// The checksum that zip archives hold of what was packed.
  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    ~bytes.reduce(~0) { checksumTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }

  private static let checksumTable: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
  }
}

/// A prefix code: of every possible next bits, which symbol they begin with.
private struct HuffmanCode {
  static let maximumLength = 15

  /// The symbol in the upper bits, its code's length in the lower four; 0 where no code begins so.
  let table: [UInt16]

  /// - Parameter lengths: Of each symbol's code in bits; 0 if it has none.
  init(_ lengths: [UInt8]) throws(Damage) {
    var counts = [Int](repeating: 0, count: Self.maximumLength + 1)
    for length in lengths { counts[Int(length)] += 1 }
    counts[0] = 0
    let longest = counts.lastIndex { $0 > 0 } ?? 1
    var next = [Int](repeating: 0, count: Self.maximumLength + 2)
    for length in 1...Self.maximumLength {
      guard next[length] + counts[length] <= 1 << length else {
        throw Damage("its compressed bytes are damaged")
      }
      next[length + 1] = (next[length] + counts[length]) << 1
    }
    var table = [UInt16](repeating: 0, count: 1 << longest)
    for (symbol, length) in lengths.enumerated() where length > 0 {
      let code = next[Int(length)]
      next[Int(length)] += 1
      // Codes are packed from their highest bit, everything else from its lowest.
      var reversed = 0
      for bit in 0..<Int(length) where code >> bit & 1 == 1 {
        reversed |= 1 << (Int(length) - 1 - bit)
      }
      for place in stride(from: reversed, to: table.count, by: 1 << Int(length)) {
        table[place] = UInt16(symbol) << 4 | UInt16(length)
      }
    }
    self.table = table
  }
}
