import Foundation
import Testing

@testable import Languages

@Suite("Unicode's normalization forms")
struct NormalizationTests {
  private static let texts = [
    "", "apple", "é", "e\u{301}", "한국어", "\u{1112}\u{1161}\u{11AB}", "Å", "q\u{307}\u{323}",
    "ﬁ ①", "İ", "ड़", "กำ", "が か\u{3099}",
  ]

  private func bytes(_ text: String, in form: NormalizationForm) -> [UInt8] {
    form.normalized(Array(text.utf8))
  }

  @Test("Are those of Foundation", arguments: Self.texts)
  func equalFoundation(text: String) {
    #expect(bytes(text, in: .nfc) == Array(text.precomposedStringWithCanonicalMapping.utf8))
    #expect(bytes(text, in: .nfd) == Array(text.decomposedStringWithCanonicalMapping.utf8))
    #expect(bytes(text, in: .nfkc) == Array(text.precomposedStringWithCompatibilityMapping.utf8))
    #expect(bytes(text, in: .nfkd) == Array(text.decomposedStringWithCompatibilityMapping.utf8))
  }

  @Test("Change nothing a second time", arguments: Self.texts)
  func isStable(text: String) {
    for form in [NormalizationForm.nfc, .nfd, .nfkc, .nfkd] {
      let once = form.normalized(Array(text.utf8))
      #expect(form.normalized(once) == once)
    }
  }
}
