import Languages
import Testing

@Suite("Lines of texts")
struct TextLinesTests {
  @Test(
    "Carriage return, line feed and both end a line; nothing else does, and no end is no line",
    arguments: [
      ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\r\nb\r\n", ["a", "b"]),
      ("a\rb\r", ["a", "b"]), ("a\n\r\n\nb", ["a", "", "", "b"]), ("\r\r\n\n", ["", "", ""]),
      ("a\u{2028}b\u{2029}c\u{85}d\u{0B}e\u{0C}f\n", ["a\u{2028}b\u{2029}c\u{85}d\u{0B}e\u{0C}f"]),
      ("\u{FEFF}a\n\u{FEFF}b", ["a", "\u{FEFF}b"]), ("\u{FEFF}", []),
    ] as [(String, [String])])
  func lines(text: String, expected: [String]) {
    let lines = textLines(Array(text.utf8))
    #expect(lines.map(Array.init) == expected.map { Array($0.utf8) })
  }

  @Test("A file of templates may begin with a byte order mark and have any line ends")
  func templates() throws {
    let text = "\u{FEFF}# mine\r\na {} \u{2028}here\r\rthe {}\r\n"
    let templates = try PromptTemplates(lines: text, path: "t.txt").templates
    #expect(
      templates.map { Array($0.utf8) } == ["a {} \u{2028}here", "the {}"].map { Array($0.utf8) })
  }
}
