/// A quick hash of bytes for the tables of this module.
///
/// Not for anything that must resist attack:
/// all tables that use it probe at most as far as they are full, and are at most half full.
@inline(__always)
func byteHash(_ bytes: UnsafePointer<UInt8>, _ count: Int, seed: UInt64 = 0) -> UInt64 {
  let raw = UnsafeRawPointer(bytes)
  var hash = seed ^ (UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15)
  var at = 0
  while at + 8 <= count {
    hash = mixed(hash ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    at += 8
  }
  if at + 4 <= count {
    hash = mixed(hash ^ UInt64(raw.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
    at += 4
  }
  var tail: UInt64 = 0
  while at < count {
    tail = tail << 8 | UInt64(bytes[at]) | 0x100
    at += 1
  }
  return mixed(hash ^ tail)
}

@inline(__always)
private func mixed(_ value: UInt64) -> UInt64 {
  let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
  return product.low ^ product.high
}

/// A table from two numbers to one, by open addressing.
struct PairTable: Sendable {
  private var keys: [UInt64]
  private var values: [UInt64]
  private var mask: Int
  private(set) var count = 0
  private static let empty = UInt64.max

  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    keys = [UInt64](repeating: Self.empty, count: size)
    values = [UInt64](repeating: 0, count: size)
    mask = size - 1
  }

  @inline(__always)
  static func key(_ first: Int32, _ second: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
  }

  @inline(__always)
  private static func place(_ key: UInt64) -> Int {
    let product = key &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: product ^ (product >> 32))
  }

  /// The value of the pair, or `nil`.
  @inline(__always)
  subscript(first: Int32, second: Int32) -> UInt64? {
    let key = Self.key(first, second)
    return keys.withUnsafeBufferPointer { keys in
      var place = Self.place(key) & mask
      while true {
        let found = keys[place]
        if found == key { return values.withUnsafeBufferPointer { $0[place] } }
        if found == Self.empty { return nil }
        place = (place + 1) & mask
      }
    }
  }

  /// Keeps a value, in place of an earlier one of the same pair.
  mutating func set(_ first: Int32, _ second: Int32, _ value: UInt64) {
    if count * 2 >= keys.count { grow() }
    let key = Self.key(first, second)
    var place = Self.place(key) & mask
    while keys[place] != Self.empty, keys[place] != key { place = (place + 1) & mask }
    if keys[place] == Self.empty { count += 1 }
    keys[place] = key
    values[place] = value
  }

  private mutating func grow() {
    var larger = PairTable(capacity: keys.count)
    for (key, value) in zip(keys, values) where key != Self.empty {
      larger.set(Int32(truncatingIfNeeded: key >> 32), Int32(truncatingIfNeeded: key), value)
    }
    self = larger
  }
}
