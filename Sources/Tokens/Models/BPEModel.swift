import Languages

/// Byte-pair encoding: a piece begins as single characters, and neighbours join by rank.
///
/// - Source: Sennrich et al. 2016, arXiv:1508.07909; byte level after Radford et al. 2019.
struct BPEModel: Sendable {
  /// What the file says.
  struct Settings: Sendable {
    /// Stands before all but the first character of a piece.
    var continuingPrefix: [UInt8] = []
    /// Stands behind the last character of a piece.
    var endSuffix: [UInt8] = []
    var unknown: [UInt8]?
    /// Whether neighbouring unknown characters become one token.
    var fusesUnknown = false
    /// Whether unknown characters become tokens of their bytes, `<0x41>`.
    var fallsBackToBytes = false
    /// Whether a piece that is itself a token is not merged at all.
    var ignoresMerges = false
    /// Whether a piece is bytes and not characters.
    var isByteLevel = false
  }

  let settings: Settings
  let unknownID: Int32?
  /// By pair of ids: rank in the high half, the joined id in the low.
  private let merges: PairTable
  /// By byte, its `<0xXX>` token; complete or empty.
  private let byteTokens: [Int32]
  private let vocabulary: Vocabulary
  /// Characters that are no tokens but take part in merging, and numbers for them from the
  /// vocabulary's size on.
  var loneCharacters: [[UInt8]: Int32] = [:]
  /// Pieces that are tokens whatever the merges say.
  var wholeTokens: [[UInt8]: Int32] = [:]
  /// For byte level: by byte, the token it begins as, with and without the suffix.
  private let byteIDs: [Int32]
  private let lastByteIDs: [Int32]
  /// For byte level: whole pieces by their raw bytes, if merges may be ignored.
  private let whole: ByteTrie?

  /// Makes a model of pairs of spellings, the most wanted first.
  ///
  /// - Throws: ``TokenizerError`` if a pair or the unknown token is not in the vocabulary.
  init(
    _ vocabulary: Vocabulary, merges: [(left: [UInt8], right: [UInt8])], settings: Settings
  ) throws(TokenizerError) {
    let unknownID = settings.unknown.flatMap { vocabulary.id($0) }
    if let unknown = settings.unknown, unknownID == nil {
      throw .malformed(
        kind: "BPE model",
        reason: "its unknown token “\(String(decoding: unknown, as: UTF8.self))” has no id")
    }
    var table = PairTable(capacity: merges.count)
    for (rank, merge) in merges.enumerated() {
      let joined = merge.left + merge.right.dropFirst(settings.continuingPrefix.count)
      guard let left = vocabulary.id(merge.left), let right = vocabulary.id(merge.right),
        let whole = vocabulary.id(joined)
      else {
        let pair = [merge.left, merge.right].map { String(decoding: $0.prefix(100), as: UTF8.self) }
        throw .malformed(
          kind: "BPE model",
          reason: "merge \(rank + 1), “\(pair[0])” with “\(pair[1])”, is not in its vocabulary")
      }
      table.set(left, right, UInt64(rank) << 32 | UInt64(UInt32(bitPattern: whole)))
    }
    self.init(vocabulary, table: table, settings: settings, unknownID: unknownID)
  }

  /// Makes a model of a table: by pair of ids, rank in the high half, the joined id in the low.
  init(_ vocabulary: Vocabulary, table: PairTable, settings: Settings, unknownID: Int32?) {
    self.vocabulary = vocabulary
    self.settings = settings
    self.unknownID = unknownID
    merges = table
    let bytes =
      settings.fallsBackToBytes ? (0..<256).compactMap { vocabulary.id(Self.byteToken($0)) } : []
    byteTokens = bytes.count == 256 ? bytes : []
    guard settings.isByteLevel else {
      (byteIDs, lastByteIDs, whole) = ([], [], nil)
      return
    }
    byteIDs = (0..<256).map { vocabulary.id(ByteLevel.spelling(UInt8($0))) ?? -1 }
    lastByteIDs =
      settings.endSuffix.isEmpty
      ? byteIDs
      : (0..<256).map { vocabulary.id(ByteLevel.spelling(UInt8($0)) + settings.endSuffix) ?? -1 }
    if settings.ignoresMerges {
      var entries: [(bytes: ArraySlice<UInt8>, value: Int32)] = []
      vocabulary.forEach { bytes, id in
        if let raw = ByteLevel.raw(bytes) { entries.append((raw[...], id)) }
      }
      whole = ByteTrie(entries)
    } else {
      whole = nil
    }
  }

  /// The spelling of a byte that has no character.
  static func byteToken(_ byte: Int) -> [UInt8] {
    let digits = String(byte, radix: 16, uppercase: true)
    return Array("<0x\(digits.count < 2 ? "0" : "")\(digits)>".utf8)
  }

  /// Splits one piece.
  ///
  /// `lengths` gets how many bytes of the piece each token covers, if that is wanted.
  func encode(
    _ piece: UnsafeBufferPointer<UInt8>, _ scratch: inout BPEScratch, into ids: inout [Int32],
    lengths: inout [Int32], wantsLengths: Bool
  ) {
    if settings.ignoresMerges, let id = wholeID(piece) {
      ids.append(id)
      if wantsLengths { lengths.append(Int32(piece.count)) }
      return
    }
    if !wholeTokens.isEmpty, piece.first == UInt8(ascii: "<"), let id = wholeTokens[Array(piece)] {
      ids.append(id)
      if wantsLengths { lengths.append(Int32(piece.count)) }
      return
    }
    scratch.symbols.removeAll(keepingCapacity: true)
    scratch.lengths.removeAll(keepingCapacity: true)
    if settings.isByteLevel {
      splitBytes(piece, &scratch)
    } else {
      splitCharacters(piece, &scratch)
    }
    scratch.merge(by: merges)
    if !loneCharacters.isEmpty { spellLoneCharacters(piece, &scratch) }
    ids.append(contentsOf: scratch.symbols)
    if wantsLengths { lengths.append(contentsOf: scratch.lengths) }
  }

  private func wholeID(_ piece: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard let whole else { return vocabulary.id(piece) }
    guard let node = whole.node(at: piece) else { return nil }
    let value = whole.nodes[Int(node)].value
    return value < 0 ? nil : value
  }

  private func splitBytes(_ piece: UnsafeBufferPointer<UInt8>, _ scratch: inout BPEScratch) {
    for (place, byte) in piece.enumerated() {
      let id = place == piece.count - 1 ? lastByteIDs[Int(byte)] : byteIDs[Int(byte)]
      scratch.add(id >= 0 ? id : unknownID, 1, isUnknown: id < 0, fuses: settings.fusesUnknown)
    }
    scratch.wasUnknown = false
  }

  private func splitCharacters(_ piece: UnsafeBufferPointer<UInt8>, _ scratch: inout BPEScratch) {
    var at = 0
    while at < piece.count {
      let length = min(UTF8Reading.length(piece[at]), piece.count - at)
      let character = UnsafeBufferPointer(rebasing: piece[at..<at + length])
      let isFirst = at == 0
      let isLast = at + length == piece.count
      at += length
      let prefix = isFirst ? [] : settings.continuingPrefix
      let suffix = isLast ? settings.endSuffix : []
      var id: Int32?
      if prefix.isEmpty, suffix.isEmpty {
        id = vocabulary.id(character)
      } else {
        id = vocabulary.id(prefix + Array(character) + suffix)
      }
      if id == nil, !loneCharacters.isEmpty { id = loneCharacters[Array(character)] }
      if let id {
        scratch.add(id, Int32(length), isUnknown: false, fuses: false)
      } else if !byteTokens.isEmpty {
        for byte in prefix + Array(character) + suffix {
          scratch.add(byteTokens[Int(byte)], 1, isUnknown: false, fuses: false)
        }
      } else {
        scratch.add(unknownID, Int32(length), isUnknown: true, fuses: settings.fusesUnknown)
      }
    }
    scratch.wasUnknown = false
  }
}

extension BPEModel {
  /// Makes what is left of lone characters unknown, or bytes.
  private func spellLoneCharacters(
    _ piece: UnsafeBufferPointer<UInt8>, _ scratch: inout BPEScratch
  ) {
    let first = Int32(vocabulary.size)
    guard scratch.symbols.contains(where: { $0 >= first }) else { return }
    let found = zip(scratch.symbols, scratch.lengths).map { ($0, $1) }
    scratch.symbols.removeAll(keepingCapacity: true)
    scratch.lengths.removeAll(keepingCapacity: true)
    var at = 0
    for (id, length) in found {
      if id < first {
        scratch.add(id, length, isUnknown: id == unknownID, fuses: settings.fusesUnknown)
      } else if byteTokens.isEmpty {
        scratch.add(unknownID, length, isUnknown: true, fuses: settings.fusesUnknown)
      } else {
        for place in at..<at + Int(length) {
          scratch.add(byteTokens[Int(piece[place])], 1, isUnknown: false, fuses: false)
        }
      }
      at += Int(length)
    }
    scratch.wasUnknown = false
  }
}

/// The working memory of ``BPEModel``.
struct BPEScratch {
  var symbols: [Int32] = []
  /// Bytes of the piece that each symbol covers.
  var lengths: [Int32] = []
  var ranks: [UInt64] = []
  var wasUnknown = false
  private static let unmergeable = UInt64.max

  @inline(__always)
  mutating func add(_ id: Int32?, _ length: Int32, isUnknown: Bool, fuses: Bool) {
    guard let id else { return }
    if isUnknown, wasUnknown, fuses {
      lengths[lengths.count - 1] += length
    } else {
      symbols.append(id)
      lengths.append(length)
    }
    wasUnknown = isUnknown
  }

  /// Joins neighbours until none has a rank: the lowest rank first, of equals the leftmost.
  mutating func merge(by table: PairTable) {
    guard symbols.count > 1 else { return }
    if symbols.count > 200 { return mergeLong(by: table) }
    ranks.removeAll(keepingCapacity: true)
    for place in 0..<symbols.count - 1 {
      ranks.append(table[symbols[place], symbols[place + 1]] ?? Self.unmergeable)
    }
    var count = symbols.count
    symbols.withUnsafeMutableBufferPointer { symbols in
      lengths.withUnsafeMutableBufferPointer { lengths in
        ranks.withUnsafeMutableBufferPointer { ranks in
          while count > 1 {
            var best = Self.unmergeable
            var at = 0
            for place in 0..<count - 1 where ranks[place] < best {
              best = ranks[place]
              at = place
            }
            if best == Self.unmergeable { break }
            symbols[at] = Int32(truncatingIfNeeded: best)
            lengths[at] += lengths[at + 1]
            count -= 1
            for place in at + 1..<max(count, at + 1) {
              symbols[place] = symbols[place + 1]
              lengths[place] = lengths[place + 1]
            }
            for place in at..<max(count - 1, at) { ranks[place] = ranks[place + 1] }
            if at > 0 { ranks[at - 1] = table[symbols[at - 1], symbols[at]] ?? Self.unmergeable }
            if at + 1 < count {
              ranks[at] = table[symbols[at], symbols[at + 1]] ?? Self.unmergeable
            }
          }
        }
      }
    }
    symbols.removeLast(symbols.count - count)
    lengths.removeLast(lengths.count - count)
  }

  /// The same for long pieces, with a heap and linked symbols: n log n instead of n².
  private mutating func mergeLong(by table: PairTable) {
    let count = symbols.count
    var next = (0..<Int32(count)).map { $0 + 1 }
    var previous = (0..<Int32(count)).map { $0 - 1 }
    var heap = MinimumHeap<MergeCandidate>()
    func candidate(_ left: Int, _ right: Int) -> MergeCandidate? {
      table[symbols[left], symbols[right]].map {
        MergeCandidate(
          rank: $0, place: Int32(left), left: symbols[left], right: symbols[right])
      }
    }
    for place in 0..<count - 1 { if let found = candidate(place, place + 1) { heap.push(found) } }
    while let best = heap.pop() {
      let left = Int(best.place)
      let right = Int(next[left])
      // Stale: one of the two has been joined since.
      guard symbols[left] == best.left, lengths[left] > 0, right < count,
        symbols[right] == best.right
      else { continue }
      symbols[left] = Int32(truncatingIfNeeded: best.rank)
      lengths[left] += lengths[right]
      lengths[right] = 0
      symbols[right] = -1
      next[left] = next[right]
      if Int(next[left]) < count { previous[Int(next[left])] = Int32(left) }
      if previous[left] >= 0, let found = candidate(Int(previous[left]), left) { heap.push(found) }
      if Int(next[left]) < count, let found = candidate(left, Int(next[left])) { heap.push(found) }
    }
    let kept = (0..<count).filter { lengths[$0] > 0 || symbols[$0] >= 0 }
    symbols = kept.map { symbols[$0] }
    lengths = kept.map { lengths[$0] }
  }
}

private struct MergeCandidate: Comparable {
  /// Rank in the high half, the joined id in the low.
  let rank: UInt64
  let place: Int32
  let left, right: Int32

  static func < (a: MergeCandidate, b: MergeCandidate) -> Bool {
    a.rank != b.rank ? a.rank < b.rank : a.place < b.place
  }
}
