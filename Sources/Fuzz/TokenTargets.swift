import Foundation
import Tokens

extension FuzzTarget {
  /// The readers of tokenizers.
  ///
  /// - Parameter fixtures: The folder `Tests/Fixtures`.
  static func tokens(_ fixtures: String) throws -> [FuzzTarget] {
    func target(
      _ name: String, _ file: String, _ seeds: [[UInt8]], _ words: [String] = [],
      layout: Layout = .plain, companions: [String: [UInt8]] = [:]
    ) -> FuzzTarget {
      let mutator = Mutator(seeds: seeds, words: words.map { Array($0.utf8) }, layout: layout)
      return FuzzTarget(
        name: name, mutator: mutator, fileName: file, companions: companions, read: readTokenizer)
    }
    let tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b", "사과", "##과", "é", "."]
    let vocabulary = Array((tokens.joined(separator: "\n") + "\n").utf8)
    let table = #"{"a":0,"b":1,"ab":2,"Ġ":3,"Ġab":4,"<|endoftext|>":5}"#
    let merges = Array("#version: 0.2\na b\nĠ ab\n".utf8)
    return [
      target(
        "tokenizer-json", "tokenizer.json",
        try seeds(fixtures + "/tokens") { $0.hasSuffix(".json") },
        [
          "{", "[", "null", "\"type\":\"Sequence\"", "\"normalizers\":[",
          "\"pattern\":{\"Regex\":\"",
          "(a+)+", "(?=", "\\\\p{L}", "{1,9999}", "\"vocab\":", "\"merges\":", "\\ud800", "true",
        ], layout: .json),
      target(
        "sentencepiece", "spiece.model", try seeds(fixtures + "/tokens") { $0.hasSuffix(".model") }),
      target("vocab", "vocab.txt", [vocabulary], ["[UNK]", "\n", "##", "\u{0}"]),
      target(
        "merges", "merges.txt", [merges], [" ", "\n"], companions: ["vocab.json": Array(table.utf8)]
      ),
      target(
        "vocab-json", "vocab.json", [Array(table.utf8)], ["{", "\\u"], layout: .json,
        companions: ["merges.txt": merges]),
      target("clip-vocab", "bpe_simple_vocab_16e6.txt.gz", [gzip(merges), gzip(vocabulary)]),
    ]
  }

  private static let texts = ["A red apple, 빨간 사과 12 <s>", "e\u{301}\u{0} \u{FFFD}🍎", ""]

  private static func readTokenizer(_ path: String) throws -> Outcome {
    let tokenizer: Tokenizer
    do { tokenizer = try Tokenizer(contentsOf: path) } catch {
      try check(error, isPromised: true)
      return .refused
    }
    for text in texts {
      let encoding = tokenizer.encode(text)
      _ = tokenizer.decode(encoding.ids)
      _ = tokenizer.ids(text, maximumLength: 4)
    }
    return .accepted
  }

  /// Bytes as a gzip file that does not compress them.
  private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    func little(_ number: UInt32, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
    }
    var checksum = ~UInt32(0)
    for byte in bytes {
      checksum ^= UInt32(byte)
      for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
    }
    let count = UInt32(bytes.count)
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1] + little(count, 2) + little(~count, 2) + bytes
      + little(~checksum, 4) + little(count, 4)
  }
}
