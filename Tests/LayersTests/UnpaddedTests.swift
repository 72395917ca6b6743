import Layers
import TestSupport
import Testing
import Torch

@Suite("Sequences without their padding")
struct UnpaddedTests {
  private static let lengths = [3, 20, 1, 8, 17, 20]

  @Test(
    "Learn what each learns alone: the same vectors, the same gradients",
    arguments: [false, true], TransformerBlock.NormPlace.allPlaces)
  func equalEachAlone(isCausal: Bool, place: TransformerBlock.NormPlace) throws {
    // 40 / 5 and 72 / 1: heads are not a whole number of vector registers.
    for (width, heads) in [(40, 5), (72, 1), (64, 2)] {
      func learned(_ vectors: ([TransformerBlock], Tensor) -> Tensor) throws -> [[Float]] {
        let scope = Scope(RandomSource(seed: 7))
        let style = TransformerBlock.Style(normPlace: place)
        let blocks = try (0..<2).map {
          try TransformerBlock(width: width, heads: heads, depth: 2, style: style, in: scope / $0)
        }
        let x = Parameter("x", .normal([6, 20, width], using: Generator(seed: 3)))
        let y = vectors(blocks, x.value)
        try (y * y * y).sum().backward()
        return try [y.floats]
          + (scope.parameters + [x]).map { try #require($0.gradient).floats }
      }
      let together = try learned { blocks, x in
        let y = blocks(x, lengths: Self.lengths, isCausal: isCausal)
        return .concatenated(
          Self.lengths.enumerated().map { y.selected(0, $0).narrowed(0, to: 0..<$1) }, axis: 0)
      }
      let alone = try learned { blocks, x in
        .concatenated(
          Self.lengths.enumerated().map { row, length in
            let one = x.narrowed(0, to: row..<row + 1).narrowed(1, to: 0..<length)
            return blocks(one, isCausal: isCausal).selected(0, 0)
          }, axis: 0)
      }
      #expect(together.count == alone.count && alone.count > 20)
      for (one, other) in zip(together, alone) { #expect(isClose(one, other, tolerance: 1e-4)) }
      let rows = Self.lengths.map { ($0 - 1) / 2 }
      let asked = try learned { blocks, x in
        blocks(x, reading: rows, lengths: Self.lengths, isCausal: isCausal)
      }
      let askedAlone = try learned { blocks, x in
        .concatenated(
          rows.enumerated().map { row, place in
            let one = x.narrowed(0, to: row..<row + 1).narrowed(1, to: 0..<Self.lengths[row])
            return blocks(one, reading: [place], isCausal: isCausal)
          }, axis: 0)
      }
      #expect(asked.count == askedAlone.count && asked.count == alone.count)
      for (one, other) in zip(asked, askedAlone) { #expect(isClose(one, other, tolerance: 1e-4)) }
    }
  }

  /// libtorch's kernels take what ours do not, such as float64.
  @Test(
    "Attention equals libtorch's in float64, with its gradient, but for a few last places of its type",
    arguments: [false, true], [(DType.float32, 23), (.bfloat16, 7)])
  func attention(isCausal: Bool, type: (dtype: DType, fraction: Int)) throws {
    let lengths = [1, 5, 16, 33, 90]
    let (width, heads) = (48, 3)
    let count = lengths.reduce(0, +)
    // Numbers that both types hold, so that nothing but the arithmetic is rounded.
    let numbers = Tensor.normal([count, 3 * width], using: Generator(seed: 4)).to(type.dtype)
      .to(.float32)
    let weights = Tensor.normal([count, width], using: Generator(seed: 5)).to(type.dtype)
      .to(.float32)
    func run(_ dtype: DType) throws -> (output: [Float], gradient: [Float]) {
      let x = Parameter("x", numbers)
      let y = unpaddedAttention(
        x.value.to(dtype), lengths: lengths, heads: heads, isCausal: isCausal)
      #expect(y.dtype == dtype)
      try (y.to(.float32) * weights).sum().backward()
      return (y.to(.float32).floats, try #require(x.gradient).floats)
    }
    /// The largest difference, in last places of the largest number.
    func places(_ found: [Float], _ expected: [Float]) -> Float {
      let largest = expected.map(abs).max() ?? 0
      let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
      return difference / largest * Float(1 << type.fraction)
    }
    let (expected, found) = (try run(.float64), try run(type.dtype))
    #expect(found.output.count == count * width && found.gradient.count == 3 * count * width)
    #expect(places(found.output, expected.output) < 2)
    #expect(places(found.gradient, expected.gradient) < 4)
  }

  @Test("What is no number shows in its own sequence, and in no other", arguments: [0, 1, 2])
  func notANumber(part: Int) {
    var numbers = Tensor.normal([6, 24], using: Generator(seed: 4)).floats
    numbers[4 * 24 + part * 8] = .nan
    for dtype in [DType.float32, .bfloat16] {
      let y = unpaddedAttention(
        Tensor(numbers, shape: [6, 24]).to(dtype), lengths: [3, 3], heads: 1
      ).to(.float32).floats
      #expect(y[..<24].allSatisfy { $0.isFinite })
      #expect(y[24...].contains { $0.isNaN })
    }
  }

  @Test("Counts the work of real tokens alone")
  func work() throws {
    let (lengths, width) = ([3, 5], 16)
    let x = Parameter("x", .normal([8, 3 * width], using: Generator(seed: 4)))
    let counted = Engine.countingWork {
      unpaddedAttention(x.value, lengths: lengths, heads: 2)
    }
    let padded = Engine.countingWork {
      unpaddedAttention(x.value.to(.float64), lengths: lengths, heads: 2)
    }
    #expect(padded.operations == 2 * 2 * 2 * 5 * 5 * width)
    // Where the processor lacks the instructions, both are libtorch's.
    #expect(
      counted.operations == 2 * 2 * (9 + 25) * width || counted.operations == padded.operations)
  }
}

extension TransformerBlock.NormPlace {
  fileprivate static let allPlaces: [Self] = [.before, .after]
}
