import Pictures
import TestSupport
import Testing

@testable import Corpora

@Suite("Tar shards")
struct ShardTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Opens a shard of files with these names; a text says its own name, and pictures differ in size.
  private func corpus(_ names: [String], learns: Bool = true) throws -> Corpus {
    let members = try names.enumerated().map { number, name -> (String, [UInt8]) in
      let isText = name.lowercased().hasSuffix("txt")
      return (name, isText ? Array(name.utf8) : try png(number + 1, 1))
    }
    let path = try tar(folder, "s.tar", members)
    return try Corpus(
      opening: path, options: CorpusOptions(keepsPicturesWithoutCaptions: !learns))
  }

  private func expect(
    _ names: [String], ids: [String], captions: [[String: [String]]],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let corpus = try corpus(names)
    #expect(corpus.problems.isEmpty, sourceLocation: sourceLocation)
    #expect(corpus.samples.map(\.id) == ids, sourceLocation: sourceLocation)
    #expect(corpus.samples.map(\.captions) == captions, sourceLocation: sourceLocation)
  }

  @Test("Texts of one key with a language in their names are captions in it")
  func languages() throws {
    try expect(
      ["1.png", "1.en.txt", "1.ko.txt", "1.zh_Hans.txt"], ids: ["1"],
      captions: [["en": ["1.en.txt"], "ko": ["1.ko.txt"], "zh-Hans": ["1.zh_Hans.txt"]]])
    // Other words are no languages, even where they are some language's code.
    try expect(
      ["1.blip.txt", "1.raw.txt", "1.png", "1.txt"], ids: ["1"],
      captions: [["und": ["1.blip.txt", "1.raw.txt", "1.txt"]]])
  }

  @Test("A text in a language is added to what the record says; one without is the record's again")
  func textsBesideRecords() throws {
    let record = #"{"id": "x", "captions": {"en": ["red"]}}"#
    let path = try tar(
      folder, "s.tar",
      [
        ("1.png", png()), ("1.json", Array(record.utf8)), ("1.txt", Array("red".utf8)),
        ("1.ko.txt", Array("빨강".utf8)),
      ])
    let sample = try #require(try Corpus(opening: path).samples.first)
    #expect(sample.id == "x")
    #expect(sample.captions == ["en": ["red"], "ko": ["빨강"]])
  }

  @Test("Names with dots, as people give them, are one picture each with its own text")
  func dottedNames() throws {
    let names = ["IMG_2024.01.02", "IMG_2024.01.03", "photo", "photo.final"]
    try expect(
      names.flatMap { ["trip.v1/\($0).PNG", "trip.v1/\($0).txt"] },
      ids: names.map { "trip.v1/" + $0 },
      captions: names.map { ["und": ["trip.v1/\($0).txt"]] })
    // The text of a picture's own name is its own, though the name ends like a language's code.
    try expect(
      ["a.de.png", "a.de.txt", "a.png", "a.ko.txt"], ids: ["a.de", "a"],
      captions: [["und": ["a.de.txt"]], ["ko": ["a.ko.txt"]]])
  }

  @Test("One picture has the key as webdataset has it, whatever its suffixes are")
  func onePicture() throws {
    try expect(
      ["1.seg.png", "1.txt", "1.cls"], ids: ["1"], captions: [["und": ["1.txt"]]])
  }

  @Test("Several pictures of a key are a sample each, with what is said of all of them")
  func severalPictures() throws {
    try expect(
      ["1.left.png", "1.right.png", "1.txt"], ids: ["1.left", "1.right"],
      captions: [["und": ["1.txt"]], ["und": ["1.txt"]]])
    try expect(
      ["1.jpg", "1.png", "1.txt"], ids: ["1", "1.png"],
      captions: [["und": ["1.txt"]], ["und": ["1.txt"]]])
    let path = try tar(
      folder, "s.tar",
      [
        ("1.left.png", png(1)), ("1.right.png", png(2)),
        ("1.json", Array(#"{"id": "x", "caption": "both"}"#.utf8)),
      ])
    let corpus = try Corpus(opening: path)
    #expect(corpus.samples.map(\.id) == ["1.left", "1.right"])
    #expect(try corpus.samples.map { try corpus.picture(of: $0).width } == [1, 2])
    #expect(corpus.problems.isEmpty)
  }

  @Test("A picture without a text of its own is named, or kept where pictures suffice")
  func pictureBesideOthers() throws {
    let names = ["1.depth.png", "1.png", "1.txt"]
    let learned = try corpus(names)
    #expect(learned.samples.map(\.id) == ["1"])
    #expect(learned.problems.map(\.place) == ["1.depth"])
    let indexed = try corpus(names, learns: false)
    #expect(indexed.samples.map(\.id) == ["1.depth", "1"])
    #expect(indexed.samples.map(\.captions) == [[:], ["und": ["1.txt"]]])
    #expect(indexed.problems.isEmpty)
  }

  @Test("A text that belongs to no picture of its key is named")
  func unusedText() throws {
    let corpus = try corpus(["1.a.png", "1.a.txt", "1.b.png", "1.b.txt", "1.c.txt"])
    #expect(corpus.samples.map(\.id) == ["1.a", "1.b"])
    #expect(corpus.problems.map(\.place) == ["s.tar:1.c.txt"])
  }

  @Test("A broken record or text is named and hides no picture")
  func brokenSidecars() throws {
    let path = try tar(
      folder, "s.tar",
      [
        ("1.png", png()), ("1.json", Array("{".utf8)), ("2.png", png()), ("2.txt", [0xE9]),
        ("3.png", png()), ("3.json", Array("[]".utf8)), ("3.txt", Array("red".utf8)),
      ])
    let indexed = try Corpus(
      opening: path, options: CorpusOptions(keepsPicturesWithoutCaptions: true))
    #expect(indexed.samples.map(\.id) == ["1", "2", "3"])
    #expect(indexed.problems.map(\.place) == ["s.tar:1.json", "s.tar:2.txt", "s.tar:3.json"])
    let learned = try Corpus(opening: path)
    #expect(learned.samples.map(\.captions) == [["und": ["red"]]])
    #expect(learned.problems.count == 3)
  }

  @Test("Runs of img2dataset with the same keys are all kept, with their folders in the ids")
  func severalRuns() throws {
    for (run, red) in [("run1", UInt8(1)), ("run2", 2)] {
      try folder.write("\(run)/empty.txt", "")
      _ = try tar(
        folder, run + "/00000.tar",
        [
          ("000000000.png", png(red: red)), ("000000000.txt", Array(run.utf8)),
          ("000000000.json", Array(#"{"key": "000000000", "caption": "\#(run)"}"#.utf8)),
        ])
    }
    let corpus = try Corpus(opening: folder.path)
    #expect(corpus.problems.isEmpty)
    #expect(corpus.samples.map(\.id) == ["000000000", "run2/00000/000000000"])
    #expect(corpus.samples.map(\.captions) == [["und": ["run1"]], ["und": ["run2"]]])
    #expect(try corpus.bytes(of: corpus.samples[1]) == png(red: 2))
  }

  @Test("Archives that cat joined are read to the last, and what else follows the end is none")
  func joinedArchives() throws {
    let parts = try ["a", "b"].map { name in
      try bytes(of: tar(folder, name + ".tar", [(name + ".png", png()), (name + ".txt", [0x61])]))
    }
    for rest in [[], [UInt8](repeating: 0x41, count: 700), [UInt8](repeating: 0, count: 3 << 20)] {
      let path = try folder.write("s.tar", parts[0] + parts[1] + rest)
      let corpus = try Corpus(opening: path)
      #expect(corpus.samples.map(\.id) == ["a", "b"])
      #expect(corpus.problems.isEmpty)
      #expect(try corpus.bytes(of: corpus.samples[1]) == png())
    }
  }
}
