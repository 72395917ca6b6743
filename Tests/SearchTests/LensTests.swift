import Foundation
import Search
import SearchTestKit
import TestSupport
import Testing

@Suite("A lens on one concept in several languages")
struct LensTests {
  /// A case of `Tests/Fixtures/search/lens.json`, made by `Tools/references/lens.py`.
  struct Reference: Decodable {
    let name: String
    let first: [Float]
    let second: [Float]
    let overlaps: [RankAgreement.Overlap]
    let spearman: Double?
    let kendall: Double?
    let biasedOverlap: Double
  }

  @Test("Correlations are SciPy's, overlaps those of sets, with ties and without")
  func agreesWithReference() throws {
    let file = URL(fileURLWithPath: fixture("search/lens.json"))
    let cases = try JSONDecoder().decode([Reference].self, from: Data(contentsOf: file))
    #expect(cases.count == 9)
    for reference in cases {
      let (first, second) = (Ranking(reference.first), Ranking(reference.second))
      let found = RankAgreement(first, second, at: [20, 10, 5, 1, 5])
      #expect(found.overlaps == reference.overlaps, "\(reference.name)")
      let pairs = [
        (found.spearman, reference.spearman), (found.kendall, reference.kendall),
        (found.biasedOverlap, reference.biasedOverlap),
      ]
      for (value, expected) in pairs {
        #expect((value == nil) == (expected == nil), "\(reference.name)")
        let (value, expected) = (value ?? 0, expected ?? 0)
        #expect(abs(value - expected) < 1e-12, "\(reference.name): \(value), not \(expected)")
      }
      let turned = RankAgreement(second, first, at: [1, 5, 10, 20])
      #expect(turned.overlaps == found.overlaps, "\(reference.name)")
      #expect(abs(turned.biasedOverlap - found.biasedOverlap) < 1e-12, "\(reference.name)")
    }
  }

  @Test("What is not a number comes last, and equal scores keep their order")
  func ranksOddScores() {
    #expect(Ranking([0.1, .nan, 0.5, 0.1, .infinity]).order == [4, 2, 0, 3, 1])
    #expect(Ranking([]).order.isEmpty)
  }

  private func engine(_ folder: TemporaryFolder, type: VectorType = .float32) throws
    -> IndexSearchEngine
  {
    var numbers = SeededNumbers(3)
    let vectors = (0..<25).map { _ in numbers.vector(4) }
    let index = try makeIndex(folder("index"), vectors, type: type)
    return try makeEngine(index)
  }

  @Test(
    "Each text's hits are those of a search for it, with their ranks by the other text",
    arguments: VectorType.allCases)
  func showsRankings(type: VectorType) async throws {
    let folder = try TemporaryFolder()
    let engine = try engine(folder, type: type)
    let texts = [Query("aab", language: languageTag("ko")), Query("abbc"), Query("d")]
    let lens = try await engine.lens(ComparisonRequest(texts: texts, limit: 6))
    #expect(lens.pictures == 25 && lens.columns.count == 3 && lens.pairs.count == 3)
    var whole: [[Int]] = []
    for text in texts {
      let request = SearchRequest(operands: [.init(.text(text))], limit: 25)
      whole.append(try await engine.search(request).hits.map(\.id))
    }
    for (number, column) in lens.columns.enumerated() {
      #expect(column.reading.text == texts[number].text)
      #expect(column.hits.map(\.hit.id) == Array(whole[number].prefix(6)))
      for placed in column.hits {
        #expect(placed.ranks == whole.map { ($0.firstIndex(of: placed.hit.id) ?? -9) + 1 })
        let others = whole.indices.filter { $0 != number }
        #expect(placed.isAlone == others.allSatisfy { placed.ranks[$0] > 6 })
      }
    }
    // In the text's own language, or English.
    #expect(lens.columns[0].hits.allSatisfy { $0.hit.caption?.language == "ko" })
    #expect(lens.columns[1].hits.allSatisfy { $0.hit.caption?.language == "en" })
    #expect(lens.pairs.map { [$0.first, $0.second] } == [[0, 1], [0, 2], [1, 2]])
    #expect(abs(lens.pairs[0].textSimilarity - cosine([2, 1, 0, 0], [1, 2, 1, 0])) < 1e-6)
    for pair in lens.pairs {
      let (a, b) = (whole[pair.first], whole[pair.second])
      #expect(pair.agreement.overlaps.map(\.k) == [1, 5, 6, 10])
      for overlap in pair.agreement.overlaps {
        let shared = Set(a.prefix(overlap.k)).intersection(b.prefix(overlap.k))
        #expect(overlap.shared == shared.count)
      }
    }
  }

  @Test("Texts that cannot be compared are refused")
  func refuses() async throws {
    let folder = try TemporaryFolder()
    let engine = try engine(folder)
    func error(_ texts: [Query], limit: Int = 5) async -> SearchError? {
      do {
        _ = try await engine.lens(ComparisonRequest(texts: texts, limit: limit))
        return nil
      } catch {
        return error as? SearchError
      }
    }
    #expect(await error([]) == .textsOutOfRange(0, allowed: 2...8))
    #expect(await error([Query("a")]) == .textsOutOfRange(1, allowed: 2...8))
    let many = (1...9).map { Query(String(repeating: "a", count: $0)) }
    #expect(await error(many) == .textsOutOfRange(9, allowed: 2...8))
    #expect(await error([Query("a"), Query("a")]) == .sameText("a"))
    // The same letters may mean other things in another language.
    let same = ["de", "en"].map { Query("a", language: languageTag($0)) }
    #expect(await error(same) == nil)
    #expect(await error([Query("a"), Query(" ")]) == .emptyQuery)
    let strange = [Query("a"), Query("b", language: LetterEmbedder.unknown)]
    #expect(await error(strange) == .unknownLanguage("tlh"))
    #expect(
      await error([Query("a"), Query("b")], limit: 0) == .limitOutOfRange(0, allowed: 1...500))
    let beyond = try await engine.lens(
      ComparisonRequest(texts: [Query("a"), Query("b")], limit: 500))
    #expect(beyond.columns.allSatisfy { $0.hits.count == 25 && $0.alone.isEmpty })
  }
}
