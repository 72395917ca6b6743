import Files
import Foundation
import Languages

/// Writes a BPE model of SentencePiece as the `tokenizer.json` that gives the same ids.
///
/// - Differs: Where two cuts of one piece overlap (“aaa” as a·aa and aa·a), the first of the list counts
///   in place of the leftmost, as in Hugging Face's own conversions. Every kind of white space ends a
///   word, where SentencePiece keeps what its character map does not name.
struct SentencePieceJSON {
  /// A piece that texts are split into, or a special token.
  struct Piece {
    var spelling: [UInt8]
    var score: Float
    var isSpecial: Bool
  }

  /// By id.
  var pieces: [Piece]
  var unknown: Int
  var fallsBackToBytes: Bool
  var addsPrefix: Bool
  var charactersBlob: [UInt8]
  /// Tokens behind the pieces, which no text is split into.
  var codes: [String] = []
  /// What is put around each text.
  var before: String?
  var after: String?

  func bytes() -> [UInt8] {
    var out = JSONWriter()
    out.raw(#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":["#)
    addedTokens(&out)
    out.raw(#"],"normalizer":"#)
    if charactersBlob.isEmpty {
      out.raw("null")
    } else {
      let map = Data(charactersBlob).base64EncodedString()
      // Hugging Face's map works on grapheme clusters and leaves long decomposed ones, such as Korean
      // syllables, as they are; SentencePiece's composes them.
      out.raw(#"{"type":"Sequence","normalizers":[{"type":"NFC"},"#)
      out.raw(#"{"type":"Precompiled","precompiled_charsmap":"\#(map)"}]}"#)
    }
    let metaspace =
      #"{"type":"Metaspace","replacement":"▁","prepend_scheme":"\#(addsPrefix ? "always" : "never")""#
      + #","split":true}"#
    out.raw(#","pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},"#)
    out.raw(metaspace + #"]},"post_processor":\#(template),"decoder":\#(metaspace),"model":{"#)
    model(&out)
    out.raw("}}\n")
    return out.bytes
  }

  private func addedTokens(_ out: inout JSONWriter) {
    var isFirst = true
    func token(_ id: Int, _ spelling: [UInt8]) {
      out.raw((isFirst ? "" : ",") + #"{"id":\#(id),"content":"#)
      out.string(spelling)
      out.raw(#","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"#)
      out.raw(#""special":true}"#)
      isFirst = false
    }
    for (id, piece) in pieces.enumerated() where piece.isSpecial { token(id, piece.spelling) }
    for (index, code) in codes.enumerated() { token(pieces.count + index, Array(code.utf8)) }
  }

  private func id(_ token: String) -> Int? {
    if let index = codes.firstIndex(of: token) { return pieces.count + index }
    return pieces.firstIndex { $0.spelling.elementsEqual(token.utf8) }
  }

  private var template: String {
    let around = [before, after].compactMap { token in
      token.flatMap { name in id(name).map { (name, $0) } }
    }
    guard !around.isEmpty else { return "null" }
    func special(_ token: String?) -> [String] {
      token.map { [#"{"SpecialToken":{"id":"\#($0)","type_id":0}}"#] } ?? []
    }
    func sequence(_ name: String) -> [String] { [#"{"Sequence":{"id":"\#(name)","type_id":0}}"#] }
    let single = special(before) + sequence("A") + special(after)
    let pair = special(before) + sequence("A") + sequence("B") + special(after)
    let named = around.sorted { $0.1 < $1.1 }.map { name, id in
      #""\#(name)":{"id":"\#(name)","ids":[\#(id)],"tokens":["\#(name)"]}"#
    }
    return #"{"type":"TemplateProcessing","single":[\#(single.joined(separator: ","))],"#
      + #""pair":[\#(pair.joined(separator: ","))],"special_tokens":{\#(named.joined(separator: ","))}}"#
  }

  private func model(_ out: inout JSONWriter) {
    out.raw(#""type":"BPE","dropout":null,"unk_token":"#)
    out.string(pieces[unknown].spelling)
    out.raw(#","continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":true,"#)
    out.raw(#""byte_fallback":\#(fallsBackToBytes),"ignore_merges":false,"vocab":{"#)
    for (id, piece) in pieces.enumerated() {
      out.raw(id == 0 ? "\n" : ",\n")
      out.string(piece.spelling)
      out.raw(":\(id)")
    }
    out.raw(#"},"merges":["#)
    for (index, merge) in merges.enumerated() {
      out.raw(index == 0 ? "\n[" : ",\n[")
      out.string(pieces[merge.left].spelling)
      out.raw(",")
      out.string(pieces[merge.right].spelling)
      out.raw("]")
    }
    out.raw("]")
  }

  /// Every way to cut a piece into two others, the pieces of the best score first.
  private var merges: [(left: Int, right: Int)] {
    var ids: [[UInt8]: Int] = [:]
    for (id, piece) in pieces.enumerated() where !piece.isSpecial { ids[piece.spelling] = id }
    let order = pieces.indices.filter { !pieces[$0].isSpecial }
      .sorted { (pieces[$1].score, $0) < (pieces[$0].score, $1) }
    var merges: [(left: Int, right: Int)] = []
    for id in order {
      let spelling = pieces[id].spelling
      var cuts: [(left: Int, right: Int)] = []
      var cut = spelling.first.map(UTF8Reading.length) ?? 0
      while cut < spelling.count {
        if let left = ids[Array(spelling[..<cut])], let right = ids[Array(spelling[cut...])] {
          cuts.append((left, right))
        }
        cut += UTF8Reading.length(spelling[cut])
      }
      merges += cuts.sorted { ($0.left, $0.right) < ($1.left, $1.right) }
    }
    return merges
  }
}

extension SentencePieceModel {
  /// The `tokenizer.json` of M2M-100: its pieces with the numbers of `vocab.json`, and the codes of its
  /// languages behind them, English's before each text and `</s>` behind it.
  ///
  /// - Parameters:
  ///   - bytes: The `sentencepiece.bpe.model`.
  ///   - vocabulary: The `vocab.json`.
  /// - Throws: ``TokenizerError`` for what is broken or not supported.
  /// - Source: huggingface/transformers `tokenization_m2m_100.py`.
  /// - Differs: A piece that `vocab.json` lacks takes no part in merging, where transformers would make
  ///   it and then call it unknown.
  static func m2m100(_ bytes: [UInt8], vocabulary: [UInt8]) throws(TokenizerError) -> [UInt8] {
    guard var json = try model(bytes).json else {
      throw .unsupported(part: "SentencePiece model", name: "other than BPE as M2M-100's is")
    }
    let entries = try VocabularyFiles.entries(vocabulary, kind: "vocab.json")
    let known = Dictionary(
      json.pieces.map { ($0.spelling, $0) }, uniquingKeysWith: { first, _ in first })
    let special = ["<s>", "<pad>", "</s>", "<unk>"].map { Array($0.utf8) }
    var pieces = [SentencePieceJSON.Piece?](repeating: nil, count: entries.count)
    for (spelling, id) in entries {
      guard pieces.indices.contains(id), pieces[id] == nil else {
        throw .malformed(kind: "vocab.json", reason: "its ids are not 0, 1, 2 … without gaps")
      }
      let isSpecial = special.contains(spelling)
      // A word that no text has keeps its row.
      pieces[id] = SentencePieceJSON.Piece(
        spelling: spelling, score: known[spelling]?.score ?? 0,
        isSpecial: isSpecial || known[spelling] == nil)
    }
    json.pieces = pieces.compactMap { $0 }
    guard let unknown = json.pieces.firstIndex(where: { $0.spelling == special[3] }) else {
      throw .malformed(kind: "vocab.json", reason: "it has no <unk>")
    }
    json.unknown = unknown
    json.codes = M2M100Code.all.map { M2M100Code.token($0) }
    (json.before, json.after) = (M2M100Code.token("en"), "</s>")
    return json.bytes()
  }
}
