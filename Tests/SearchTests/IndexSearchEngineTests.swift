import Foundation
import Languages
import Search
import TestSupport
import Testing

@Suite("Asking the search engine")
struct IndexSearchEngineTests {
  let folder: TemporaryFolder
  let engine: IndexSearchEngine

  init() throws {
    folder = try TemporaryFolder()
    let picture = try folder.write(onePixel, to: "p.png")
    let shard = try folder.write([9, 9] + onePixel + [9, 9, 9], to: "s.tar")
    let text = try folder.write(Array("secret".utf8), to: "t.txt")
    let places: [IndexedLocation] = [
      .file(path: picture), .part(path: shard, offset: 2, length: onePixel.count),
      .file(path: folder("gone.png")), .file(path: text),
    ]
    let index = try makeIndex(
      folder("index"), [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    ) { IndexEntry(name: "\($0)", location: places[$0]) }
    engine = try makeEngine(index)
  }

  private func rows(_ operands: [SearchRequest.Operand], limit: Int = 2) async throws -> [Int] {
    try await engine.search(SearchRequest(operands: operands, limit: limit)).hits.map(\.id)
  }

  @Test("A text finds its picture, and the score is the cosine")
  func findsText() async throws {
    let hits = try await engine.search(SearchRequest(text: "aaab", limit: 2)).hits
    #expect(hits.map(\.id) == [0, 1])
    #expect(abs(hits[0].score - 3 / Float(10).squareRoot()) < 1e-5)
  }

  @Test("Parts are brought to length one before they are weighted")
  func weighs() async throws {
    let texts = [
      SearchRequest.Operand(.text(Query("aaaaaaaaa"))), .init(.text(Query("b")), weight: 1.1),
    ]
    #expect(try await rows(texts) == [1, 0])
    let picture = SearchRequest.Operand(.picture(onePixel + [3]), weight: 2)
    #expect(try await rows(texts + [picture], limit: 3) == [3, 1, 0])
  }

  @Test("Only the ratio of weights counts, however large or small they are")
  func weighsExtremes() async throws {
    for scale: Float in [1, 1e-38, 1e38] {
      let texts = [
        SearchRequest.Operand(.text(Query("a")), weight: scale),
        .init(.text(Query("b")), weight: 3 * scale),
      ]
      let hits = try await engine.search(SearchRequest(operands: texts, limit: 2)).hits
      #expect(hits.map(\.id) == [1, 0])
      #expect(abs(hits[0].score - 3 / Float(10).squareRoot()) < 1e-5)
    }
  }

  @Test("Captions are chosen by the canonical form of the language that was asked for")
  func choosesCaptions() async throws {
    let index = try makeIndex(folder("captions"), [[1, 0, 0, 0]]) { _ in
      IndexEntry(
        name: "0", location: .file(path: "/nowhere"),
        captions: ["en": ["apple"], "zh-CN": ["苹果"], "he": ["תפוח"]])
    }
    let engine = try makeEngine(index)
    for (tag, caption) in [("zh_cn", "苹果"), ("iw", "תפוח"), ("ko", "apple"), ("und", "apple")] {
      let request = SearchRequest(text: "a", language: languageTag(tag), limit: 1)
      #expect(try await engine.search(request).hits.first?.caption?.text == caption)
    }
  }

  @Test("Analogies and pictures of the index itself are parts, too")
  func subtracts() async throws {
    let parts: [SearchRequest.Operand] = [
      .init(.text(Query("ac"))), .init(.text(Query("a")), weight: -0.7),
      .init(.indexed(3), weight: 0.5),
    ]
    #expect(try await rows(parts) == [2, 3])
  }

  @Test("What cannot be asked is refused with its reason")
  func refuses() async throws {
    func error(_ request: SearchRequest) async -> SearchError? {
      do {
        _ = try await engine.search(request)
        return nil
      } catch {
        return error as? SearchError
      }
    }
    #expect(await error(SearchRequest(operands: [])) == .emptyQuery)
    #expect(await error(SearchRequest(text: " \n\u{3000}")) == .emptyQuery)
    let long = String(repeating: "a", count: 2001)
    #expect(await error(SearchRequest(text: long)) == .textTooLong(characters: 2001, most: 2000))
    let strange = SearchRequest(text: "a", language: LetterEmbedder.unknown)
    #expect(await error(strange) == .unknownLanguage("tlh"))
    #expect(throws: SearchError.unknownLanguage("no tag")) { try LanguageTag(asked: "no tag") }
    for limit in [-1, 0, 501] {
      let expected = SearchError.limitOutOfRange(limit, allowed: 1...500)
      #expect(await error(SearchRequest(text: "a", limit: limit)) == expected)
    }
    let opposites: [SearchRequest.Operand] = [
      .init(.text(Query("ab"))), .init(.text(Query("ab")), weight: -1),
    ]
    #expect(await error(SearchRequest(operands: opposites)) == .cancelledOut)
    let weight = SearchRequest.Operand(.text(Query("a")), weight: .infinity)
    #expect(await error(SearchRequest(operands: [weight])) == .badWeight(.infinity))
    for text in ["", " \n", "\u{200B}", "\u{FEFF}\u{2060}\u{AD}", "\u{202E}\u{FE0F}"] {
      #expect(await error(SearchRequest(text: text)) == .emptyQuery)
    }
    let stranger = SearchRequest.Operand(.indexed(4))
    #expect(await error(SearchRequest(operands: [stranger])) == .unknownPicture(id: 4))
    for bytes: [UInt8] in [[], Array("hello".utf8)] {
      let picture = SearchRequest.Operand(.picture(bytes))
      guard case .unreadablePicture = await error(SearchRequest(operands: [picture])) else {
        Issue.record("\(bytes) was taken for a picture")
        continue
      }
    }
  }

  @Test("Hands out pictures from files and from shards")
  func readsPictures() async throws {
    for id in [0, 1] {
      let file = try await engine.picture(of: id, longestSide: nil)
      #expect(file == PictureFile(bytes: onePixel, mediaType: "image/png"))
    }
  }

  @Test("Shrinks pictures where it can and hands out the file where it cannot")
  func shrinksPictures() async throws {
    let small = PictureFile(bytes: [1], mediaType: "image/jpeg")
    let index = try SearchIndex(opening: folder("index"))
    let engine = try IndexSearchEngine(
      index: index, embedder: LetterEmbedder(), pictures: Shrinking(small: small))
    #expect(try await engine.picture(of: 0, longestSide: 100) == small)
    #expect(try await engine.picture(of: 0, longestSide: 99).bytes == onePixel)
    #expect(try await engine.picture(of: 0, longestSide: nil).bytes == onePixel)
  }

  /// Makes any picture the same small one, but none smaller than 100 pixels.
  private struct Shrinking: PictureFormats {
    let small: PictureFile

    func mediaType(of file: [UInt8]) -> String? { PNGAlone().mediaType(of: file) }

    func shrunk(_ file: [UInt8], to longestSide: Int) -> PictureFile? {
      longestSide < 100 ? nil : small
    }
  }

  @Test("Hands out no file that is gone, is no picture or is not in the index")
  func refusesOtherFiles() async throws {
    for (id, path) in [(2, folder("gone.png")), (3, folder("t.txt"))] {
      await #expect(throws: SearchError.pictureFileMissing(id: id, path: path)) {
        try await engine.picture(of: id, longestSide: nil)
      }
    }
    for id in [-1, 4, .max] {
      await #expect(throws: SearchError.unknownPicture(id: id)) {
        try await engine.picture(of: id, longestSide: nil)
      }
    }
  }
}
