import Foundation
import Pictures
import Testing

@Suite("Random streams")
struct RandomStreamTests {
  @Test("Give the same numbers on every platform and in every version")
  func areFixed() {
    var stream = RandomStream(seed: 7, 1, 2)
    let drawn = (0..<3).map { _ in stream.next() }
    #expect(drawn == Self.fixed)
    let normals = (0..<2).map { _ in stream.normal().bitPattern }
    #expect(normals == Self.fixedNormals)
  }

  static let fixed: [UInt64] = [
    15_148_273_722_364_425_346, 1_648_436_914_591_981_812, 12_558_676_058_294_287_730,
  ]
  static let fixedNormals: [UInt64] = [13_831_534_381_040_495_272, 4_610_905_579_724_606_332]

  @Test("Differ for each seed, each step of the path, and each order of steps")
  func pathsDiffer() {
    let streams: [RandomStream] = [
      RandomStream(seed: 0), RandomStream(seed: 1), RandomStream(seed: 0, 0),
      RandomStream(seed: 0, 0, 0), RandomStream(seed: 0, 1), RandomStream(seed: 0, 1, 0),
      RandomStream(seed: 0, 0, 1), RandomStream(seed: 1, 0),
    ]
    let first = streams.map { stream in
      var stream = stream
      return stream.next()
    }
    #expect(Set(first).count == streams.count)
  }

  @Test("Can be put away and taken up again")
  func areCodable() throws {
    var stream = RandomStream(seed: 3)
    _ = stream.next()
    let data = try JSONEncoder().encode(stream)
    var again = try JSONDecoder().decode(RandomStream.self, from: data)
    let drawn = (0..<9).map { _ in stream.next() }
    #expect(drawn == (0..<9).map { _ in again.next() })
  }

  @Test("Draw whole numbers evenly")
  func isEven() {
    var stream = RandomStream(seed: 5)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.below(7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
    #expect(stream.below(1) == 0 && stream.below(0) == 0)
  }

  @Test("Draw normal numbers with mean 0 and variance 1, and the right tails")
  func isNormal() {
    var stream = RandomStream(seed: 6)
    let drawn = (0..<100_000).map { _ in stream.normal() }
    let mean = drawn.reduce(0, +) / 100_000
    let variance = drawn.map { $0 * $0 }.reduce(0, +) / 100_000
    #expect(abs(mean) < 0.015)
    #expect(abs(variance - 1) < 0.02)
    let beyondTwo = drawn.filter { abs($0) > 2 }.count
    #expect(abs(beyondTwo - 4550) < 250)
  }

  @Test("Draw uniform numbers inside their range")
  func isUniform() {
    var stream = RandomStream(seed: 8)
    let drawn = (0..<10_000).map { _ in stream.uniform(-2...3) }
    #expect(drawn.allSatisfy { $0 >= -2 && $0 < 3 })
    #expect(abs(drawn.reduce(0, +) / 10_000 - 0.5) < 0.06)
  }
}
