import Foundation
import Testing

@testable import Tokens

@Suite("Learning a vocabulary")
struct BPETrainerTests {
  private let texts = [
    "A red apple.", "a red apple on the table", "Red apples and green apples", "빨간 사과", "빨간 사과가 있다",
    "赤いりんご", "红色的苹果", "红色的苹果在桌子上", "تفاحة حمراء", "Красное яблоко", "Ｆｕｌｌ　ｗｉｄｔｈ",
  ]

  @Test("The tokenizer reads what was learnt, and gives the texts back")
  func reads() throws {
    let json = try BPETrainer(size: 360).train(texts)
    let tokenizer = try Tokenizer(json: json)
    #expect(tokenizer.vocabularySize <= 360)
    #expect(tokenizer.id(of: "<pad>") == 0)
    for text in texts + ["unseen ñandú 🍎 𒀀", "  two  spaces "] {
      let encoding = tokenizer.encode(text)
      #expect(tokenizer.ids(text).ids == encoding.ids)
      #expect(encoding.tokens.first == "<s>" && encoding.tokens.last == "</s>")
      let plain = text.precomposedStringWithCompatibilityMapping.lowercased()
        .split(separator: " ").joined(separator: " ")
      #expect(isSame(tokenizer.decode(encoding.ids), plain))
    }
  }

  @Test("The same texts give the same vocabulary, in whatever order")
  func deterministic() throws {
    let trainer = BPETrainer(size: 400)
    #expect(try trainer.train(texts) == trainer.train(texts.reversed()))
  }

  @Test("Frequent words become one token")
  func merges() throws {
    let tokenizer = try Tokenizer(json: BPETrainer(size: 400).train(texts))
    #expect(tokenizer.encode("apple", addSpecialTokens: false).tokens == ["▁apple"])
    #expect(tokenizer.encode("빨간 사과", addSpecialTokens: false).tokens == ["▁빨간", "▁사과"])
  }

  @Test("It matches what Hugging Face reads from the same file")
  func reference() throws {
    let tokenizer = try Tokenizer(contentsOf: SharedData.fixture("trained.json"))
    let references = try Reference.all(SharedData.fixture("trained.parity.jsonl"))
    let found = differences(tokenizer, references)
    #expect(found.isEmpty, "\(found.prefix(3).joined(separator: "\n"))")
    let corpus = try String(contentsOfFile: SharedData.fixture("corpus.txt"), encoding: .utf8)
    let json = try BPETrainer(size: 500).train(corpus.split(separator: "\n").map(String.init))
    #expect(try json == SharedData.bytes(SharedData.fixture("trained.json")))
  }

  @Test("What the progress throws ends the training")
  func cancels() {
    struct Enough: Error {}
    #expect(throws: Enough.self) { try BPETrainer(size: 400).train(texts) { _ in throw Enough() } }
  }

  @Test("A size that cannot be is refused")
  func tooSmall() {
    #expect(throws: BPETrainerError.tooSmall(size: 100, least: 261)) {
      try BPETrainer(size: 100).train(texts)
    }
  }
}

@Suite("Ids of a text")
struct TruncationTests {
  @Test("Truncation keeps what the template puts behind the text")
  func truncation() throws {
    let tokenizer = try Tokenizer(contentsOf: SharedData.fixture("trained.json"))
    let whole = tokenizer.ids("a red apple on the table").ids
    let (ids, isTruncated) = tokenizer.ids("a red apple on the table", maximumLength: 4)
    #expect(isTruncated && ids.count == 4)
    #expect(ids.dropLast() == whole.prefix(3) && ids.last == whole.last)
    #expect(!tokenizer.ids("a", maximumLength: 77).isTruncated)
    #expect(tokenizer.ids("a red apple", maximumLength: 0).ids.isEmpty)
  }

  @Test("Threads may share a tokenizer")
  func sharing() async throws {
    let tokenizer = try Tokenizer(contentsOf: SharedData.fixture("trained.json"))
    let wanted = tokenizer.encode("Red apples, 빨간 사과").ids
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<200).allSatisfy { _ in tokenizer.ids("Red apples, 빨간 사과").ids == wanted }
        }
      }
      for await isSame in group { #expect(isSame) }
    }
  }
}
