import Testing

@testable import Tokens

/// Small tokenizers put together as published ones are: `Tools/references/tokens_published.py`.
@Suite("Parity with every kind of published tokenizer")
struct PublishedKindTests {
  @Test(
    "Each kind of file gives the ids, tokens, offsets and text of its library",
    arguments: [
      "clip/tokenizer.json", "clip_pair/vocab.json", "klue/tokenizer.json",
      "minilm/tokenizer.json", "chinese/vocab.txt", "xlmr/tokenizer.json",
      "xlmr_sentencepiece/sentencepiece.bpe.model", "siglip/tokenizer.json",
      "nllb/tokenizer.json", "gemma/tokenizer.json",
    ])
  func kinds(path: String) throws {
    let tokenizer = try Tokenizer(contentsOf: place(path))
    let folder = path.prefix { $0 != "/" }
    let texts = try Reference.all(place(folder + "/parity.jsonl"))
    #expect(texts.count > 30)
    let found = differences(tokenizer, texts)
    #expect(
      found.isEmpty, "\(found.count) differ, first: \(found.prefix(3).joined(separator: "\n"))")
  }

  @Test("A list of words becomes a tokenizer.json that reads alike")
  func wordList() throws {
    let json = try #require(try Tokenizer.json(at: place("chinese/vocab.txt")))
    let found = differences(
      try Tokenizer(json: json), try Reference.all(place("chinese/parity.jsonl")))
    #expect(found.isEmpty, "\(found.prefix(3))")
    #expect(try Tokenizer.json(at: place("clip_pair/vocab.json")) == nil)
  }

  @Test("The special tokens of each have their published places")
  func specialTokens() throws {
    for (kind, ids) in [
      "xlmr": ["<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3], "klue": ["[CLS]": 0, "[PAD]": 1],
      "gemma": ["<pad>": 0, "<eos>": 1], "siglip": ["<pad>": 0, "</s>": 1],
    ] {
      let tokenizer = try Tokenizer(contentsOf: place(kind + "/tokenizer.json"))
      for (token, id) in ids { #expect(tokenizer.id(of: token) == Int32(id), "\(kind) \(token)") }
    }
    let nllb = try Tokenizer(contentsOf: place("nllb/tokenizer.json"))
    let code = try #require(nllb.id(of: "eng_Latn"))
    #expect(nllb.ids("red").ids.first == code && nllb.ids("red").ids.last == 2)
  }

  private func place(_ path: some StringProtocol) -> String {
    SharedData.fixture("../tokens_published/" + path)
  }
}
