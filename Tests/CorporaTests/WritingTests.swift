import Files
import Foundation
import Pictures
import TestSupport
import Testing

@testable import Corpora

@Suite("Writing a collection")
struct WritingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func sample(_ id: String) -> Sample {
    Sample(
      id: id, captions: ["en": ["a \"dog\"\n\\ \u{1}"], "ko": ["개", "강아지"]], concept: "dog",
      split: "train", source: "s", license: "CC0-1.0", kind: "photo", keywords: ["en": ["pet"]],
      picture: .file(path: "x.png"))
  }

  private func write(_ name: String, _ ids: [String], samplesPerShard: Int = 2) throws
    -> CollectionDescription
  {
    let writer = try CollectionWriter(
      folder.path + "/" + name, name: name, origin: "test", samplesPerShard: samplesPerShard)
    for id in ids { try writer.add(sample(id), png()) }
    writer.addNote("NOTICE", "thanks")
    return try writer.finish()
  }

  @Test("What is written is read, with every field")
  func roundTrip() throws {
    let description = try write("c", ["a/b.c", "é", "third"])
    #expect(description.shards.map(\.samples) == [2, 1])
    #expect(description.languages == ["en": 3, "ko": 3])
    #expect(folder.names == ["c"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/c").sorted()
        == ["00000.tar", "00001.tar", "NOTICE", "collection.json"])
    let corpus = try Corpus(
      opening: folder.path + "/c", options: CorpusOptions(readsKeywords: true))
    #expect(corpus.problems.isEmpty)
    #expect(corpus.samples.map(\.id) == ["a/b.c", "é", "third"])
    for read in corpus.samples {
      var expected = sample(read.id)
      expected.picture = read.picture
      #expect(read == expected)
      #expect(try corpus.bytes(of: read) == png())
    }
    #expect(CollectionDescription(folder: folder.path + "/c") == description)
  }

  @Test("The same samples make the same bytes")
  func isDeterministic() throws {
    _ = try write("one", ["a", "b", "c"])
    _ = try write("two", ["a", "b", "c"])
    for shard in ["00000.tar", "00001.tar"] {
      #expect(
        try bytes(of: folder.path + "/one/" + shard) == bytes(of: folder.path + "/two/" + shard))
    }
  }

  @Test("An existing folder is never touched")
  func refusesExisting() throws {
    try folder.write("c/mine.txt", "x")
    #expect(throws: CorpusError.exists(path: folder.path + "/c")) { try write("c", ["a"]) }
    #expect(folder.names == ["c"])
  }

  @Test("Work that is given up leaves nothing")
  func leavesNothing() throws {
    do {
      let writer = try CollectionWriter(folder.path + "/c", name: "c", origin: "test")
      try writer.add(sample("a"), png())
      #expect(folder.names.count == 1)
    }
    #expect(folder.names.isEmpty)
    #expect(throws: CorpusError.self) { try write("c", []) }
    #expect(folder.names.isEmpty)
  }

  @Test("What a killed program left behind is removed by the next one, and nothing else is")
  func removesRemains() throws {
    try folder.write(".c.1x9fz.part/00000.tar", "half")
    let others = [".c.d.1x9fz.part/x", ".c.1x9fz.parts/x", ".cc.1x9fz.part/x", ".c.My.part/x"]
    for name in others { try folder.write(name, "x") }
    _ = try write("c", ["a"])
    #expect(folder.names == (others.map { String($0.dropLast(2)) } + ["c"]).sorted())
  }

  @Test("What another program is still writing stays, and the first to end wins")
  func leavesOthersAlone() throws {
    do {
      let slow = try CollectionWriter(folder.path + "/c", name: "c", origin: "slow")
      try slow.add(sample("a"), png())
      _ = try write("c", ["b"])
      #expect(folder.names.count == 2)
      #expect(throws: CorpusError.exists(path: folder.path + "/c")) { try slow.finish() }
    }
    #expect(folder.names == ["c"])
    #expect(CollectionDescription(folder: folder.path + "/c")?.origin == "test")
  }

  @Test(
    "A folder that cannot be written is one clear error",
    .enabled(if: FileManager.default.fileExists(atPath: "/proc/self"), "needs /proc"))
  func readOnlyFolder() throws {
    let error = #expect(throws: CorpusError.self) {
      try CollectionWriter("/proc/pictures", name: "c", origin: "test")
    }
    let text = try #require(error).description
    #expect(text.contains("/proc/pictures") && !text.contains("\n"))
  }

  @Test(
    "A full disk is one clear error",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
  func fullDisk() throws {
    let error = #expect(throws: FileError.self) {
      var tar = TarWriter(try OutputFile("/dev/full"))
      try tar.add("a", [UInt8](repeating: 1, count: 3 << 20))
      try tar.finish()
      try tar.sink.finish()
    }
    #expect(try #require(error).description.contains("No space left"))
  }

  @Test("A shard that is gone is named")
  func missingShard() throws {
    _ = try write("c", ["a", "b", "c"])
    try FileManager.default.removeItem(atPath: folder.path + "/c/00001.tar")
    let corpus = try Corpus(opening: folder.path + "/c")
    #expect(corpus.samples.count == 2)
    #expect(corpus.problems.map(\.place) == ["00001.tar"])
  }

  @Test("Any form becomes native shards, pictures made smaller when asked")
  func imports() throws {
    try folder.write("a.png", png(64, 32))
    let list = try folder.write(
      "l.jsonl",
      #"{"id": "a", "image": "a.png", "concept": "x", "captions": {"en": ["x"], "ko": ["y"]}}"#)
    let corpus = try Corpus(opening: list)
    var options = ImportOptions(output: folder.path + "/whole")
    options.splitsByConcept = true
    _ = try importCorpus(corpus, options)
    let whole = try Corpus(opening: options.output)
    #expect(try whole.bytes(of: whole.samples[0]) == png(64, 32))
    #expect(whole.samples[0].captions == corpus.samples[0].captions)
    #expect(whole.samples[0].split == ConceptRule.split(ofConcept: "x"))
    options.output = folder.path + "/small"
    options.longSide = 16
    _ = try importCorpus(corpus, options)
    let small = try Corpus(opening: options.output)
    let picture = try small.picture(of: small.samples[0])
    #expect(sides(picture) == [16, 8])
  }

  @Test("A cache holds small pictures, on white squares when asked")
  func cache() throws {
    try folder.write("a.png", png(64, 32))
    try folder.write("b.png", png(8, 8))
    let corpus = try Corpus(opening: folder.path)
    let cache = PictureCache(corpus, PictureCache.Settings(longSide: 16))
    #expect(cache.pictures.map(sides) == [[16, 8], [8, 8]])
    #expect(cache.byteCount == 3 * (16 * 8 + 64))
    let squares = PictureCache(
      corpus, PictureCache.Settings(longSide: 16, padsToSquare: true, threads: 1))
    #expect(squares.pictures.map(sides) == [[16, 16], [8, 8]])
    #expect(Array(squares.pictures[0].pixels.prefix(3)) == [255, 255, 255])
  }

  @Test("A report counts by language, split, source and license")
  func report() throws {
    _ = try write("c", ["a", "b", "c"])
    let report = CorpusReport(try Corpus(opening: folder.path + "/c"))
    #expect(report.pictures == 3 && report.captions == 9 && report.concepts == 1)
    #expect(report.languages.map(\.name) == ["en", "ko"])
    #expect(report.languages.map(\.captions) == [3, 6])
    #expect(report.languages[1].meanLength == 2)
    #expect(report.splits.map(\.name) == ["train"])
    let table = report.table { $0 == "ko" ? "Korean" : nil }
    #expect(table.contains("3 pictures, 9 captions, 2 languages, 1 concepts"))
    #expect(table.contains("ko  Korean"))
    #expect(
      try JSONDecoder().decode(CorpusReport.self, from: JSONEncoder().encode(report)) == report)
  }
}
