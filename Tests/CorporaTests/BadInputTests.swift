import Foundation
import TestSupport
import Testing

@testable import Corpora

@Suite("A corpus with faults")
struct BadInputTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("good.png", png())
    try folder.write("other.png", png())
  }

  private static let good = #"{"id": "good", "image": "good.png", "captions": {"en": ["fine"]}}"#

  /// Opens lines that hold one good sample too.
  private func corpus(_ lines: [UInt8]...) throws -> Corpus {
    var bytes = Array(Self.good.utf8)
    for line in lines { bytes += [0x0A] + line }
    return try Corpus(opening: folder.write("list.jsonl", bytes))
  }

  private func line(
    _ captions: String, id: String = "bad", picture: String = "good.png"
  ) -> [UInt8] {
    Array(#"{"id": "\#(id)", "image": "\#(picture)", "captions": \#(captions)}"#.utf8)
  }

  private func expectOne(
    _ corpus: Corpus, _ kind: CorpusProblem.Kind, naming text: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(corpus.problems.map(\.kind) == [kind], sourceLocation: sourceLocation)
    let words = corpus.problems.first?.description ?? ""
    #expect(words.contains(text), "\(words)", sourceLocation: sourceLocation)
    #expect(!words.contains("\n"), sourceLocation: sourceLocation)
    #expect(corpus.samples.first?.id == "good", sourceLocation: sourceLocation)
  }

  @Test(
    "An empty caption is named; the others of its sample stay",
    arguments: [
      #"{"en": ["", "dog"]}"#, #"{"en": ["dog"], "ko": [" \u200b\u00a0"]}"#,
      #"{"en": ["dog"], "ko": []}"#,
      #"{"en": ["dog"], "ko": null}"#,
    ])
  func emptyCaption(captions: String) throws {
    let corpus = try corpus(line(captions))
    expectOne(corpus, .emptyCaption, naming: "bad")
    #expect(corpus.samples.map(\.captions).last == ["en": ["dog"]])
  }

  @Test("A duplicate id is named, and the first stays")
  func duplicateID() throws {
    let corpus = try corpus(
      line(#"{"en": ["one"]}"#), line(#"{"en": ["two"]}"#, picture: "other.png"))
    expectOne(corpus, .duplicateID, naming: "list.jsonl line 3")
    #expect(corpus.samples.map(\.captions) == [["en": ["fine"]], ["en": ["one"]]])
  }

  @Test(
    "An unknown language tag is named with its sample", arguments: ["xx-nothing-!", "qqx1", ""])
  func unknownLanguage(tag: String) throws {
    let corpus = try corpus(line(#"{"\#(tag)": ["one"], "ko": ["개"]}"#))
    expectOne(corpus, .badLanguage, naming: "bad")
    #expect(corpus.samples.map(\.captions).last == ["ko": ["개"]])
  }

  @Test(
    "A line that is no object, or no JSON, is named by its number",
    arguments: [
      "[1, 2]", "\"text\"", "{\"id\": ", "{} x", "nonsense",
    ])
  func badRecords(text: String) throws {
    expectOne(try corpus(Array(text.utf8)), .badRecord, naming: "list.jsonl line 2")
  }

  @Test("Captions of a wrong kind are named", arguments: ["3", #"{"en": 3}"#, #"{"en": [1]}"#])
  func badCaptions(captions: String) throws {
    expectOne(try corpus(line(captions)), .badRecord, naming: "bad")
  }

  @Test("A line in Latin-1 is named, and the rest goes on")
  func latin1Line() throws {
    let bad = line("{\"fr\": [\"caf").dropLast() + [0xE9] + Array("\"]}}".utf8)
    let corpus = try corpus(Array(bad), line(#"{"en": ["dog"]}"#, id: "after"))
    expectOne(corpus, .wrongEncoding, naming: "0xE9")
    #expect(corpus.samples.map(\.id) == ["good", "after"])
  }

  @Test("A file in UTF-16 is refused with the way to convert it")
  func utf16File() throws {
    let path = try folder.write(
      "list.jsonl", [0xFF, 0xFE] + Self.good.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
    let error = #expect(throws: CorpusError.self) { try Corpus(opening: path) }
    #expect(try #require(error).description.contains("iconv -f UTF-16"))
  }

  @Test("A byte order mark of UTF-8 is no fault")
  func utf8Mark() throws {
    let path = try folder.write("list.jsonl", TextEncoding.utf8Mark + Array(Self.good.utf8))
    #expect(try Corpus(opening: path).samples.count == 1)
  }

  @Test("A missing picture is named")
  func missingPicture() throws {
    let corpus = try corpus(
      Array(#"{"id": "bad", "image": "no.png", "captions": {"en": ["x"]}}"#.utf8))
    expectOne(corpus, .missingPicture, naming: "no.png")
  }

  @Test("A table row of another length or encoding is named")
  func tableRows() throws {
    let bytes = Array("filepath\ttitle\ngood.png\tfine\nx.png\n".utf8) + [0x67, 0x09, 0xFC, 0x0A]
    let corpus = try Corpus(opening: folder.write("t.tsv", bytes))
    #expect(corpus.problems.map(\.kind) == [.badRecord, .wrongEncoding])
    #expect(corpus.problems.map(\.place) == ["t.tsv line 3", "t.tsv line 4"])
    #expect(corpus.samples.count == 1)
  }

  @Test("A broken picture is found by a check and left out of a cache and an import")
  func brokenPicture() throws {
    try folder.write("broken.png", Array(png(40, 40).prefix(60)))
    let path = try folder.write(
      "b.jsonl",
      Self.good + "\n" + #"{"id": "bad", "image": "broken.png", "captions": {"en": ["x"]}}"#)
    let corpus = try Corpus(opening: path)
    let check = CorpusCheck(corpus)
    #expect(check.good == 1)
    #expect(check.problems.map(\.kind) == [.brokenPicture])
    #expect(check.problems.map(\.place) == ["bad"])
    #expect(check.summary.contains("1 broken picture"))
    let cache = PictureCache(corpus)
    #expect(cache.samples.map(\.id) == ["good"])
    #expect(cache.problems == check.problems)
    let report = try importCorpus(corpus, ImportOptions(output: folder.path + "/native"))
    #expect(report.description.samples == 1)
    #expect(report.problems == check.problems)
  }

  @Test("All kinds at once are counted in one line")
  func summary() throws {
    let corpus = try corpus(
      line(#"{"en": ["", "dog"]}"#), line(#"{"en": ["twice"]}"#, picture: "other.png"),
      line(#"{"en": ["thrice"]}"#, picture: "./good.png"),
      Array("[]".utf8), line("{}", id: "silent"))
    #expect(
      corpus.problems.summary
        == "Left out: 1 empty caption, 1 picture without captions, 2 duplicate ids, "
        + "1 unreadable record.")
    #expect([CorpusProblem]().summary == nil)
  }

  @Test("Control characters cannot break the line of a problem")
  func oneLineEach() {
    let problem = CorpusProblem(.badRecord, "a\nb\u{1B}", "c\r\nd.")
    #expect(problem.description == "a\\nb\\u{1B}: c  d.")
  }

  @Test("Pictures without captions are kept when asked for")
  func keepsUncaptioned() throws {
    let path = try folder.write("a.jsonl", #"{"image": "good.png"}"#)
    #expect(throws: CorpusError.self) { try Corpus(opening: path) }
    let options = CorpusOptions(keepsPicturesWithoutCaptions: true)
    #expect(try Corpus(opening: path, options: options).samples.map(\.id) == ["good.png"])
  }
}
