// Writing a tokenizer.json anew with some of its parts changed, all else as it was.

import Files

/// What a model's code does around its tokenizer, which other programs do not do.
package struct TokenizerSurroundings: Sendable, Equatable {
  /// What stands before and behind every text in place of what the file says; as the file says, if
  /// both are nil.
  package var start, end: Int32?
  /// Whether letters become small first.
  package var lowercases: Bool

  package init(start: Int32?, end: Int32?, lowercases: Bool) {
    self.start = start
    self.end = end
    self.lowercases = lowercases
  }

  /// A `tokenizer.json` that does all of it by itself.
  ///
  /// - Throws: ``TokenizerError/malformed(kind:reason:)``
  package func apply(to json: [UInt8]) throws(TokenizerError) -> [UInt8] {
    let tokenizer = try Tokenizer(json: json)
    let root: JSONValue
    do { root = try JSONDocument(json).root } catch {
      throw TokenizerJSON.broken("at byte \(error.offset), \(error.reason)")
    }
    var out = JSONWriter()
    out.object(root) { out, name, value in
      if name == "post_processor", start != nil || end != nil {
        out.template(start: start, end: end, of: tokenizer)
        return true
      }
      guard name == "normalizer", lowercases else { return false }
      out.raw(#"{"type":"Sequence","normalizers":[{"type":"Lowercase"}"#)
      if !value.isNull {
        out.raw(",")
        out.value(value)
      }
      out.raw("]}")
      return true
    }
    return out.bytes
  }
}

extension JSONWriter {
  fileprivate mutating func template(start: Int32?, end: Int32?, of tokenizer: Tokenizer) {
    func spelling(_ id: Int32) -> [UInt8] { Array((tokenizer.token(of: id) ?? "#\(id)").utf8) }
    let tokens = [start, end].compactMap { $0 }
    func item(_ out: inout JSONWriter, _ id: Int32?, _ type: Int) {
      guard let id else { return }
      out.raw(#"{"SpecialToken":{"id":"#)
      out.string(spelling(id))
      out.raw(#","type_id":\#(type)}}"#)
    }
    func items(_ out: inout JSONWriter, _ sequences: [String]) {
      for (place, name) in sequences.enumerated() {
        if place > 0 { out.raw(",") }
        item(&out, place == 0 ? start : nil, place)
        if place == 0, start != nil { out.raw(",") }
        out.raw(#"{"Sequence":{"id":"\#(name)","type_id":\#(place)}}"#)
        if end != nil { out.raw(",") }
        item(&out, end, place)
      }
    }
    raw(#"{"type":"TemplateProcessing","single":["#)
    items(&self, ["A"])
    raw(#"],"pair":["#)
    items(&self, ["A", "B"])
    raw(#"],"special_tokens":{"#)
    for (place, id) in tokens.enumerated() where !tokens[..<place].contains(id) {
      if place > 0 { raw(",") }
      string(spelling(id))
      raw(#":{"id":"#)
      string(spelling(id))
      raw(#","ids":[\#(id)],"tokens":["#)
      string(spelling(id))
      raw("]}")
    }
    raw("}}")
  }
}
