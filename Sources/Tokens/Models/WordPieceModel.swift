import Languages

/// BERT's way: from the left, always the longest piece that the vocabulary has.
///
/// - Source: Schuster and Nakajima 2012; Devlin et al. 2019, arXiv:1810.04805.
struct WordPieceModel: Sendable {
  let unknownID: Int32
  let continuingPrefix: [UInt8]
  private let trie: ByteTrie
  /// The node after the prefix, from which all but the first piece of a word are looked up.
  private let continuing: Int32
  /// Words of more characters are unknown without a look.
  private let maximumCharacters: Int

  init(
    _ vocabulary: Vocabulary, unknown: [UInt8], continuingPrefix: [UInt8], maximumCharacters: Int
  ) throws(TokenizerError) {
    guard let unknownID = vocabulary.id(unknown) else {
      throw .malformed(
        kind: "WordPiece model",
        reason: "its unknown token “\(String(decoding: unknown, as: UTF8.self))” has no id")
    }
    self.unknownID = unknownID
    self.continuingPrefix = continuingPrefix
    self.maximumCharacters = maximumCharacters
    var entries: [(bytes: ArraySlice<UInt8>, value: Int32)] = []
    vocabulary.forEach { entries.append(($0, $1)) }
    trie = ByteTrie(entries)
    continuing = trie.node(at: continuingPrefix) ?? -1
  }

  /// Splits one word; a word that cannot be split whole is one unknown token.
  ///
  /// `lengths` gets how many bytes each token covers, if that is wanted.
  func encode(
    _ word: UnsafeBufferPointer<UInt8>, into ids: inout [Int32], lengths: inout [Int32],
    wantsLengths: Bool
  ) {
    let first = ids.count
    let firstLength = lengths.count
    var isKnown = word.count <= maximumCharacters || UTF8Reading.count(word) <= maximumCharacters
    if isKnown {
      isKnown = walk(word) { id, length in
        ids.append(id)
        if wantsLengths { lengths.append(Int32(length)) }
      }
    }
    if !isKnown {
      ids.removeLast(ids.count - first)
      ids.append(unknownID)
      if wantsLengths {
        lengths.removeLast(lengths.count - firstLength)
        lengths.append(Int32(word.count))
      }
    }
  }

  /// The pieces that are found in a word, also where the rest of it then turns out to be unknown.
  func visited(_ word: UnsafeBufferPointer<UInt8>) -> [Int32] {
    guard UTF8Reading.count(word) <= maximumCharacters else { return [] }
    var ids: [Int32] = []
    _ = walk(word) { id, _ in ids.append(id) }
    return ids
  }

  /// Takes the longest piece, again and again.
  ///
  /// - Returns: Whether the word is used up.
  @inline(__always)
  private func walk(_ word: UnsafeBufferPointer<UInt8>, _ found: (Int32, Int) -> Void) -> Bool {
    trie.nodes.withUnsafeBufferPointer { nodes in
      var at = 0
      while at < word.count {
        var node = at == 0 ? ByteTrie.root : continuing
        var end = at
        var best = at
        var id: Int32 = -1
        while end < word.count, node >= 0 {
          node = ByteTrie.child(nodes, node, word[end])
          if node < 0 { break }
          end += 1
          let value = nodes[Int(node)].value
          if value >= 0 {
            best = end
            id = value
          }
        }
        if id < 0 { return false }
        found(id, best - at)
        at = best
      }
      return true
    }
  }
}
