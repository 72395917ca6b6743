import Corpora
import Foundation
import TestSupport
import Testing

@Suite("Collections without splits, and sentences without pictures")
struct SentencesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(_ name: String, _ text: String) throws -> String {
    let path = folder.path + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private let options = CorpusOptions(keepsCaptionsWithoutPictures: true)

  @Test("What names no splits is learned from as a whole; otherwise what is for training")
  func learningPart() throws {
    func corpus(_ splits: [String]) -> Corpus {
      Corpus(
        path: "",
        samples: splits.enumerated().map {
          Sample(id: "\($0)", captions: [:], split: $1, picture: .absent)
        })
    }
    #expect(corpus(["", ""]).learningPart.samples.count == 2)
    #expect(!corpus(["", ""]).hasSplits)
    #expect(corpus(["train", "test", ""]).learningPart.samples.map(\.id) == ["0"])
    #expect(corpus(["test"]).learningPart.samples.isEmpty)
  }

  @Test("Parallel sentences are read from JSONL, and from a table with a column for each language")
  func sentences() throws {
    let lines = try file(
      "s.jsonl",
      """
      {"captions": {"en": ["a red apple"], "ko": ["빨간 사과"]}}
      {"id": "two", "split": "test", "captions": {"en": ["a dog"], "sw": ["mbwa"]}}
      {"image": "gone.png", "captions": {"en": ["a cat"]}}
      """)
    let read = try Corpus(opening: lines, options: options)
    #expect(read.samples.map(\.languages) == [["en", "ko"], ["en", "sw"], ["en"]])
    #expect(read.samples.map(\.picture) == [.absent, .absent, .absent])
    #expect(read.problems.isEmpty)
    let table = try file(
      "s.tsv", "id\ten\tko\tzh-Hans\n1\ta red apple\t빨간 사과\t红苹果\n2\ta dog\t\t狗\n")
    let rows = try Corpus(opening: table, options: options)
    #expect(rows.samples.map(\.id) == ["1", "2"])
    #expect(
      rows.samples.map(\.captions) == [
        ["en": ["a red apple"], "ko": ["빨간 사과"], "zh-Hans": ["红苹果"]],
        ["en": ["a dog"], "zh-Hans": ["狗"]],
      ])
    #expect(throws: CorpusError.self) { try Corpus(opening: table) }
    #expect(throws: CorpusError.self) { try Corpus(opening: lines) }
    #expect(throws: CorpusError.self) { try rows.bytes(of: rows.samples[0]) }
  }

  @Test("A column that is no language is told, and the others are read")
  func badColumn() throws {
    let table = try file("s.tsv", "en\tnotes of mine\na dog\tgood\n")
    let read = try Corpus(opening: table, options: options)
    #expect(read.samples.map(\.captions) == [["en": ["a dog"]]])
    #expect(read.problems.count == 1)
  }

  @Test("What describes a collection has a digest: another caption, another digest")
  func contents() {
    func contents(_ caption: String, _ concept: String = "") -> String {
      Corpus(
        path: "x",
        samples: [
          Sample(id: "1", captions: ["en": [caption]], concept: concept, picture: .absent)
        ]
      ).contents
    }
    #expect(contents("a") == contents("a"))
    #expect(Set([contents("a"), contents("b"), contents("a", "c")]).count == 3)
  }
}
