import Languages

/// Joins the most frequent pair of neighbours, again and again.
///
/// Counts of pairs are kept up to date from merge to merge, and a heap holds them by frequency. An
/// entry of the heap may be out of date; it is put right when it comes up.
struct PairMerger {
  /// The bytes of every token so far; the id is `firstID` and its place.
  private(set) var tokens: [[UInt8]]
  private(set) var merges: [(left: [UInt8], right: [UInt8])] = []
  /// Scalars of every token.
  private var lengths: [Int]
  private let minimumCount: Int
  private let maximumLength: Int

  /// All words' symbols, one word after the other; each is a place in ``tokens``.
  private var symbols: [Int32] = []
  /// Where each word's symbols begin and how many are left.
  private var words: [(start: Int32, count: Int32, weight: Int)] = []

  private var pairs = PairTable(capacity: 1 << 16)
  private var counts: [Int] = []
  /// By pair, the words that may hold it.
  private var places: [[Int32]] = []
  private var heap: MinimumHeap<Candidate>

  private struct Candidate: Comparable {
    var count: Int
    var left, right: Int32
    var index: Int32
    /// The first bytes of both, to settle most ties without a look at the tokens.
    var prefix: UInt64

    static func < (a: Candidate, b: Candidate) -> Bool {
      if a.count != b.count { return a.count > b.count }
      if a.prefix != b.prefix { return a.prefix < b.prefix }
      return a.left != b.left ? a.left < b.left : a.right < b.right
    }
  }

  init(
    words: [(bytes: [UInt8], count: Int)], alphabet: [UInt32], firstID: Int, minimumCount: Int,
    maximumLength: Int
  ) {
    self.minimumCount = max(1, minimumCount)
    self.maximumLength = maximumLength
    tokens = alphabet.map { scalar in
      var bytes: [UInt8] = []
      bytes.append(utf8: scalar)
      return bytes
    }
    lengths = [Int](repeating: 1, count: tokens.count)
    heap = MinimumHeap()
    let ids = Dictionary(uniqueKeysWithValues: alphabet.enumerated().map { ($1, Int32($0)) })
    for word in words {
      var start = symbols.count
      // A character without a token of its own ends one stretch and begins another.
      for scalar in UTF8Reading.scalars(word.bytes) {
        if let id = ids[scalar] {
          symbols.append(id)
        } else {
          add(from: start, weight: word.count)
          start = symbols.count
        }
      }
      add(from: start, weight: word.count)
    }
    for index in counts.indices { push(Int32(index)) }
  }

  private var pairOf: [(left: Int32, right: Int32)] = []

  private mutating func add(from start: Int, weight: Int) {
    let count = symbols.count - start
    guard count > 1 else { return }
    let word = Int32(words.count)
    words.append((Int32(start), Int32(count), weight))
    for place in start..<symbols.count - 1 {
      change(symbols[place], symbols[place + 1], by: weight, in: word)
    }
  }

  /// Counts a pair more or less often.
  ///
  /// - Returns: Its index.
  @discardableResult
  private mutating func change(_ left: Int32, _ right: Int32, by weight: Int, in word: Int32)
    -> Int32
  {
    let index: Int
    if let known = pairs[left, right] {
      index = Int(known)
    } else {
      index = counts.count
      pairs.set(left, right, UInt64(index))
      counts.append(0)
      places.append([])
      pairOf.append((left, right))
    }
    counts[index] += weight
    if weight > 0, places[index].last != word { places[index].append(word) }
    return Int32(index)
  }

  private mutating func push(_ index: Int32) {
    let count = counts[Int(index)]
    guard count >= minimumCount else { return }
    let (left, right) = pairOf[Int(index)]
    guard lengths[Int(left)] + lengths[Int(right)] <= maximumLength else { return }
    heap.push(
      Candidate(count: count, left: left, right: right, index: index, prefix: prefix(left, right)))
  }

  /// The first eight bytes of both tokens, most significant first.
  private func prefix(_ left: Int32, _ right: Int32) -> UInt64 {
    var value: UInt64 = 0
    var room = 8
    for byte in tokens[Int(left)] where room > 0 {
      value = value << 8 | UInt64(byte)
      room -= 1
    }
    if room > 0 {
      value <<= 8
      room -= 1
    }
    for byte in tokens[Int(right)] where room > 0 {
      value = value << 8 | UInt64(byte)
      room -= 1
    }
    return room > 0 ? value << UInt64(8 * room) : value
  }

  /// Joins the most frequent pair, everywhere.
  ///
  /// - Returns: Whether there was one.
  mutating func mergeBest() -> Bool {
    while let best = heap.pop() {
      let index = Int(best.index)
      guard counts[index] == best.count else {
        push(best.index)
        continue
      }
      let (left, right) = (best.left, best.right)
      let joined = Int32(tokens.count)
      tokens.append(tokens[Int(left)] + tokens[Int(right)])
      lengths.append(lengths[Int(left)] + lengths[Int(right)])
      merges.append((tokens[Int(left)], tokens[Int(right)]))
      let holders = places[index]
      places[index] = []
      var grown: Set<Int32> = []
      for word in holders { join(left, right, joined, in: word, &grown) }
      counts[index] = 0
      for index in grown.sorted() { push(index) }
      return true
    }
    return false
  }

  private mutating func join(
    _ left: Int32, _ right: Int32, _ joined: Int32, in word: Int32, _ grown: inout Set<Int32>
  ) {
    let (start, count, weight) = words[Int(word)]
    var out = Int(start)
    var at = Int(start)
    let end = Int(start + count)
    while at < end {
      guard at + 1 < end, symbols[at] == left, symbols[at + 1] == right else {
        symbols[out] = symbols[at]
        out += 1
        at += 1
        continue
      }
      if out > Int(start) {
        let before = symbols[out - 1]
        change(before, left, by: -weight, in: word)
        grown.insert(change(before, joined, by: weight, in: word))
      }
      if at + 2 < end {
        let after = symbols[at + 2]
        change(right, after, by: -weight, in: word)
        grown.insert(change(joined, after, by: weight, in: word))
      }
      symbols[out] = joined
      out += 1
      at += 2
    }
    words[Int(word)].count = Int32(out) - start
  }
}
