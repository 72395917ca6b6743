import Foundation
import TestSupport
import Testing

@testable import Languages

@Suite("Codes of NLLB")
struct LanguageCodeTests {
  private func code(_ tag: String, _ mapping: FloresCode.Mapping = .standard) throws -> String {
    try FloresCode.code(for: LanguageTag(tag), mapping: mapping).text
  }

  @Test("Are transformers' 202, with its ids")
  func equalReference() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: fixture("languages/codes.json")))
    let ids = try JSONDecoder().decode([String: Int].self, from: data)
    #expect(FloresCode.all.count == 202)
    for (code, id) in ids { #expect(FloresCode(code)?.index == id - 256001) }
  }

  @Test("Come back from their own tags, and from themselves read as tags")
  func roundTrip() throws {
    for text in FloresCode.all {
      let code = try #require(FloresCode(text))
      #expect(try FloresCode.code(for: code.tag) == code)
      #expect(try self.code(code.tag.text) == text)
      let own = text == "sat_Beng" ? "sat_Olck" : text
      #expect(try self.code(own) == text)
    }
  }

  @Test(
    "Follow script, region and macrolanguage",
    arguments: [
      ("zh", "zho_Hans"), ("zh-Hant", "zho_Hant"), ("zh-TW", "zho_Hant"), ("zh-HK", "zho_Hant"),
      ("zh-SG", "zho_Hans"), ("zh-Hans-HK", "zho_Hans"), ("cmn", "zho_Hans"), ("yue", "yue_Hant"),
      ("zh-yue", "yue_Hant"), ("yue-HK", "yue_Hant"), ("no", "nob_Latn"), ("nb-NO", "nob_Latn"),
      ("nn", "nno_Latn"), ("sr", "srp_Cyrl"), ("sr-RS", "srp_Cyrl"), ("ar", "arb_Arab"),
      ("ar-EG", "arb_Arab"), ("arz", "arz_Arab"), ("fa", "pes_Arab"), ("fa-AF", "prs_Arab"),
      ("sw", "swh_Latn"), ("fil", "tgl_Latn"), ("tl", "tgl_Latn"), ("lv", "lvs_Latn"),
      ("et", "est_Latn"), ("ms", "zsm_Latn"), ("uz", "uzn_Latn"), ("az", "azj_Latn"),
      ("az-IR", "azb_Arab"), ("ku", "kmr_Latn"), ("ku-Arab", "ckb_Arab"), ("ckb", "ckb_Arab"),
      ("qu", "quy_Latn"), ("quz", "quy_Latn"), ("ja", "jpn_Jpan"), ("ko", "kor_Hang"),
      ("ko-Kore", "kor_Hang"), ("pt-BR", "por_Latn"), ("en-GB", "eng_Latn"), ("iw", "heb_Hebr"),
      ("mn", "khk_Cyrl"), ("ne", "npi_Deva"), ("or", "ory_Orya"), ("ps", "pbt_Arab"),
      ("sq", "als_Latn"), ("yi", "ydd_Hebr"), ("mg", "plt_Latn"), ("om", "gaz_Latn"),
      ("sat", "sat_Beng"), ("ks", "kas_Arab"), ("ks-Deva", "kas_Deva"), ("tzm", "tzm_Tfng"),
      ("ca-valencia", "cat_Latn"), ("pa", "pan_Guru"), ("tw", "twi_Latn"), ("ak", "aka_Latn"),
      ("ace", "ace_Latn"), ("ace-Arab", "ace_Arab"), ("mo", "ron_Latn"), ("ff", "fuv_Latn"),
    ])
  func mapping(tag: String, wanted: String) throws {
    #expect(try code(tag) == wanted)
  }

  @Test(
    "Are those of NLLB-CLIP's published numbers when asked for",
    arguments: [
      ("zh", "zho_Hant"), ("no", "nno_Latn"), ("quz", "quy_Latn"), ("fil", "tgl_Latn"),
      ("zh-Hans", "zho_Hans"), ("nb", "nob_Latn"), ("sw", "swh_Latn"), ("is", "isl_Latn"),
    ])
  func published(tag: String, wanted: String) throws {
    #expect(try code(tag, .published) == wanted)
  }

  @Test("Know the benchmarks' own names for languages")
  func benchmarkNames() {
    #expect(FloresCode.published("jp")?.text == "jpn_Jpan")
    #expect(FloresCode.published("cn")?.text == "zho_Hant")
    #expect(FloresCode.published("zhm")?.text == "yue_Hant")
    #expect(FloresCode.published("zho_Hans")?.text == "zho_Hans")
    #expect(FloresCode.published("klingon") == nil)
  }

  @Test(
    "Refuse what NLLB lacks and name the closest it has",
    arguments: [
      ("br", "cy, fr"), ("sr-Latn", "hr, bs, sr"), ("pa-PK", "ur, ks, pa"), ("fy", "nl, af"),
      ("zh-Latn", "zh, zh-Hant"), ("yue-Hans", "zh, yue"),
    ])
  func missing(tag: String, closest: String) throws {
    let tag = try LanguageTag(tag)
    #expect {
      try FloresCode.code(for: tag)
    } throws: { error in
      "\(error)".contains("no code for \(tag)") && "\(error)".hasSuffix("it has: \(closest).")
    }
  }

  @Test("Point to relatives that there are")
  func relativesExist() throws {
    for language in ["ach", "gsw", "nds", "to", "wuu", "son", "rm", "iu", "chr", "kok", "dsb"] {
      let tag = try LanguageTag(language)
      do {
        _ = try FloresCode.code(for: tag)
        Issue.record("NLLB has \(tag)?")
      } catch .missing(_, let closest) {
        #expect(!closest.isEmpty)
        for tag in closest { #expect(throws: Never.self) { try FloresCode.code(for: tag) } }
      }
    }
  }
}
