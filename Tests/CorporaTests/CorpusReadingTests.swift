import Pictures
import TestSupport
import Testing

@testable import Corpora

@Suite("Reading a corpus")
struct CorpusReadingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test("JSONL gives captions by language, and paths relative to the file")
  func readsLines() throws {
    try folder.write("pictures/a.png", png())
    let path = try folder.write(
      "list.jsonl",
      """
      {"id": "a", "image": "pictures/a.png", "captions": {"en": ["A dog."], "ko": "개"}, \
      "concept": "dog", "split": "validation", "source": "here", "license": "CC0-1.0", "kind": "photo"}

      """)
    let corpus = try Corpus(opening: path)
    let sample = try #require(corpus.samples.first)
    #expect(corpus.problems.isEmpty)
    #expect(sample.id == "a")
    #expect(sample.captions == ["en": ["A dog."], "ko": ["개"]])
    #expect(sample.languages == ["en", "ko"])
    #expect(sample.concept == "dog")
    #expect(sample.split == "val")
    #expect(sample.source == "here")
    #expect(sample.license == "CC0-1.0")
    #expect(sample.kind == "photo")
    #expect(try corpus.picture(of: sample).width == 4)
  }

  @Test("BriVL's lines give Chinese captions and boxes; a box that is none is named and left out")
  func readsBoxes() throws {
    try folder.write("a.png", png())
    let path = try folder.write(
      "a.jsonl",
      #"{"image_id": "a.png", "sentences": [["alt_text", "红苹果"], ["content", "苹果"]], "#
        + #""bbox": [[0, 1, 2, 3], [1, 1, 0, 4], [0, 0, 4, 4.5]]}"#)
    let corpus = try Corpus(opening: path)
    #expect(corpus.samples[0].captions == ["zh": ["红苹果", "苹果"]])
    #expect(
      corpus.samples[0].boxes == [
        PictureBox(left: 0, top: 1, right: 2, bottom: 3),
        PictureBox(left: 0, top: 0, right: 4, bottom: 4.5),
      ])
    #expect(corpus.problems.map(\.description).joined().contains("1 of its boxes"))
  }

  @Test("Tags become canonical, whatever their case and separator")
  func canonicalTags() throws {
    try folder.write("a.png", png())
    let path = try folder.write(
      "a.jsonl", #"{"image": "a.png", "captions": {"ZH-hant": ["狗"], "pt_br": ["cão"]}}"#)
    #expect(try Corpus(opening: path).samples[0].languages == ["pt-BR", "zh-Hant"])
  }

  @Test("A table's rows about one picture are captions of one sample")
  func readsTables() throws {
    try folder.write("a.png", png())
    try folder.write("b.png", png())
    let path = try folder.write(
      "t.tsv", "filepath\ttitle\tlanguage\na.png\tA dog\ten\na.png\t개\tko\nb.png\tkatt\t\r\n")
    let corpus = try Corpus(opening: path)
    #expect(corpus.problems.isEmpty)
    #expect(corpus.samples.map(\.captions) == [["en": ["A dog"], "ko": ["개"]], ["und": ["katt"]]])
    #expect(corpus.samples.map(\.id) == ["a.png", "b.png"])
  }

  @Test("CSV may quote separators, quotes and line breaks; columns may have other names")
  func readsQuotedTables() throws {
    try folder.write("a.png", png())
    let path = try folder.write(
      "t.csv", "bild,\"was, genau\"\n\"a.png\",\"ein \"\"Hund\"\",\nder bellt\"\n")
    var options = CorpusOptions()
    options.columns.path = ["bild"]
    options.columns.caption = ["was, genau"]
    let corpus = try Corpus(opening: path, options: options)
    #expect(corpus.samples.map(\.captions) == [["und": ["ein \"Hund\",\nder bellt"]]])
  }

  @Test("A table without a column of pictures says which columns it has")
  func tableWithoutPaths() throws {
    let path = try folder.write("t.tsv", "foto\ttitle\nx\ty\n")
    let error = #expect(throws: CorpusError.self) { try Corpus(opening: path) }
    #expect(try #require(error).description.contains("foto, title"))
  }

  @Test("A folder of pictures has no captions, and that is no problem")
  func readsFolders() throws {
    try folder.write("z.png", png())
    try folder.write("in/a.JPG", png())
    try folder.write("notes.pdf", "x")
    let corpus = try Corpus(opening: folder.path)
    #expect(corpus.samples.map(\.id) == ["in/a.JPG", "z.png"])
    #expect(corpus.samples.allSatisfy { $0.captions.isEmpty })
    #expect(corpus.problems.isEmpty)
  }

  @Test("File names that differ only in composition stay apart")
  func unicodeNames() throws {
    try folder.write("\u{E9}.png", png())
    try folder.write("e\u{301}.png", png(red: 1))
    let corpus = try Corpus(opening: folder.path)
    #expect(corpus.samples.count == 2)
    #expect(corpus.problems.isEmpty)
    for sample in corpus.samples { #expect(try !corpus.bytes(of: sample).isEmpty) }
  }

  @Test("Captions lie beside pictures, as img2dataset writes files")
  func readsImg2datasetFiles() throws {
    try folder.write("00000/000000000.jpg", png())
    try folder.write("00000/000000000.txt", "a red ball\n")
    try folder.write(
      "00000/000000000.json", #"{"caption": "a red ball", "url": "http://x/y", "key": "000000000"}"#
    )
    try folder.write("00000_stats.json", "{}")
    let corpus = try Corpus(opening: folder.path)
    #expect(corpus.samples.map(\.captions) == [["und": ["a red ball"]]])
    #expect(corpus.samples.map(\.source) == ["http://x/y"])
  }

  @Test("Shards of img2dataset give the text, the language if there is a column, and the key")
  func readsImg2datasetShards() throws {
    _ = try tar(
      folder, "00000.tar",
      [
        ("000000000.jpg", png()), ("000000000.txt", Array("a ball".utf8)),
        (
          "000000000.json",
          Array(#"{"key": "000000000", "caption": "a ball", "LANGUAGE": "en"}"#.utf8)
        ),
        ("000000001.txt", Array("ein Ball".utf8)), ("000000001.jpg", png()),
        ("__meta__", Array("x".utf8)),
        ("folder/v1/000000002.seg.png", png()), ("folder/v1/000000002.txt", Array("x".utf8)),
      ])
    try folder.write("00000.parquet", "PAR1")
    try folder.write("00000_stats.json", "{}")
    let corpus = try Corpus(opening: folder.path)
    #expect(corpus.problems.isEmpty)
    #expect(corpus.samples.map(\.id) == ["000000000", "000000001", "folder/v1/000000002"])
    #expect(
      corpus.samples.map(\.captions) == [["en": ["a ball"]], ["und": ["ein Ball"]], ["und": ["x"]]])
    #expect(try corpus.bytes(of: corpus.samples[1]) == png())
  }

  @Test("Two shards may use one key, and samples keep the order of the shards")
  func duplicatesAcrossShards() throws {
    for number in 0..<70 {
      _ = try tar(
        folder, "\(100 + number).tar",
        [("\(number % 69).png", png()), ("\(number % 69).txt", Array("text \(number)".utf8))])
    }
    let corpus = try Corpus(opening: folder.path)
    #expect(corpus.samples.map(\.id) == (0..<69).map(String.init) + ["169/0"])
    #expect(corpus.samples.last?.captions == ["und": ["text 69"]])
    #expect(corpus.problems.isEmpty)
  }

  @Test("Shards may be named with braces")
  func readsBraces() throws {
    for number in ["00", "01", "02"] {
      _ = try tar(folder, "\(number).tar", [("\(number).jpg", png()), ("\(number).txt", [65])])
    }
    #expect(try Corpus(opening: folder.path + "/{00..01}.tar").samples.map(\.id) == ["00", "01"])
    #expect(throws: CorpusError.missing(path: folder.path + "/03.tar")) {
      try Corpus(opening: folder.path + "/{02..03}.tar")
    }
  }

  @Test(
    "The key of a member ends at the first dot of its name",
    arguments: [
      ("a/b.c/d.e.JPG", "a/b.c/d", "e.jpg"), ("x.json", "x", "json"),
    ])
  func keys(name: String, key: String, suffix: String) throws {
    let parts = try #require(ShardSamples.keyAndSuffix(name))
    #expect(parts.key == key)
    #expect(parts.suffix == suffix)
  }

  @Test(
    "Metadata, hidden files and names without a suffix are no members",
    arguments: [
      "__info__", "__x.y__", "a/.hidden", "README",
    ])
  func noKeys(name: String) {
    #expect(ShardSamples.keyAndSuffix(name) == nil)
  }

  @Test(
    "What is not there, or is nothing that is known, is told in one line",
    arguments: [
      "nothing", "x.bin", "x.parquet", "folder-of-parquet",
    ])
  func unknownForms(name: String) throws {
    if name == "folder-of-parquet" {
      try folder.write(name + "/0.parquet", "PAR1PAR1PAR1")
    } else if name != "nothing" {
      try folder.write(name, "x")
    }
    let error = #expect(throws: CorpusError.self) { try Corpus(opening: folder.path + "/" + name) }
    let text = try #require(error).description
    #expect(text.contains(name) && !text.contains("\n"))
    #expect(text.contains("not a Parquet file") == name.contains("parquet"))
  }

  @Test(
    "What is packed is told with what unpacks it, and hides no pictures beside it",
    arguments: [
      ("a.tar.gz", "gunzip"), ("a.TGZ", "gunzip"), ("a.csv.zst", "unzstd"), ("a.zip", "unzip"),
    ])
  func packed(name: String, tool: String) throws {
    let path = try folder.write("in/" + name, "x")
    for place in [path, folder.path] {
      let error = #expect(throws: CorpusError.self) { try Corpus(opening: place) }
      let text = try #require(error).description
      #expect(text.contains(name) && text.contains("“\(tool)”"))
    }
    try folder.write("b.png", png())
    #expect(try Corpus(opening: folder.path).samples.map(\.id) == ["b.png"])
  }

  @Test(
    "The shared pairs are read whole",
    .enabled(if: sharedPairs != nil, "the folder shared is not here"))
  func readsSharedPairs() throws {
    let corpus = try Corpus(opening: #require(sharedPairs))
    #expect(corpus.samples.count == 2749)
    #expect(corpus.problems.isEmpty)
    #expect(corpus.samples.reduce(0) { $0 + $1.captions.values.joined().count } == 249_369)
    #expect(corpus.languageCounts.count == 128)
    #expect(corpus.split("train").samples.count == 2148)
    #expect(Set(corpus.relevanceGroups).count == 2451)
  }
}
