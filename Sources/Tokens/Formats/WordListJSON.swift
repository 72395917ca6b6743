import Files

/// Writes BERT's list of words as the `tokenizer.json` that reads texts alike.
enum WordListJSON {
  /// - Parameters:
  ///   - lines: A `vocab.txt`.
  ///   - options: What a `tokenizer_config.json` beside it says.
  /// - Throws: ``TokenizerError``
  static func bytes(_ lines: [UInt8], options: VocabularyFiles.BERTOptions)
    throws(TokenizerError) -> [UInt8]
  {
    let parts = try VocabularyFiles.bert(lines, options: options)
    guard case .bert(let normalizer) = parts.normalizer else {
      preconditionFailure("A list of words is normalized as BERT does.")
    }
    var out = JSONWriter()
    out.raw(#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":"#)
    out.array(parts.addedTokens) { out, token in
      out.raw(#"{"id":\#(token.id),"content":"#)
      out.string(Array(token.content.utf8))
      out.raw(#","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"#)
      out.raw(#""special":true}"#)
    }
    out.raw(#","normalizer":{"type":"BertNormalizer","clean_text":true,"#)
    out.raw(#""handle_chinese_chars":\#(normalizer.separatesIdeographs),"#)
    out.raw(#""strip_accents":\#(normalizer.stripsAccents),"#)
    out.raw(#""lowercase":\#(normalizer.lowercases)},"pre_tokenizer":{"type":"BertPreTokenizer"},"#)
    out.raw(#""post_processor":\#(template(parts.postProcessor)),"#)
    out.raw(###""decoder":{"type":"WordPiece","prefix":"##","cleanup":true},"###)
    out.raw(#""model":{"type":"WordPiece","unk_token":"[UNK]","#)
    out.raw(###""continuing_subword_prefix":"##","###)
    out.raw(#""max_input_chars_per_word":100,"vocab":{"#)
    var isFirst = true
    parts.vocabulary.forEach { token, id in
      out.raw(isFirst ? "\n" : ",\n")
      out.string(Array(token))
      out.raw(":\(id)")
      isFirst = false
    }
    out.raw("}}}\n")
    return out.bytes
  }

  /// `[CLS]` before the text and `[SEP]` behind it, where the list has them.
  private static func template(_ processor: PostProcessor) -> String {
    guard let open = processor.before.first, let close = processor.after.first else {
      return "null"
    }
    func special(_ token: PostProcessor.Token, _ type: Int) -> String {
      #"{"SpecialToken":{"id":"\#(token.token)","type_id":\#(type)}}"#
    }
    func named(_ token: PostProcessor.Token) -> String {
      let name = #""\#(token.token)""#
      return #"\#(name):{"id":\#(name),"ids":[\#(token.id)],"tokens":[\#(name)]}"#
    }
    let single =
      special(open, 0) + #",{"Sequence":{"id":"A","type_id":0}},"# + special(close, 0)
    return #"{"type":"TemplateProcessing","single":[\#(single)],"pair":[\#(single),"#
      + #"{"Sequence":{"id":"B","type_id":1}},\#(special(close, 1))],"#
      + #""special_tokens":{\#(named(open)),\#(named(close))}}"#
  }
}
