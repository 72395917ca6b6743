import Foundation
import Pictures
import Testing

@testable import Corpora

@Suite("Captions that are near to each other")
struct CaptionNeighboursTests {
  /// Made-up captions: sample i is about concept i / 2, in one to three languages.
  private func captions(of count: Int) -> (
    texts: [[(language: String, ids: [Int32])]], groups: [Int]
  ) {
    var random = RandomStream(seed: 4)
    let texts = (0..<count).map { _ in
      ["en", "ko", "sw"].filter { $0 == "en" || random.chance(0.6) }.map { language in
        // A beginning and an end that all share, and words of a small vocabulary.
        (language: language, ids: [1] + (0..<5).map { _ in Int32(3 + random.below(30)) } + [2])
      }
    }
    return (texts, (0..<count).map { $0 / 2 })
  }

  @Test("The nearest are those of the highest cosine, by all pairs")
  func nearest() {
    let (texts, groups) = captions(of: 60)
    let neighbours = CaptionNeighbours(of: texts, groups: groups, count: 5)
    let cosines = AllPairs(texts)
    for sample in texts.indices {
      let expected = texts.indices.filter {
        groups[$0] != groups[sample] && cosines[sample, $0] > 0
      }.sorted { (-cosines[sample, $0], $0) < (-cosines[sample, $1], $1) }
      let found = neighbours[sample].map { cosines[sample, Int($0)] }
      #expect(found.count == 5)
      for (found, expected) in zip(found, expected.map { cosines[sample, $0] }) {
        #expect(abs(found - expected) < 1e-5, "\(sample)")
      }
    }
    #expect(neighbours.neighboured == 60)
  }

  @Test("None is of the same concept, and none has the very same captions")
  func others() {
    let korean: [(language: String, ids: [Int32])] = [("ko", [5, 6, 7])]
    let texts = [
      english(5, 6, 7), english(5, 6, 8), english(5, 6, 7), english(7, 6, 5), english(5, 6, 9),
      english(20), korean,
    ]
    // The second is of the concept of the first.
    let near = CaptionNeighbours(of: texts, groups: [0, 0, 1, 2, 3, 4, 5], count: 9)
    #expect(near[0].map { Int($0) } == [3, 4])
    #expect(near[1].map { Int($0) }.contains(0) == false)
    #expect(near[5].isEmpty && near[6].isEmpty, "no word in common within a language")
    #expect(near.neighboured == 5)
  }

  /// A sample with one caption in English.
  private func english(_ ids: Int...) -> [(language: String, ids: [Int32])] {
    [("en", ids.map(Int32.init))]
  }

  @Test("A walk that is cut short still finds samples that share rare words")
  func isBounded() {
    // All share one word of two; pairs share a rare one. Concepts are all different.
    let count = 12_000
    let texts = (0..<count).map { english($0 % 2, 10 + $0 / 2, 20_000 + $0) }
    let near = CaptionNeighbours(
      of: texts, groups: Array(0..<count), count: 3, visits: 1)
    for index in stride(from: 0, to: count, by: 397) {
      #expect(near[index].first.map { Int($0) } == index ^ 1)
    }
  }
}

/// Cosines of all pairs by their definition, in double precision.
private struct AllPairs {
  private let vectors: [[String: [Int32: Double]]]

  init(_ texts: [[(language: String, ids: [Int32])]]) {
    var counts: [String: Double] = [:]
    var having: [String: [Int32: Double]] = [:]
    for (language, ids) in texts.joined() {
      counts[language, default: 0] += 1
      for id in Set(ids) { having[language, default: [:]][id, default: 0] += 1 }
    }
    vectors = texts.map { captions in
      var vectors: [String: [Int32: Double]] = [:]
      for (language, ids) in captions {
        var vector: [Int32: Double] = [:]
        for id in ids { vector[id, default: 0] += 1 }
        for (id, times) in vector {
          let share = (having[language]?[id] ?? 1) / (counts[language] ?? 1)
          vector[id] = (1 + log(times)) * -log(share)
        }
        let length = vector.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        vectors[language] = vector.mapValues { $0 / length }
      }
      return vectors
    }
  }

  subscript(a: Int, b: Int) -> Double {
    let shared = vectors[a].keys.filter { vectors[b][$0] != nil }
    let sum = shared.reduce(0.0) { sum, language in
      sum
        + (vectors[a][language] ?? [:]).reduce(0.0) {
          $0 + $1.value * (vectors[b][language]?[$1.key] ?? 0)
        }
    }
    return sum / Double(max(1, shared.count))
  }
}

@Suite("The order of samples with hard negatives")
struct HardNegativeOrderTests {
  /// A hundred samples, whose captions have one word in common with nine others'.
  private let neighbours: CaptionNeighbours = {
    let texts = (0..<100).map { (sample: Int) -> [(language: String, ids: [Int32])] in
      [("en", [Int32(sample / 10), Int32(100 + sample)])]
    }
    return CaptionNeighbours(of: texts, groups: Array(0..<100), count: 9)
  }()

  @Test("Part of a batch is drawn as ever, and the rest is near to it and new")
  func brings() {
    let order = HardNegativeOrder(
      count: 100, batch: 12, seed: 3, share: 0.5, neighbours: neighbours)
    let drawn = SampleOrder(count: 100, batch: 6, seed: 3)
    for step in 0..<100 {
      let batch = order.indices(ofStep: step)
      #expect(Array(batch.prefix(6)) == drawn.indices(ofStep: step))
      #expect(batch.count == 12)
      // An epoch may end within the drawn half, and the next begin with what was drawn just now.
      #expect(Set(batch.dropFirst(6)).subtracting(batch.prefix(6)).count == 6)
      for (place, brought) in batch.dropFirst(6).enumerated() {
        let near = batch.prefix(6).contains { neighbours[$0].contains(Int32(brought)) }
        #expect(near, "step \(step), place \(place)")
      }
    }
    #expect(order.epochs(afterSteps: 50) == 3)
  }

  @Test("Any step can be asked for, and asked again")
  func isStateless() {
    func order(_ seed: UInt64) -> HardNegativeOrder {
      HardNegativeOrder(count: 100, batch: 16, seed: seed, share: 0.6, neighbours: neighbours)
    }
    let all = (0..<20).map(order(1).indices(ofStep:))
    for step in (0..<20).reversed() { #expect(order(1).indices(ofStep: step) == all[step]) }
    #expect(order(2).indices(ofStep: 0) != all[0])
  }

  @Test("Without a share or neighbours it is the plain order, and what lacks neighbours is filled")
  func plain() {
    let plain = SampleOrder(count: 100, batch: 16, seed: 1).indices(ofStep: 7)
    #expect(
      HardNegativeOrder(count: 100, batch: 16, seed: 1, neighbours: neighbours)
        .indices(ofStep: 7) == plain)
    #expect(
      HardNegativeOrder(count: 100, batch: 16, seed: 1, share: 0.5).indices(ofStep: 7) == plain)
    let alone = (0..<8).map { (sample: Int) -> [(language: String, ids: [Int32])] in
      [("en", [Int32(sample)])]
    }
    let lonely = CaptionNeighbours(of: alone, groups: Array(0..<8), count: 4)
    let order = HardNegativeOrder(count: 8, batch: 8, seed: 1, share: 0.5, neighbours: lonely)
    #expect(order.indices(ofStep: 0).sorted() == Array(0..<8))
  }
}

@Suite("Captions in parts of like length")
struct LengthBucketsTests {
  @Test("Parts follow each other without a gap, none too small or too large to be worth it")
  func ranges() {
    for (parts, largest) in [(1, 0), (4, 0), (8, 0), (4, 80), (1, 80), (50, 0), (1, 3), (50, 8)] {
      let ranges = LengthBuckets(parts, largest: largest).ranges(of: 1000)
      #expect(ranges.flatMap { Array($0) } == Array(0..<1000))
      // Unless memory allows no more.
      let least = largest > 0 ? min(largest, LengthBuckets.least) : LengthBuckets.least
      #expect(ranges.dropLast().allSatisfy { $0.count >= least })
      if largest > 0 { #expect(ranges.allSatisfy { $0.count <= largest }) }
      if parts <= 8, largest == 0 { #expect(ranges.count == parts) }
    }
    #expect(LengthBuckets(4).ranges(of: 12) == [0..<12])
    #expect(LengthBuckets(4).ranges(of: 0).isEmpty)
  }
}
