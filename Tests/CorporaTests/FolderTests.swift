import Files
import Foundation
import TestSupport
import Testing

@testable import Corpora

@Suite("A folder of pictures among other things")
struct FolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func corpus(keepsAll: Bool = true) throws -> Corpus {
    try Corpus(
      opening: folder.path, options: CorpusOptions(keepsPicturesWithoutCaptions: keepsAll))
  }

  private func passedOver(_ corpus: Corpus, _ kind: PassedOver.Kind) -> [String] {
    corpus.passedOver.filter { $0.kind == kind }.map(\.name)
  }

  @Test("A table, a list, an archive or a page in it changes nothing, and is told")
  func strayFiles() throws {
    for name in ["a.png", "b.png", "2021/c.png"] { try folder.write(name, png()) }
    try folder.write("budget.csv", "date,amount\n2024-01-01,12\n")
    try folder.write("rows.tsv", "a\tb\n1\t2\n")
    try folder.write("chat.jsonl", "{\"role\": \"user\"}\n")
    try folder.write("2021/metadata.xml", "<x/>")
    try folder.write("notes.json", "{}")
    _ = try tar(folder, "backup.tar", [("x.png", png()), ("x.txt", [65])])
    let corpus = try corpus()
    #expect(corpus.samples.map(\.id) == ["2021/c.png", "a.png", "b.png"])
    #expect(corpus.problems.isEmpty)
    #expect(passedOver(corpus, .list) == ["budget.csv", "chat.jsonl", "rows.tsv"])
    #expect(passedOver(corpus, .archive) == ["backup.tar"])
    #expect(
      corpus.passedOver.summary == [
        "Passed over: 2 files that hold no picture (1 .json, 1 .xml).",
        "budget.csv: it does not list these pictures and is ignored.",
        "chat.jsonl: it does not list these pictures and is ignored.",
        "rows.tsv: it does not list these pictures and is ignored.",
        "backup.tar: an archive among pictures is ignored; name it to read what is in it.",
      ])
    #expect(try Corpus(opening: folder.path + "/backup.tar").samples.map(\.id) == ["x"])
  }

  @Test("metadata.jsonl adds captions and hides no picture; a missing one is named")
  func metadata() throws {
    for name in ["p0.png", "p1.png", "train/p0.png"] { try folder.write(name, png()) }
    try folder.write(
      "metadata.jsonl",
      #"{"file_name": "p0.png", "text": "one"}"# + "\n" + #"{"file_name": "no.png", "text": "x"}"#)
    try folder.write("train/metadata.jsonl", #"{"file_name": "p0.png", "text": "two"}"#)
    let corpus = try corpus()
    #expect(corpus.samples.map(\.id) == ["p0.png", "train/p0.png", "p1.png"])
    #expect(corpus.samples.map { $0.captions["und"] } == [["one"], ["two"], nil])
    #expect(corpus.problems.map(\.kind) == [.missingPicture])
    #expect(corpus.problems.first?.description.contains("no.png") == true)
    // Who wants captions gets what has some, and is told of the others.
    let captioned = try self.corpus(keepsAll: false)
    #expect(captioned.samples.map(\.id) == ["p0.png", "train/p0.png"])
    #expect(passedOver(captioned, .unlisted) == ["p1.png"])
  }

  @Test("One list that names pictures in folders below is used; of two that do, neither is")
  func lists() throws {
    for name in ["images/a.png", "images/b.png"] { try folder.write(name, png()) }
    let line = #"{"id": "first", "image": "./images/a.png", "captions": {"en": ["x"]}}"#
    try folder.write("list.jsonl", line)
    try folder.write("budget.csv", "date,amount\n1,2\n")
    #expect(try corpus().samples.map(\.id) == ["first", "images/b.png"])
    try folder.write("more.jsonl", line)
    let both = try corpus()
    #expect(both.samples.map(\.id) == ["images/a.png", "images/b.png"])
    #expect(
      both.passedOver.filter { $0.kind == .list }.map(\.description).last
        == "more.jsonl: one of 2 lists of these pictures, and ignored; name the one to use.")
    try folder.write("captions.jsonl", line)
    #expect(try corpus().samples.map(\.id) == ["first", "images/b.png"])
  }

  @Test("Shards with a picture or a list beside them stay shards")
  func shards() throws {
    for number in 0..<2 {
      _ = try tar(
        folder, "\(number).tar", [("\(number).png", png()), ("\(number).txt", [65])])
    }
    try folder.write("preview.png", png())
    try folder.write("urls.csv", "url\nx\n")
    let corpus = try corpus()
    #expect(corpus.samples.map(\.id) == ["0", "1"])
    #expect(passedOver(corpus, .unlisted) == ["preview.png"])
    #expect(passedOver(corpus, .list) == ["urls.csv"])
  }

  @Test("What a file holds decides, not its suffix")
  func suffixes() throws {
    for name in ["a.jfif", "b.jpe", "c", "d.old", "e.NEF"] { try folder.write(name, png()) }
    try folder.write("f.ppm", Array("P6 1 1 255\n".utf8) + [1, 2, 3])
    try folder.write("g", "P1 is the first of the notes.")
    try folder.write("h.NEF", [0x49, 0x49, 0x2A, 0] + [UInt8](repeating: 0, count: 40))
    try folder.write("i.jxl", [0xFF, 0x0A, 1, 2])
    try folder.write("j.mp4", "film")
    let corpus = try corpus()
    #expect(corpus.samples.map(\.id) == ["a.jfif", "b.jpe", "c", "d.old", "e.NEF", "f.ppm"])
    #expect(CorpusCheck(corpus).good == 6)
    #expect(
      corpus.problems.map(\.description) == [
        "h.NEF: a camera's raw picture is not read.", "i.jxl: JPEG XL is not read.",
      ])
    #expect(
      corpus.passedOver.summary
        == ["Passed over: 2 files that hold no picture (1 without a suffix, 1 .mp4)."])
  }

  @Test("Broken, foreign and repeated notes hide no picture")
  func notes() throws {
    for name in ["a", "b", "c", "d", "e", "F"] { try folder.write(name + ".png", png()) }
    try folder.write("a.json", "[1]")
    try folder.write("b.json", "{cut")
    try folder.write("c.txt", [0x63, 0x61, 0x66, 0xE9])
    for name in ["d", "e"] { try folder.write(name + ".json", #"{"id": "1", "title": "d.png"}"#) }
    try folder.write("F.TXT", "a caption")
    let corpus = try corpus()
    #expect(corpus.samples.map(\.id) == ["F.png", "a.png", "b.png", "c.png", "1", "e.png"])
    #expect(
      corpus.samples.map(\.captions).filter { !$0.isEmpty } == [
        ["und": ["a caption"]], ["und": ["d.png"]],
      ])
    #expect(corpus.problems.map(\.place) == ["a.json", "b.json", "c.txt", "e.png"])
    #expect(corpus.problems.map(\.kind) == [.badRecord, .badRecord, .wrongEncoding, .duplicateID])
  }

  @Test("A folder that holds no picture says what it holds")
  func empty() throws {
    try folder.write("a.pdf", "x")
    try folder.write("b.mp4", "x")
    let error = #expect(throws: CorpusError.self) { try corpus() }
    #expect(
      try #require(error).description
        == folder.path + " holds no pictures. "
        + "Passed over: 2 files that hold no picture (1 .mp4, 1 .pdf).")
  }

  @Test("Braces in the names of what is there are a part of its name")
  func braces() throws {
    try folder.write("trip {2001..2003}/{0..3}.png", png())
    try folder.write("trip {2001..2003}/b.png", png())
    let trip = folder.path + "/trip {2001..2003}"
    #expect(try Corpus(opening: trip).samples.map(\.id) == ["b.png", "{0..3}.png"])
    #expect(try Corpus(opening: trip + "/{0..3}.png").samples.count == 1)
    _ = try tar(folder, "trip {2001..2003}/7.tar", [("x.png", png()), ("x.txt", [65])])
    #expect(try Corpus(opening: trip + "/{7..7}.tar").samples.map(\.id) == ["x"])
  }

  @Test("Texts beside a picture with a language in their names are captions in it")
  func textsByLanguage() throws {
    for name in ["a.png", "a.de.png", "trip.v1/b.png"] { try folder.write(name, png()) }
    for name in ["a.txt", "a.ko.txt", "a.zh_Hans.txt", "a.de.txt", "trip.v1/b.sw.txt"] {
      try folder.write(name, name)
    }
    let corpus = try Corpus(opening: folder.path)
    #expect(corpus.samples.map(\.id) == ["a.de.png", "a.png", "trip.v1/b.png"])
    #expect(
      corpus.samples.map(\.captions) == [
        ["und": ["a.de.txt"]],
        ["und": ["a.txt"], "ko": ["a.ko.txt"], "zh-Hans": ["a.zh_Hans.txt"]],
        ["sw": ["trip.v1/b.sw.txt"]],
      ])
    #expect(corpus.problems.isEmpty && corpus.passedOver.isEmpty)
  }
}
