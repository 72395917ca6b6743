import Foundation
import TestSupport
import Testing
import Tokens

/// Tokenizers of every model and texts of every script; the fixtures are of
/// `Tools/references/tokens_fixtures.py`.
@Suite("Tokenizers with only the tokens that some texts need")
struct TrimmingTests {
  private static let fixtures = [
    "llama2", "llama3", "roberta", "trained", "unigram-always", "unigram-first", "unigram-never",
    "wordlevel", "wordpiece-accents", "wordpiece-delimiter", "wordpiece-scripts",
    "wordpiece-split",
  ]

  @Test("The texts become the same tokens, with numbers of their own", arguments: fixtures)
  func sameTokens(name: String) throws {
    let json = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: fixture("tokens/\(name).json"))))
    let texts = try String(contentsOfFile: fixture("tokens/\(name).parity.jsonl"), encoding: .utf8)
      .split(separator: "\n").enumerated().filter { $0.offset % 3 == 0 }
      .map { try JSONDecoder().decode(Line.self, from: Data($0.element.utf8)).text }
    try expectSameTokens(json, texts)
    // Hugging Face's tokenizers has read what stands there and given the same tokens:
    // Tools/references/tokens_trimming.py. Made anew by PICTOGLOT_UPDATE=1 swift test.
    let trimmed = try TrimmedTokenizer(json, for: texts, keeping: [])
    let path = fixture("tokens_trimmed/\(name).json")
    if ProcessInfo.processInfo.environment["PICTOGLOT_UPDATE"] != nil {
      try Data(trimmed.json).write(to: URL(fileURLWithPath: path))
    }
    #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) == trimmed.json)
  }

  private struct Line: Decodable { let text: String }

  @Test(
    "So do captions with tokenizers of published size",
    .enabled(if: SharedData.isThere, Comment(rawValue: SharedData.reason)),
    arguments: ["hf_clip_vit_b32", "klue_roberta", "mini_xlmr_unigram_16k", "minilm_l6_v2"])
  func publishedSizes(name: String) throws {
    let path = SharedData.tokenizer(name + "/tokenizer.json")
    let json = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let texts = [
      "a photo of a red apple on the table", "빨간 사과가 식탁 위에 있다", "红苹果", "赤いリンゴ",
      "Ein roter Apfel, über 3,50 €!", "яблоко", "تفاحة حمراء", "naïve café — “quotes” …",
      "tokenization", "unbelievably", "🍎🍏", "x\u{301} ﬁ ①", "",
    ]
    let kept = try expectSameTokens(json, texts)
    if let folder = ProcessInfo.processInfo.environment["PICTOGLOT_TRIMMED"] {
      let trimmed = try TrimmedTokenizer(json, for: texts, keeping: [])
      try Data(trimmed.json).write(to: URL(fileURLWithPath: "\(folder)/\(name).json"))
      try Data(texts.joined(separator: "\n").utf8)
        .write(to: URL(fileURLWithPath: "\(folder)/texts.txt"))
    }
    #expect(kept < (try Tokenizer(json: json).vocabularySize) / 2)
  }

  @discardableResult
  private func expectSameTokens(_ json: [UInt8], _ texts: [String]) throws -> Int {
    let whole = try Tokenizer(json: json)
    let trimmed = try TrimmedTokenizer(json, for: texts, keeping: [])
    let small = try Tokenizer(json: trimmed.json)
    #expect(small.vocabularySize == trimmed.renumbering.kept.count)
    for text in texts {
      let (before, after) = (whole.encode(text), small.encode(text))
      #expect(before.tokens == after.tokens, "\(text)")
      #expect(before.ids.map { trimmed.renumbering[$0] } == after.ids.map { $0 }, "\(text)")
      #expect(before.offsets == after.offsets)
    }
    for token in whole.addedTokens {
      #expect(small.id(of: token.content) == trimmed.renumbering[token.id])
    }
    return trimmed.renumbering.kept.count
  }

  @Test("A word that is unknown stays unknown when pieces on its way are used nowhere else")
  func staysUnknown() throws {
    // “abq” begins with “ab”, after which nothing fits; “a” alone would go on with “##b”, “##q”.
    let json = """
      {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
      "pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,"decoder":null,
      "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
      "max_input_chars_per_word":100,
      "vocab":{"[UNK]":0,"a":1,"ab":2,"##bq":3,"##b":4,"c":5,"ca":6}}}
      """
    let bytes = Array(json.utf8)
    #expect(try Tokenizer(json: bytes).ids("abq c").ids == [0, 5])
    let trimmed = try TrimmedTokenizer(bytes, for: ["abq c"], keeping: [3])
    #expect(trimmed.renumbering.kept == [0, 1, 2, 3, 4, 5])
    #expect(try Tokenizer(json: trimmed.json).ids("abq c").ids == [0, 5])
  }

  @Test("Two tokens that change places keep their spellings and their place in the template")
  func swap() throws {
    let json = [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture("tokens/trained.json"))))
    let whole = try Tokenizer(json: json)
    let renumbering = TokenRenumbering(swapping: 0, 3, of: whole.vocabularySize)
    let small = try Tokenizer(json: try renumbering.apply(to: json))
    let text = "red apple 사과"
    #expect(small.encode(text).tokens == whole.encode(text).tokens)
    #expect(small.ids(text).ids == whole.ids(text).ids.map { $0 == 0 ? 3 : $0 == 3 ? 0 : $0 })
    #expect(whole.token(of: 3) == small.token(of: 0))
  }

  @Test("A template whose token would fall away is refused, not written")
  func lostTemplate() throws {
    let json = [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture("tokens/trained.json"))))
    let ids = try Tokenizer(json: json).ids("").ids
    let first = try #require(ids.first)
    let others = (0..<Int32(400)).filter { $0 != first }
    #expect(throws: TokenizerError.self) { try TokenRenumbering(kept: others).apply(to: json) }
  }
}
