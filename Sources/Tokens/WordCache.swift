/// Words that were seen before, and their ids.
///
/// Its size is limited; when it is full, it is emptied.
struct WordCache {
  enum Answer {
    /// The ids have been appended.
    case found
    /// The word depends on its neighbours.
    case dependent
    /// Never seen; its hash, to keep it by.
    case unknown(UInt64)
  }

  private struct Slot {
    var hash: UInt64 = 0
    var keyStart: Int32 = 0
    var keyCount: Int32 = -1
    var idStart: Int32 = 0
    /// −1 for words that depend on their neighbours.
    var idCount: Int32 = 0
  }

  private static let mostSlots = 1 << 17
  private static let mostKeyBytes = 1 << 21
  private static let mostIDs = 1 << 20
  /// Longer words are not kept: they hardly come twice.
  private static let longestWord = 256

  private var slots: [Slot] = []
  private var mask = -1
  private var count = 0
  private var keys: [UInt8] = []
  private var ids: [Int32] = []

  @inline(__always)
  func look(_ word: UnsafeBufferPointer<UInt8>, into out: inout [Int32]) -> Answer {
    guard let base = word.baseAddress else { return .found }
    let hash = byteHash(base, word.count)
    guard mask >= 0 else { return .unknown(hash) }
    return slots.withUnsafeBufferPointer { slots in
      var place = Int(truncatingIfNeeded: hash) & mask
      while true {
        let slot = slots[place]
        if slot.keyCount < 0 { return .unknown(hash) }
        if slot.hash == hash, Int(slot.keyCount) == word.count, isKey(slot, base) {
          if slot.idCount < 0 { return .dependent }
          ids.withUnsafeBufferPointer { ids in
            let start = Int(slot.idStart)
            if slot.idCount == 1 {
              out.append(ids[start])
            } else {
              out.append(contentsOf: ids[start..<start + Int(slot.idCount)])
            }
          }
          return .found
        }
        place = (place + 1) & mask
      }
    }
  }

  @inline(__always)
  private func isKey(_ slot: Slot, _ word: UnsafePointer<UInt8>) -> Bool {
    keys.withUnsafeBufferPointer { keys in
      let start = Int(slot.keyStart)
      for place in 0..<Int(slot.keyCount) where keys[start + place] != word[place] { return false }
      return true
    }
  }

  /// Keeps a word with its ids, or without if it depends on its neighbours.
  mutating func keep(
    _ word: UnsafeBufferPointer<UInt8>, _ hash: UInt64, _ found: ArraySlice<Int32>?
  ) {
    guard word.count <= Self.longestWord, (found?.count ?? 0) <= Self.longestWord else { return }
    if keys.count + word.count > Self.mostKeyBytes || ids.count + Self.longestWord > Self.mostIDs
      || count * 2 >= Self.mostSlots
    {
      slots = []
      mask = -1
      count = 0
      keys.removeAll(keepingCapacity: true)
      ids.removeAll(keepingCapacity: true)
    }
    if count * 2 >= slots.count { grow() }
    let slot = Slot(
      hash: hash, keyStart: Int32(keys.count), keyCount: Int32(word.count),
      idStart: Int32(ids.count), idCount: found.map { Int32($0.count) } ?? -1)
    keys.append(contentsOf: word)
    if let found { ids.append(contentsOf: found) }
    insert(slot)
  }

  private mutating func insert(_ slot: Slot) {
    var place = Int(truncatingIfNeeded: slot.hash) & mask
    while slots[place].keyCount >= 0 { place = (place + 1) & mask }
    slots[place] = slot
    count += 1
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: max(1024, old.count * 2))
    mask = slots.count - 1
    count = 0
    for slot in old where slot.keyCount >= 0 { insert(slot) }
  }
}
