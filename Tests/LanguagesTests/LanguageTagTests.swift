import Testing

@testable import Languages

@Suite("Language tags")
struct LanguageTagTests {
  @Test(
    "Are brought to canonical case",
    arguments: [
      ("ko", "ko"), ("ZH_hant-tw", "zh-Hant-TW"), ("pt-br", "pt-BR"), ("kor", "ko"), ("iw", "he"),
      ("ca-VALENCIA", "ca-valencia"), ("es-419", "es-419"), ("zh-yue", "yue"), ("shs", "shs"),
      ("sr-Latn-x-Foo", "sr-Latn-x-foo"), ("de-DE-u-co-phonebk", "de-DE-u-co-phonebk"),
    ])
  func canonical(text: String, wanted: String) throws {
    #expect(try LanguageTag(text).text == wanted)
  }

  @Test(
    "Are refused when malformed", arguments: ["", "k", "ko-", "한국어", "english", "ko--KR", "ko-x"])
  func malformed(text: String) {
    #expect(throws: LanguageTagError.malformed(text)) { try LanguageTag(text) }
  }

  @Test("Are refused when the language is not registered", arguments: ["qq", "xx", "zzx"])
  func unknown(text: String) {
    #expect {
      try LanguageTag(text)
    } throws: { error in
      if case .unknown(text, _) = error as? LanguageTagError { true } else { false }
    }
  }

  @Test("Know their names and their direction")
  func names() throws {
    #expect(try LanguageTag("ko").englishName == "Korean")
    #expect(try LanguageTag("ko").endonym == "한국어")
    #expect(try LanguageTag("zh-Hant").englishName.hasPrefix("Chinese (Traditional"))
    #expect(try LanguageTag("ar").isRightToLeft)
    #expect(try LanguageTag("pa-Arab").isRightToLeft)
    #expect(try !LanguageTag("pa").isRightToLeft)
    #expect(try !LanguageTag("az-Latn").isRightToLeft)
  }
}
