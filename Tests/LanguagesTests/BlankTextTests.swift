import Languages
import Testing

@Suite("Blank texts")
struct BlankTextTests {
  @Test("Have blanks, controls and invisible marks alone")
  func blank() {
    // Soft hyphen, marks of direction, zero-width space and joiners, variation selectors, blanks.
    let nothing: [UInt32] = [
      0xAD, 0x61C, 0x200B, 0x200C, 0x200D, 0x200E, 0x202A, 0x202E, 0x2060, 0x2064, 0x2066, 0x2069,
      0xFEFF, 0xFE0E, 0xFE0F, 0xE0100, 0x20, 0x9, 0xA, 0x7, 0xA0, 0x3000, 0x2028, 0x3164, 0xFFFF,
    ]
    for value in nothing {
      #expect(Unicode.Scalar(value).map { String($0).isBlank } == true, "\(value)")
    }
    #expect("".isBlank && " \u{200B}\u{FEFF}\n".isBlank)
  }

  @Test(
    "Have nothing that has a shape",
    arguments: ["a", "\u{200B}사과", "🍎", "👩‍🚀", "\u{301}", "\u{E000}", ".", "0", "\u{FFFD}"])
  func shapes(text: String) {
    #expect(!text.isBlank)
  }
}
