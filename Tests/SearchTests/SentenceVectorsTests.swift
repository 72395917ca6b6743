import Foundation
import Search
import SearchTestKit
import TestSupport
import Testing

@Suite("Vectors of sentences")
struct SentenceVectorsTests {
  private let folder: TemporaryFolder
  private let vectors: [[Float]]
  private let origin: SentenceVectors.Origin

  init() throws {
    folder = try TemporaryFolder()
    var numbers = SeededNumbers(3)
    vectors = (0..<700).map { _ in unit(numbers.vector(24)) }
    origin = SentenceVectors.Origin(
      model: "m", language: nil, file: "f", count: vectors.count, width: 24)
  }

  private func build(_ origin: SentenceVectors.Origin? = nil) throws {
    let builder = try SentenceVectorsBuilder(folder("cache/one"), origin: origin ?? self.origin)
    for vector in vectors { try builder.append([vector]) }
    try builder.finish(remarks: ["a remark"])
  }

  @Test("What was written is found again, the nearest first, as comparing one by one finds it")
  func findsNearest() throws {
    try build()
    let opened = try #require(SentenceVectors(opening: folder("cache/one"), origin: origin))
    #expect(opened.remarks == ["a remark"])
    #expect(try folder.names(in: "cache") == ["one"])
    var numbers = SeededNumbers(4)
    for _ in 0..<5 {
      let query = unit(numbers.vector(24))
      let expected = vectors.indices.sorted {
        cosine(vectors[$0], query) > cosine(vectors[$1], query)
      }
      let found = opened.nearest(to: query, limit: 3)
      #expect(found.map(\.row) == Array(expected.prefix(3)))
      #expect(abs(found[0].score - cosine(vectors[expected[0]], query)) < 1e-3)
    }
  }

  @Test("Vectors of anything else are not taken for these")
  func knowsForeign() throws {
    try build()
    for change: (inout SentenceVectors.Origin) -> Void in [
      { $0.model = "other" }, { $0.language = languageTag("ko") }, { $0.file = "other" },
      { $0.count = 699 },
      { $0.width = 12 },
    ] {
      var other = origin
      change(&other)
      #expect(SentenceVectors(opening: folder("cache/one"), origin: other) == nil)
      #expect(other.name != origin.name)
    }
    #expect(SentenceVectors(opening: folder("absent"), origin: origin) == nil)
  }

  @Test("A damaged file is noticed, and making it again mends it")
  func noticesDamage() throws {
    let file = folder("cache/one/vectors.npy")
    try build()
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    var flipped = whole
    flipped[flipped.count / 2] ^= 1
    for damaged in [flipped, whole.dropLast(), Data()] {
      try damaged.write(to: URL(fileURLWithPath: file))
      #expect(SentenceVectors(opening: folder("cache/one"), origin: origin) == nil)
      try build()
      #expect(SentenceVectors(opening: folder("cache/one"), origin: origin) != nil)
    }
    try folder.write(Array("{}".utf8), to: "cache/one/sentences.json")
    #expect(SentenceVectors(opening: folder("cache/one"), origin: origin) == nil)
  }

  @Test("What is not finished leaves nothing, and two programs do not write at once")
  func leavesNothing() throws {
    do {
      let builder = try SentenceVectorsBuilder(folder("cache/one"), origin: origin)
      try builder.append([vectors[0]])
      #expect(throws: IndexError.self) {
        try SentenceVectorsBuilder(folder("cache/one"), origin: origin)
      }
    }
    #expect(try folder.names(in: "cache") == [])
  }
}
