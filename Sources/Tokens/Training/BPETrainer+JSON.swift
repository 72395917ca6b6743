import Files

extension BPETrainer {
  /// Characters that change nothing of what a text says, as regular expressions in JSON write them:
  /// soft hyphens, marks of direction, joiners, variation selectors, the byte-order mark.
  ///
  /// - Source: The Unicode Standard, property Default_Ignorable_Code_Point, which NFKC_Casefold
  ///   leaves out, too.
  /// - Differs: Tags stay, since nothing else tells the flags of England and Wales apart.
  private static let ignored = [
    #"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"#,
    #"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\udb40\udd00-\udb40\uddef"#,
  ].joined()

  /// The bytes of a `tokenizer.json` for a vocabulary.
  func json(tokens: [[UInt8]], merges: [(left: [UInt8], right: [UInt8])]) -> [UInt8] {
    var all = specialTokens.map { Array($0.utf8) }
    if fallsBackToBytes { all += (0..<256).map { BPEModel.byteToken($0) } }
    all += tokens
    var out = JSONWriter()
    out.raw(#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":["#)
    for (id, token) in specialTokens.enumerated() {
      if id > 0 { out.raw(",") }
      out.raw(#"{"id":\#(id),"content":"#)
      out.string(Array(token.utf8))
      out.raw(#","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"#)
      out.raw(#""special":true}"#)
    }
    out.raw(#"],"normalizer":{"type":"Sequence","normalizers":["#)
    out.raw(#"{"type":"Replace","pattern":{"Regex":"[\#(Self.ignored)]"},"content":""},"#)
    out.raw(#"{"type":"NFKC"},"#)
    out.raw(#"{"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "},"#)
    out.raw(#"{"type":"Strip","strip_left":true,"strip_right":true}"#)
    if lowercases { out.raw(#",{"type":"Lowercase"}"#) }
    out.raw(#"]},"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Metaspace","#)
    out.raw(#""replacement":"▁","prepend_scheme":"always","split":true}"#)
    if separatesPunctuation { out.raw(#",{"type":"Punctuation","behavior":"Isolated"}"#) }
    out.raw(#"]},"post_processor":"#)
    out.raw(addsTemplate ? template : "null")
    out.raw(#","decoder":{"type":"Sequence","decoders":["#)
    out.raw(#"{"type":"Replace","pattern":{"String":"▁"},"content":" "},"#)
    out.raw(#"{"type":"ByteFallback"},{"type":"Fuse"},"#)
    out.raw(#"{"type":"Strip","content":" ","start":1,"stop":0}]},"#)
    out.raw(#""model":{"type":"BPE","dropout":null,"unk_token":"<unk>","#)
    out.raw(#""continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":true,"#)
    out.raw(#""byte_fallback":\#(fallsBackToBytes),"ignore_merges":false,"vocab":{"#)
    for (id, token) in all.enumerated() {
      out.raw(id > 0 ? ",\n" : "\n")
      out.string(token)
      out.raw(":\(id)")
    }
    out.raw(#"},"merges":["#)
    for (index, merge) in merges.enumerated() {
      out.raw(index > 0 ? ",\n" : "\n")
      out.string(merge.left + [0x20] + merge.right)
    }
    out.raw("]}}\n")
    return out.bytes
  }

  /// `<s>` before the text and `</s>` behind it, as far as they are among the special tokens.
  private var template: String {
    let ids = ["<s>", "</s>"].compactMap { name in
      specialTokens.firstIndex(of: name).map { (name, $0) }
    }
    guard ids.count == 2 else { return "null" }
    let (open, close) = (ids[0].1, ids[1].1)
    let items =
      #"{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},"#
      + #"{"SpecialToken":{"id":"</s>","type_id":0}}"#
    return #"{"type":"TemplateProcessing","single":[\#(items)],"pair":[\#(items),"#
      + #"{"Sequence":{"id":"B","type_id":1}},{"SpecialToken":{"id":"</s>","type_id":1}}],"#
      + #""special_tokens":{"</s>":{"id":"</s>","ids":[\#(close)],"tokens":["</s>"]},"#
      + #""<s>":{"id":"<s>","ids":[\#(open)],"tokens":["<s>"]}}}"#
  }
}
