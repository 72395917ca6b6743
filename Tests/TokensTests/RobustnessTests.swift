import Foundation
import TestSupport
import Testing

@testable import Tokens

@Suite("Broken and hostile files")
struct RobustnessTests {
  /// Makes of a file many that are cut short or changed in places, always the same ones.
  private func mutations(of bytes: [UInt8], count: Int) -> [[UInt8]] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(1, bound)
    }
    return (0..<count).map { index in
      var changed = bytes
      if index % 3 == 0 { changed.removeLast(random(bytes.count)) }
      for _ in 0...random(8) where !changed.isEmpty {
        changed[random(changed.count)] =
          index % 2 == 0 ? UInt8(random(256)) : 0x30 + UInt8(random(10))
      }
      return changed
    }
  }

  @Test(
    "A damaged tokenizer.json is an error or a tokenizer, never a crash",
    arguments: ["llama2", "roberta", "unigram-first", "wordpiece-split"])
  func json(name: String) throws {
    let bytes = try SharedData.bytes(SharedData.fixture(name + ".json"))
    for changed in mutations(of: bytes, count: 120) {
      guard let tokenizer = try? Tokenizer(json: changed) else { continue }
      let encoding = tokenizer.encode("A red apple, 빨간 사과 12 <s>")
      _ = tokenizer.ids("A red apple, 빨간 사과 12 <s>", maximumLength: 4)
      _ = tokenizer.decode(encoding.ids)
    }
  }

  @Test("A damaged SentencePiece model is an error or a tokenizer", arguments: ["unigram", "bpe"])
  func model(kind: String) throws {
    let bytes = try SharedData.bytes(SharedData.fixture("spm-\(kind).model"))
    for changed in mutations(of: bytes, count: 120) {
      guard let tokenizer = try? Tokenizer(sentencePiece: changed) else { continue }
      let encoding = tokenizer.encode("A red apple, 빨간 사과 12 ﬁ")
      _ = tokenizer.decode(encoding.ids)
    }
  }

  @Test(
    "What is wrong is said",
    arguments: [
      ("", "at byte 0, it is cut short"), ("{}", "it has no model"),
      ("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}", "merge 1"),
      ("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":2000000000},\"merges\":[]}}", "2000000000"),
      (String(repeating: "[", count: 5000), "nested too deep"),
    ])
  func reasons(json: String, reason: String) {
    #expect {
      try Tokenizer(json: Array(json.utf8))
    } throws: { error in
      (error as? TokenizerError)?.description.contains(reason) ?? false
    }
  }

  @Test("A decoder that takes away less than nothing takes away nothing")
  func negativeStrip() throws {
    // Found by the fuzzer: its decoder ends in a Strip from -255.
    let bytes = try SharedData.bytes(fixture("fuzz/decoder-strip.json"))
    let tokenizer = try Tokenizer(json: bytes)
    let ids = tokenizer.encode("the red apple").ids
    #expect(tokenizer.decode(ids) == " the red apple")
  }

  @Test("An error is one line of a size to be read, whatever a file says")
  func errorLines() {
    let name = String(repeating: "a\nb\u{1B}\u{2028}", count: 1000)
    let line = "\(TokenizerError.unsupported(part: "decoder", name: name))"
    #expect(line.utf8.count < 1600 && line.hasSuffix("…"))
    #expect(!line.contains { $0.isNewline || $0 == "\u{1B}" })
  }

  @Test("Unknown parts are named")
  func unsupported() {
    let json = #"{"normalizer":{"type":"Magic"},"model":{"type":"WordLevel","vocab":{"a":0}}}"#
    #expect(throws: TokenizerError.unsupported(part: "normalizer", name: "Magic")) {
      try Tokenizer(json: Array(json.utf8))
    }
  }

  @Test("A path that leads nowhere, or to something else, is an error")
  func paths() throws {
    #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: "/nowhere/at/all") }
    #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: #filePath) }
  }

  @Test("An expression that goes back without end still ends", .timeLimit(.minutes(1)))
  func backtracking() throws {
    let program = try PatternProgram("(a|aa|a?)+b")
    let text = Array(String(repeating: "a", count: 2000).utf8)
    var count = 0
    text.withUnsafeBufferPointer { bytes in
      program.forEachMatch(in: bytes, 0..<bytes.count) { _ in count += 1 }
    }
    #expect(count == 0)
  }
}
