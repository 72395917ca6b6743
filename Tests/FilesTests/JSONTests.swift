import Testing

@testable import Files

@Suite("JSON")
struct JSONTests {
  private func root(
    _ text: String, _ options: JSONDocument.Options = JSONDocument.Options()
  ) throws -> JSONValue {
    try JSONDocument(Array(text.utf8), options).root
  }

  @Test("A document is read whole: escapes, pairs of surrogates, numbers, NaN of Python")
  func whole() throws {
    let text = #" {"a": [1, -2.5e1, true, null, NaN], "b\n": "\u00e9\ud83d\ude00\/\"", "c": {}} "#
    let value = try root(text, JSONDocument.Options(readsNaN: true))
    let list = Array(try #require(value["a"]).elements)
    #expect(list.map(\.kind) == [.number, .number, .yes, .null, .null])
    #expect(list[0].int == 1 && list[1].double == -25 && list[2].bool == true)
    #expect(list[1].digits == Array("-2.5e1".utf8))
    #expect(value["b\n"]?.string == "é😀/\"")
    #expect(value["c"]?.kind == .object && value["c"]?.members.isEmpty == true)
    #expect(value["none"] == nil)
    #expect(throws: JSONFault(kind: .noValue, offset: 31)) { try root(text) }
  }

  @Test("Members keep their order and their bytes, and of a repeated name the last counts")
  func members() throws {
    let value = try root("\u{FEFF}{\"é\": 1, \"e\u{301}\": 2, \"é\": 3, \"z\": null}")
    #expect(value.members.map(\.key) == ["é", "e\u{301}", "é", "z"].map { Array($0.utf8) })
    #expect(value["é"]?.int == 3 && value["e\u{301}"]?.int == 2)
    #expect(value["z"] == nil && value.members[3].value.isNull)
  }

  @Test(
    "What is no JSON says where",
    arguments: [
      ("", .cutShort, 0), ("{", .noName, 1), ("[1,", .cutShort, 3), ("{\"a\" 1}", .noColon, 5),
      ("\"\\x\"", .unknownEscape, 1), ("\"\u{1}\"", .controlCharacter, 1), ("tru", .noValue, 0),
      ("1 2", .unfinished, 2), ("{\"a\":1,}", .noName, 7), ("\"\\u12\"", .badEscape, 1),
      ("-", .badNumber, 1), ("01", .badNumber, 2), ("1.", .badNumber, 2), ("1e+", .badNumber, 3),
      ("\"a", .cutString, 2), (String(repeating: "[", count: 100_000), .tooDeep, 100),
    ] as [(String, JSONFault.Kind, Int)])
  func bad(text: String, kind: JSONFault.Kind, offset: Int) {
    #expect(throws: JSONFault(kind: kind, offset: offset)) { try root(text) }
  }

  @Test("Bytes that are no UTF-8 are refused")
  func encoding() {
    #expect(throws: JSONFault(kind: .notUTF8, offset: 0)) { try JSONDocument([0x22, 0xFF, 0x22]) }
  }

  @Test("A lone surrogate becomes the replacement character, and takes nothing with it")
  func loneSurrogate() throws {
    #expect(try root(#""\ud800x""#).string == "\u{FFFD}x")
    #expect(try root(#""\ud800\u0041""#).string == "\u{FFFD}A")
  }

  @Test("A member that is not wanted is passed over, whatever is in it")
  func skipping() throws {
    let text = #"{"a": 1, "k": {"x": [1, ["]}\"", }], oh: no}, "b": {"k": 2}}"#
    let value = try root(text, JSONDocument.Options(skipped: "k"))
    #expect(value.members.map(\.key) == ["a", "b"].map { Array($0.utf8) })
    #expect(value["b"]?["k"]?.int == 2)
  }

  @Test("What is written is read again")
  func writing() throws {
    let text = "{\"a\":[1.50,\"\\\"\\\\\\n\\t\\r\\u0001ü\",{}],\"b\":true,\"c\":null}"
    var out = JSONWriter()
    out.value(try root(text))
    #expect(out.bytes == Array(text.utf8))
    var changed = JSONWriter()
    changed.object(try root(text)) { out, name, _ in
      guard name == "a" else { return false }
      out.array([1, 2]) { $0.raw("\($1)") }
      return true
    }
    #expect(String(decoding: changed.bytes, as: UTF8.self) == #"{"a":[1,2],"b":true,"c":null}"#)
  }
}
