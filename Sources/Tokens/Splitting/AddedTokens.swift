import Languages

/// A token that is looked for in the text itself, before it is split.
package struct AddedToken: Sendable, Equatable {
  /// The id of the token.
  package var id: Int32
  /// The text of the token.
  package var content: String
  /// Whether decoding may leave it out.
  package var isSpecial = false
  /// Whether it must stand alone, with no letter or digit beside it.
  package var isSingleWord = false
  /// Whether it takes the white space before it.
  package var stripsLeft = false
  /// Whether it takes the white space after it.
  package var stripsRight = false
  /// Whether it is looked for in the normalized text, and not in the original.
  package var isNormalized = true
}

/// Finds added tokens.
struct AddedTokenFinder: Sendable {
  private let tokens: [AddedToken]
  private let trie: ByteTrie
  private var isFirst = [Bool](repeating: false, count: 256)
  let isEmpty: Bool

  /// - Parameter tokens: Tokens and the spelling to look for.
  init(_ tokens: [(token: AddedToken, spelling: [UInt8])]) {
    self.tokens = tokens.map(\.token)
    trie = ByteTrie(tokens.enumerated().map { ($1.spelling[...], Int32($0)) })
    for (_, spelling) in tokens { if let first = spelling.first { isFirst[Int(first)] = true } }
    isEmpty = tokens.allSatisfy { $0.spelling.isEmpty }
  }

  /// A part of a text: a token, or what lies between.
  struct Part {
    var range: Range<Int>
    /// The token's id, or −1.
    var id: Int32
  }

  /// Whether one of the tokens may begin somewhere in the bytes.
  @inline(__always)
  func mayContain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    if isEmpty { return false }
    return isFirst.withUnsafeBufferPointer { isFirst in
      for byte in bytes where isFirst[Int(byte)] { return true }
      return false
    }
  }

  /// Cuts `range` at the tokens: the leftmost first, of those the longest.
  func parts(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> [Part] {
    var parts: [Part] = []
    var last = range.lowerBound
    var at = range.lowerBound
    while at < range.upperBound {
      guard isFirst[Int(bytes[at])], let (index, length) = longest(bytes, at..<range.upperBound)
      else {
        at += 1
        continue
      }
      var start = at
      var end = at + length
      at = end
      let token = tokens[index]
      if token.isSingleWord {
        if start > range.lowerBound, UTF8Reading.scalar(bytes, before: start).value.isWordOrJoiner {
          continue
        }
        if end < range.upperBound, UTF8Reading.scalar(bytes, end).value.isWordOrJoiner { continue }
      }
      if token.stripsLeft {
        while start > last {
          let (scalar, length) = UTF8Reading.scalar(bytes, before: start)
          guard scalar.isWhitespace else { break }
          start -= length
        }
      }
      if token.stripsRight {
        while end < range.upperBound {
          let (scalar, length) = UTF8Reading.scalar(bytes, end)
          guard scalar.isWhitespace else { break }
          end += length
        }
      }
      guard start >= last else { continue }
      if last < start { parts.append(Part(range: last..<start, id: -1)) }
      parts.append(Part(range: start..<end, id: token.id))
      last = end
      at = max(at, end)
    }
    if last < range.upperBound { parts.append(Part(range: last..<range.upperBound, id: -1)) }
    return parts
  }

  private func longest(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) -> (index: Int, length: Int)? {
    trie.nodes.withUnsafeBufferPointer { nodes in
      var node = ByteTrie.root
      var found: (Int, Int)?
      for at in range {
        node = ByteTrie.child(nodes, node, bytes[at])
        if node < 0 { break }
        let value = nodes[Int(node)].value
        if value >= 0 { found = (Int(value), at + 1 - range.lowerBound) }
      }
      return found
    }
  }
}
