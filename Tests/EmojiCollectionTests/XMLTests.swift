import Testing

@testable import EmojiCollection

@Suite("Tags of XML")
struct XMLTests {
  @Test("Tags of XML are given with their attributes, and texts with their entities")
  func xml() throws {
    let text = """
      <?xml version="1.0"?><!DOCTYPE a SYSTEM "x>"><!-- <b> --><a x='1' y = "&lt;&#x41;&#66;"><b/>T&amp;U</a>
      """
    var tags = XMLTags(Array(text.utf8))
    var seen: [XMLTags.Tag] = []
    var last = ""
    while let tag = try tags.next() {
      seen.append(tag)
      if tag.name == "b" { last = try tags.text() }
    }
    #expect(seen.map(\.name) == ["a", "b", "a"])
    #expect(seen[0].attributes == ["x": "1", "y": "<AB"])
    #expect(seen.map(\.isEnd) == [false, false, true])
    #expect(last == "T&U")
  }

  @Test(
    "Broken XML is refused and never crashes",
    arguments: ["<a", "<a x", "<a x=", "<a x='", "<!--", "<a x='&no;'>"])
  func badXML(text: String) {
    #expect(throws: XMLTags.Fault.self) {
      var tags = XMLTags(Array(text.utf8))
      while try tags.next() != nil {}
    }
  }
}
