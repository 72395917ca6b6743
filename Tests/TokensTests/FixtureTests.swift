import Testing

@testable import Tokens

@Suite("Parity with tokenizers made for this test")
struct FixtureTests {
  @Test(
    "Every kind of step gives the ids, tokens, offsets and text of Hugging Face",
    arguments: [
      "roberta", "llama3", "llama2", "unigram-always", "unigram-first", "unigram-never",
      "wordpiece-accents", "wordpiece-scripts", "wordpiece-split", "wordpiece-delimiter",
      "wordlevel",
    ])
  func huggingFace(name: String) throws {
    let tokenizer = try Tokenizer(contentsOf: SharedData.fixture(name + ".json"))
    let texts = try Reference.all(SharedData.fixture(name + ".parity.jsonl"))
    #expect(texts.count > 30)
    let found = differences(tokenizer, texts)
    #expect(
      found.isEmpty, "\(found.count) differ, first: \(found.prefix(3).joined(separator: "\n"))")
  }

  @Test("SentencePiece's models give what its library gives", arguments: ["unigram", "bpe"])
  func sentencePiece(kind: String) throws {
    let tokenizer = try Tokenizer(contentsOf: SharedData.fixture("spm-\(kind).model"))
    let texts = try Reference.all(SharedData.fixture("spm-\(kind).parity.jsonl"))
    let found = differences(tokenizer, texts)
    #expect(
      found.isEmpty, "\(found.count) differ, first: \(found.prefix(3).joined(separator: "\n"))")
  }
}
