/// Some rows of a table, one bit each, as the scan takes them (row r is bit r % 8 of byte r / 8).
struct RowSet: Sendable {
  private var bits: [UInt8] = []
  /// How many rows it has.
  private(set) var count = 0

  init() {}

  /// No rows, with room for `0..<room`.
  init(room: Int) { bits = [UInt8](repeating: 0, count: (room + 7) / 8) }

  /// The rows `0..<all`.
  init(all: Int) {
    bits = [UInt8](repeating: 0xFF, count: all / 8)
    if all % 8 > 0 { bits.append(1 << UInt8(all % 8) - 1) }
    count = all
  }

  func contains(_ row: Int) -> Bool {
    row / 8 < bits.count && bits[row / 8] >> UInt8(row % 8) & 1 == 1
  }

  mutating func insert(_ row: Int) {
    guard row >= 0, !contains(row) else { return }
    if row / 8 >= bits.count {
      bits += [UInt8](repeating: 0, count: row / 8 + 1 - bits.count)
    }
    bits[row / 8] |= 1 << UInt8(row % 8)
    count += 1
  }

  mutating func subtract(_ other: RowSet) {
    for place in bits.indices.prefix(other.bits.count) {
      let common = bits[place] & other.bits[place]
      bits[place] ^= common
      count -= common.nonzeroBitCount
    }
  }

  /// The bits of a table of so many rows.
  func bits(for rows: Int) -> [UInt8] {
    let bytes = (rows + 7) / 8
    return Array((bits + [UInt8](repeating: 0, count: max(0, bytes - bits.count))).prefix(bytes))
  }
}
