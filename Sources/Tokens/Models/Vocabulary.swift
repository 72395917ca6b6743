/// The tokens and their numbers, keyed by UTF-8 bytes.
///
/// Never by `String`: its equality is canonical equivalence, under which “é” as one scalar and as
/// two are the same key, and vocabularies hold both.
struct Vocabulary: Sendable {
  /// All tokens' bytes, one after the other.
  private var pool: [UInt8] = []
  private var starts: [Int32] = []
  private var lengths: [Int32] = []
  private var slots: [Int32] = []
  private var mask = 0
  private(set) var count = 0

  /// Largest id + 1.
  var size: Int { starts.count }

  /// - Throws: ``TokenizerError`` if an id is negative, or far beyond the number of entries: a file
  ///   must not make us reserve memory that it does not pay for.
  init(_ entries: [(bytes: [UInt8], id: Int)], kind: String) throws(TokenizerError) {
    let bound = entries.count * 8 + 1_000_000
    var size = 0
    var total = 0
    for entry in entries {
      guard entry.id >= 0, entry.id < bound else {
        throw .malformed(kind: kind, reason: "it holds the impossible token id \(entry.id)")
      }
      size = max(size, entry.id + 1)
      total += entry.bytes.count
    }
    guard total < 1 << 30 else { throw .malformed(kind: kind, reason: "it is too large") }
    pool.reserveCapacity(total)
    starts = [Int32](repeating: -1, count: size)
    lengths = [Int32](repeating: 0, count: size)
    resize(entries.count)
    for entry in entries { insert(entry.bytes, entry.id) }
  }

  /// Entries in the order of their ids.
  init(ordered entries: [[UInt8]], kind: String) throws(TokenizerError) {
    try self.init(entries.enumerated().map { ($1, $0) }, kind: kind)
  }

  private mutating func resize(_ entries: Int) {
    var capacity = 16
    while capacity < entries * 2 + 2 { capacity *= 2 }
    slots = [Int32](repeating: -1, count: capacity)
    mask = capacity - 1
  }

  /// The later of two entries of one spelling wins the spelling; the id keeps its own.
  private mutating func insert(_ bytes: [UInt8], _ id: Int) {
    let start = pool.count
    pool.append(contentsOf: bytes)
    starts[id] = Int32(start)
    lengths[id] = Int32(bytes.count)
    bytes.withUnsafeBufferPointer { bytes in
      var place = Int(truncatingIfNeeded: hash(bytes)) & mask
      while slots[place] >= 0, !isEqual(Int(slots[place]), bytes) { place = (place + 1) & mask }
      if slots[place] < 0 { count += 1 }
      slots[place] = Int32(id)
    }
  }

  @inline(__always)
  private func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard let base = bytes.baseAddress else { return 0 }
    return byteHash(base, bytes.count)
  }

  @inline(__always)
  private func isEqual(_ id: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard Int(lengths[id]) == bytes.count else { return false }
    let start = Int(starts[id])
    return pool.withUnsafeBufferPointer { pool in
      for place in 0..<bytes.count where pool[start + place] != bytes[place] { return false }
      return true
    }
  }

  /// The number of the token spelled so.
  @inline(__always)
  func id(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32? {
    var place = Int(truncatingIfNeeded: hash(bytes)) & mask
    while true {
      let id = slots[place]
      if id < 0 { return nil }
      if isEqual(Int(id), bytes) { return id }
      place = (place + 1) & mask
    }
  }

  func id(_ bytes: [UInt8]) -> Int32? { bytes.withUnsafeBufferPointer { id($0) } }

  func id(_ text: String) -> Int32? { id(Array(text.utf8)) }

  /// The spelling of a token, if there is one of that number.
  func bytes(_ id: Int32) -> ArraySlice<UInt8>? {
    guard id >= 0, Int(id) < starts.count, starts[Int(id)] >= 0 else { return nil }
    let start = Int(starts[Int(id)])
    return pool[start..<start + Int(lengths[Int(id)])]
  }

  func token(_ id: Int32) -> String? { bytes(id).map { String(decoding: $0, as: UTF8.self) } }

  /// Calls `body` with every token.
  func forEach(_ body: (ArraySlice<UInt8>, Int32) throws -> Void) rethrows {
    for id in 0..<Int32(starts.count) {
      if let bytes = bytes(id) { try body(bytes, id) }
    }
  }
}
