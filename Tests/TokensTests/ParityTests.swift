import Testing

@testable import Tokens

@Suite("Parity with the published tokenizers")
struct ParityTests {
  @Test(
    "Every text gives the ids, tokens and offsets of the reference",
    .enabled(if: SharedData.isThere, Comment(rawValue: SharedData.reason)),
    arguments: [
      ("hf_clip_vit_b32/tokenizer.json", "hf_clip_vit_b32/parity.jsonl.gz"),
      ("hf_clip_vit_b32/vocab.json", "hf_clip_vit_b32/parity.jsonl.gz"),
      ("klue_roberta/tokenizer.json", "klue_roberta/parity.jsonl.gz"),
      ("klue_roberta/vocab.txt", "klue_roberta/parity.jsonl.gz"),
      ("minilm_l6_v2", "minilm_l6_v2/parity.jsonl.gz"),
      ("minilm_l6_v2/vocab.txt", "minilm_l6_v2/parity.jsonl.gz"),
      ("mini_xlmr_unigram_16k", "mini_xlmr_unigram_16k/parity.jsonl.gz"),
      (
        "mini_xlmr_unigram_16k/sentencepiece.bpe.model", "mini_xlmr_unigram_16k/parity_spm.jsonl.gz"
      ),
      ("chinese_clip", "chinese_clip/parity.jsonl.gz"),
      ("kr_bert", "kr_bert/parity.jsonl.gz"),
      ("openai_clip", "openai_clip/parity.jsonl.gz"),
      ("elq_sp_bpe_40k", "elq_sp_bpe_40k/parity.jsonl.gz"),
      ("mini_bpe_bytefallback_16k", "mini_bpe_bytefallback_16k/parity.jsonl.gz"),
      ("sentencepiece_test", "sentencepiece_test/parity.jsonl.gz"),
    ])
  func published(path: String, references: String) throws {
    let tokenizer = try Tokenizer(contentsOf: SharedData.tokenizer(path))
    let texts = try Reference.all(SharedData.tokenizer(references))
    #expect(texts.count > 800)
    let found = differences(tokenizer, texts)
    #expect(found.isEmpty, "\(found.count) differ, first: \(found.prefix(3))")
  }
}
