import Foundation
import Pictures
import TestSupport
import Testing

@testable import Corpora

@Suite("Parquet")
struct ParquetTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for number in 0..<20 { try folder.write("p\(number).png", png(red: UInt8(number))) }
  }

  private let options = CorpusOptions(keepsPicturesWithoutCaptions: true)

  /// A fixture, copied to where the pictures are.
  private func copy(_ name: String) throws -> String {
    try folder.write(name, bytes(of: fixture("corpora/parquet/" + name)))
  }

  @Test(
    "Captions are read in every encoding and compression that pyarrow and pandas use by themselves",
    arguments: [
      "none", "snappy", "gzip", "zstd", "v2", "plain", "groups", "delta", "pandas",
    ])
  func captions(name: String) throws {
    let corpus = try Corpus(opening: copy(name + ".parquet"), options: options)
    let expected = try JSONDecoder().decode(
      [String?].self, from: Data(bytes(of: fixture("corpora/parquet/captions.json"))))
    #expect(corpus.samples.map(\.id) == (100..<120).map(String.init))
    for (number, (sample, caption)) in zip(corpus.samples, expected).enumerated() {
      let language = number == 1 ? "ko" : "en"
      let wanted = caption.flatMap { $0.isEmpty ? nil : [language: [$0]] } ?? [:]
      #expect(sample.captions == wanted, "\(number)")
      #expect(fileName(sample.picture.path) == "p\(number).png")
    }
    // One caption is empty and one is missing.
    #expect(corpus.problems.map(\.kind) == [.emptyCaption, .emptyCaption])
  }

  @Test("Every column is read that has an encoding which is read, and the others are named")
  func columns() throws {
    for name in ["snappy", "v2", "delta"] {
      let parquet = try ParquetFile(InputFile(fixture("corpora/parquet/\(name).parquet")))
      #expect(
        parquet.columns.map(\.name) == ["file_name", "caption", "language", "id", "share", "flag"])
      func texts(_ column: Int) throws -> [String] {
        try parquet.values(column, in: parquet.groups[0]).joined().map { try $0.text.get() }
      }
      #expect(try texts(3) == (100..<120).map(String.init))
      #expect(try texts(5) == (0..<20).map { $0 % 3 == 0 ? "true" : "false" })
      if name == "delta" {
        let fault = #expect(throws: ParquetFault.self) { try texts(4) }
        #expect(try #require(fault).reason.contains("“share” has the encoding BYTE_STREAM_SPLIT"))
      } else {
        #expect(try texts(4) == (0..<20).map { String(Double($0) / 4) })
      }
    }
  }

  @Test("Lists are several captions, and columns by language are captions in it")
  func lists() throws {
    let corpus = try Corpus(opening: copy("lists.parquet"), options: options)
    #expect(
      corpus.samples.map(\.captions) == [
        ["und": ["one", "two"], "ko": ["하나"]], [:], ["ko": ["둘"]],
        ["und": ["three", "four"], "ko": ["셋"]],
      ])
    #expect(corpus.samples.map(\.id) == (0..<4).map { "p\($0).png" })
    #expect(corpus.problems.isEmpty)
  }

  @Test("Pictures inside are read, as Hugging Face's data sets and img2dataset write them")
  func pictures() throws {
    for name in ["train-00000-of-00001", "dictionary", "img2dataset"] {
      let corpus = try Corpus(opening: fixture("corpora/parquet/\(name).parquet"))
      let isOfSet = name != "img2dataset"
      #expect(corpus.problems.isEmpty)
      #expect(corpus.samples.map { $0.captions["und"] } == (0..<20).map { ["picture \($0)"] })
      for (number, sample) in corpus.samples.enumerated() {
        let id =
          isOfSet
          ? "p\(number).png" : String(repeating: "0", count: 9 - "\(number)".count) + "\(number)"
        #expect(sample.split == (name.hasPrefix("train") ? "train" : ""))
        if isOfSet, number == 3 {
          // This row has no picture.
          #expect(sample.id == "\(name)/4")
          #expect(throws: CorpusError.self) { try corpus.bytes(of: sample) }
        } else {
          #expect(sample.id == id)
          #expect(try sides(corpus.picture(of: sample)) == [number + 1, 1], "\(name) \(number)")
        }
      }
      let check = CorpusCheck(corpus)
      #expect(check.good == (isOfSet ? 19 : 20))
    }
  }

  @Test("A data set's folder is one collection, and img2dataset's table beside shards is none")
  func folders() throws {
    let set = try TemporaryFolder()
    let inside = try bytes(of: fixture("corpora/parquet/train-00000-of-00001.parquet"))
    try set.write("README.md", "x")
    try set.write("data/train-00000-of-00001.parquet", inside)
    try set.write("data/validation-00000-of-00001.parquet", inside)
    let corpus = try Corpus(opening: set.path)
    #expect(corpus.samples.count == 40)
    #expect(corpus.problems.isEmpty)
    #expect(corpus.samples.map(\.split) == (0..<40).map { $0 < 20 ? "train" : "val" })
    #expect(Set(corpus.samples.map(\.id)).count == 40)
    _ = try tar(set, "00000.tar", [("1.png", png()), ("1.txt", [65])])
    #expect(try Corpus(opening: set.path).samples.map(\.id) == ["1"])
  }

  @Test(
    "What is not read is named, with what to do",
    arguments: [("brotli", "Brotli"), ("lz4", "LZ4")])
  func compressions(name: String, word: String) throws {
    let error = #expect(throws: CorpusError.self) {
      try Corpus(opening: copy(name + ".parquet"))
    }
    let text = try #require(error).description
    #expect(text.contains(word) && text.contains("zstd") && !text.contains("\n"))
  }

  @Test("A file that is cut anywhere is refused in a line")
  func cut() throws {
    let whole = try bytes(of: fixture("corpora/parquet/snappy.parquet"))
    for length in stride(from: 0, to: whole.count, by: 13) {
      let path = try folder.write("cut.parquet", Array(whole.prefix(length)))
      let error = #expect(throws: CorpusError.self) { try Corpus(opening: path) }
      #expect(try #require(error).description.contains("cut.parquet"))
    }
  }

  @Test(
    "Damaged bytes are read or named, and never crash",
    arguments: ["none", "snappy", "gzip", "zstd", "v2", "delta", "lists", "train-00000-of-00001"])
  func damaged(name: String) throws {
    let whole = try bytes(of: fixture("corpora/parquet/\(name).parquet"))
    // Every third byte, changed in one of three ways; the description at the end is dense.
    for place in stride(from: 0, to: whole.count, by: 3) {
      var bytes = whole
      bytes[place] ^= [1, 0x80, 0xFF][place / 3 % 3]
      let path = try folder.write("damaged.parquet", bytes)
      guard let corpus = try? Corpus(opening: path, options: options) else { continue }
      for sample in corpus.samples.prefix(4) { _ = try? corpus.bytes(of: sample) }
    }
  }

  @Test("Lists inside lists without end are refused, not followed")
  func nesting() {
    // A field that is a list of one list of one list…
    var reader = ThriftReader([UInt8](repeating: 0x19, count: 1 << 20))
    #expect(throws: ParquetFault.self) { try reader.structure() }
  }

  @Test("Snappy's copies may reach into what they make, and nothing reaches out of the block")
  func snappy() throws {
    // 10 bytes: “ab” as they are, then eight from two before; from the format's description.
    #expect(
      try Snappy.decompressed([10, 4, 0x61, 0x62, 0x11, 2][...], size: 10)
        == Array("ababababab".utf8))
    for broken: [UInt8] in [
      [], [10], [10, 4, 0x61], [10, 4, 0x61, 0x62, 0x11, 3], [10, 4, 0x61, 0x62, 0x11, 0],
      [9, 4, 0x61, 0x62, 0x11, 2], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [10, 4, 0x61, 0x62, 0xFC, 255],
    ] {
      #expect(throws: ParquetFault.self) { try Snappy.decompressed(broken[...], size: 10) }
    }
  }
}
