import Files
import Languages

/// A tokenizer that has only the tokens which some texts need; it splits those texts as before.
///
/// Of a model for two hundred languages most of the numbers are the vectors of tokens that a
/// collection in three of them never uses. Besides the tokens that the texts become, these stay:
///
/// - added tokens, special ones and codes of languages among them, and the unknown token;
/// - what spells any byte: `<0xXX>`, or the alphabet of byte-level tokenizers;
/// - byte-pair encoding: all tokens that a kept one may be merged from. Of what happens while the
///   texts are merged nothing is missing, and what is missing never happened;
/// - WordPiece and unigram: all single characters; of WordPiece also what is found on the way to
///   where a word turns out to be unknown, and of unigram the least likely piece, from whose score
///   unknown characters are scored.
package struct TrimmedTokenizer: Sendable {
  /// The bytes of its `tokenizer.json`.
  package let json: [UInt8]
  /// The new numbers of the tokens that stay, in the old order.
  package let renumbering: TokenRenumbering

  /// - Parameters:
  ///   - json: The bytes of a `tokenizer.json`.
  ///   - texts: What must be split as before, as the tokenizer gets it.
  ///   - needed: More tokens that stay.
  /// - Throws: ``TokenizerError``
  package init(_ json: [UInt8], for texts: [String], keeping needed: Set<Int32>)
    throws(TokenizerError)
  {
    let whole = try Tokenizer(json: json)
    let parts = try TokenizerJSON.parts(json)
    let root: JSONValue
    do { root = try JSONDocument(json).root } catch {
      throw TokenizerJSON.broken("at byte \(error.offset), \(error.reason)")
    }
    var kept = needed.union(parts.addedTokens.map(\.id))
    kept.formUnion(
      (parts.postProcessor.before + parts.postProcessor.after).map(\.id))
    if let id = parts.unknownID { kept.insert(id) }
    if let padding = parts.padding, parts.vocabulary.bytes(padding.id) != nil {
      kept.insert(padding.id)
    }
    for text in texts { kept.formUnion(whole.ids(text).ids) }
    Self.keepSpellings(&kept, parts, root)
    switch parts.model {
    case .bpe: Self.close(&kept, parts.vocabulary, root)
    case .unigram: Self.keepLeastLikely(&kept, root)
    case .wordPiece(let model): Self.keepVisited(&kept, texts, parts, model)
    case .wordLevel: break
    }
    renumbering = TokenRenumbering(kept: kept.filter { $0 >= 0 }.sorted())
    self.json = try renumbering.apply(to: json)
    let trimmed = try Tokenizer(json: self.json)
    for text in texts {
      guard whole.ids(text).ids.map({ renumbering[$0] }) == trimmed.ids(text).ids else {
        throw .unsupported(part: "vocabulary, trimmed, and the text", name: text)
      }
    }
  }

  /// Keeps bytes, the alphabet of bytes, and for models that join nothing single characters.
  private static func keepSpellings(
    _ kept: inout Set<Int32>, _ parts: TokenizerCore.Parts, _ root: JSONValue
  ) {
    for byte in 0..<256 {
      if let id = parts.vocabulary.id(BPEModel.byteToken(byte)) { kept.insert(id) }
    }
    if case .wordLevel = parts.model { return }
    if case .bpe = parts.model {
      let alphabet = (0..<256).compactMap { parts.vocabulary.id(ByteLevel.spelling(UInt8($0))) }
      guard alphabet.count == 256 else { return }
      kept.formUnion(alphabet)
      let suffix = root["model"]?["end_of_word_suffix"]?.utf8 ?? []
      for byte in 0..<256 {
        if let id = parts.vocabulary.id(ByteLevel.spelling(UInt8(byte)) + suffix) {
          kept.insert(id)
        }
      }
      return
    }
    let prefix = root["model"]?["continuing_subword_prefix"]?.utf8 ?? []
    parts.vocabulary.forEach { bytes, id in
      let isContinuing = !prefix.isEmpty && bytes.count > prefix.count && bytes.starts(with: prefix)
      let spelling = isContinuing ? bytes.dropFirst(prefix.count) : bytes
      let isSingle = spelling.first.map { UTF8Reading.length($0) == spelling.count } ?? false
      // The mark of a space before a character is no character of its own.
      let marked = spelling.starts(with: [0xE2, 0x96, 0x81]) ? spelling.dropFirst(3) : []
      let isMarked = marked.first.map { UTF8Reading.length($0) == marked.count } ?? false
      if isSingle || isMarked { kept.insert(id) }
    }
  }

  /// Keeps what a kept token may be merged from, and what that may be.
  private static func close(_ kept: inout Set<Int32>, _ vocabulary: Vocabulary, _ root: JSONValue) {
    let prefix = root["model"]?["continuing_subword_prefix"]?.utf8?.count ?? 0
    var parts: [Int32: [(Int32, Int32)]] = [:]
    if let merges = root["model"]?["merges"] {
      for merge in merges.elements {
        guard let (left, right) = TokenRenumbering.parts(of: merge),
          let first = vocabulary.id(left), let second = vocabulary.id(right),
          let whole = vocabulary.id(left + right.dropFirst(prefix))
        else { continue }
        parts[whole, default: []].append((first, second))
      }
    }
    var open = Array(kept)
    while let id = open.popLast() {
      for (first, second) in parts[id] ?? [] {
        for part in [first, second] where kept.insert(part).inserted { open.append(part) }
      }
    }
  }

  private static func keepLeastLikely(_ kept: inout Set<Int32>, _ root: JSONValue) {
    var least: (score: Double, id: Int32)?
    guard let pieces = root["model"]?["vocab"] else { return }
    for (id, piece) in pieces.elements.enumerated() {
      var entry = piece.elements
      _ = entry.next()
      guard let score = entry.next()?.double else { continue }
      if least.map({ score < $0.score }) ?? true { least = (score, Int32(id)) }
    }
    if let least { kept.insert(least.id) }
  }

  private static func keepVisited(
    _ kept: inout Set<Int32>, _ texts: [String], _ parts: TokenizerCore.Parts,
    _ model: WordPieceModel
  ) {
    var normalizing = NormalizerScratch()
    var splitting = SplitScratch()
    var text = AlignedText()
    var seen: Set<[UInt8]> = []
    for var source in texts {
      text.reset(tracked: false)
      source.withUTF8 { text.appendOriginal($0, at: 0) }
      parts.normalizer?.apply(to: &text, &normalizing)
      var pieces = [Piece(0..<text.bytes.count)]
      parts.preTokenizer?.apply(to: &text, &pieces, isAtStart: true, &splitting)
      for piece in pieces {
        let word = Array(text.bytes[piece.range])
        guard seen.insert(word).inserted else { continue }
        kept.formUnion(word.withUnsafeBufferPointer { model.visited($0) })
      }
    }
  }
}
