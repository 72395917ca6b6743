import Layers
import TestSupport
import Testing
import Torch

@Suite("Dropout")
struct DropoutTests {
  private func layer(_ rate: Double, _ name: String = "here") -> Dropout {
    Dropout(rate, in: Scope(RandomSource(seed: 0)) / name)
  }

  private func mask(
    _ rate: Double, _ name: String = "here", seed: UInt64 = 5, shape: [Int] = [20, 30, 40]
  ) -> Tensor {
    let ones = Tensor.ones(shape)
    return Phase.training(Draws(seed: seed)) {
      layer(rate, name)(ones, VectorPlaces(paddedLike: ones))
    }
  }

  @Test(
    "Zeroes its rate of numbers, scales the others up and keeps the mean",
    arguments: [0.1, 0.5, 0.9])
  func rate(rate: Double) {
    let numbers = mask(rate).floats
    let kept = numbers.filter { $0 != 0 }
    let count = Double(numbers.count)
    // Four standard deviations of a binomial's share.
    let room = 4 * (rate * (1 - rate) / count).squareRoot()
    #expect(abs(1 - Double(kept.count) / count - rate) < room)
    #expect(Set(kept).count == 1)
    #expect(isClose(Double(kept[0]), 1 / (1 - rate), tolerance: 1e-6))
    #expect(abs(Double(numbers.reduce(0, +)) / count - 1) < room / (1 - rate))
  }

  @Test("Draws anew for each step, place, sample and token")
  func independence() {
    let one = mask(0.5)
    let shares = [
      (mask(0.5, seed: 6), one), (mask(0.5, "there"), one),
      (one.narrowed(0, to: 0..<19), one.narrowed(0, to: 1..<20)),
      (one.narrowed(1, to: 0..<29), one.narrowed(1, to: 1..<30)),
      (one.narrowed(2, to: 0..<39), one.narrowed(2, to: 1..<40)),
    ].map { first, second in
      let same = zip(first.floats, second.floats).filter { $0 == $1 }.count
      return Double(same) / Double(first.count)
    }
    for share in shares { #expect(abs(share - 0.5) < 0.02) }
  }

  @Test(
    "A part of the samples loses what it loses among all of them, in any precision and number of threads"
  )
  func parts() {
    let ones = Tensor.ones([9, 4, 6])
    let dropout = layer(0.3)
    func dropped(_ rows: Range<Int>, _ dtype: DType = .float32) -> [Float] {
      let part = ones.narrowed(0, to: rows).to(dtype)
      return Phase.training(Draws(seed: 5)) {
        Phase.drawing(group: 1, from: rows.lowerBound) {
          dropout(part, VectorPlaces(paddedLike: part)).to(.float32).floats
        }
      }
    }
    let whole = dropped(0..<9)
    #expect(whole == dropped(0..<2) + dropped(2..<7) + dropped(7..<9))
    let rounded = dropped(0..<9, .bfloat16)
    #expect(whole.map { $0 == 0 } == rounded.map { $0 == 0 })
    let threads = Engine.threads
    Engine.threads = 1
    defer { Engine.threads = threads }
    #expect(whole == dropped(0..<9))
  }

  @Test("Passes everything while nothing is learned, and where the rate is 0")
  func off() {
    let x = Tensor.normal([2, 3, 4], using: Generator(seed: 1))
    let places = VectorPlaces(paddedLike: x)
    #expect(layer(0.9)(x, places).floats == x.floats)
    Phase.training(Draws(seed: 5)) {
      #expect(layer(0)(x, places).floats == x.floats)
      #expect(Phase.use { layer(0.9)(x, places).floats } == x.floats)
    }
  }

  @Test("A whole sample is kept or zeroed, in padding, without it, and as a picture")
  func whole() {
    let dropout = layer(0.5)
    func kept(_ x: Tensor, _ places: VectorPlaces) -> [Float] {
      Phase.training(Draws(seed: 5)) { dropout.whole(x, places).floats }
    }
    let pictures = Tensor.ones([32, 3, 2, 2])
    let bySample = kept(pictures, VectorPlaces(samplesOf: pictures))
    let decisions = (0..<32).map { bySample[$0 * 12] }
    #expect(Set(decisions) == [0, 2])
    #expect(bySample == decisions.flatMap { Array(repeating: $0, count: 12) })
    let padded = Tensor.ones([32, 2, 5])
    #expect(
      kept(padded, VectorPlaces(paddedLike: padded))
        == decisions.flatMap { Array(repeating: $0, count: 10) })
    let lengths = (0..<32).map { 1 + $0 % 3 }
    let unpadded = Tensor.ones([lengths.reduce(0, +), 2])
    #expect(
      kept(unpadded, .unpadded(lengths))
        == zip(decisions, lengths).flatMap { Array(repeating: $0, count: 2 * $1) })
  }

  @Test(
    "Shares of attention are dropped alike by our kernel and by libtorch's, with their gradient",
    arguments: [false, true])
  func attention(isCausal: Bool) throws {
    let lengths = [1, 5, 16, 33, 90]
    let (width, heads) = (48, 3)
    let count = lengths.reduce(0, +)
    let numbers = Tensor.normal([count, 3 * width], using: Generator(seed: 4))
    let weights = Tensor.normal([count, width], using: Generator(seed: 5))
    func run(_ dtype: DType, rate: Double = 0.3) throws -> (output: [Float], gradient: [Float]) {
      try Phase.training(Draws(seed: 8)) {
        let x = Parameter("x", numbers)
        let y = unpaddedAttention(
          x.value.to(dtype), lengths: lengths, heads: heads, isCausal: isCausal,
          dropping: Dropping(rate: rate, at: 9))
        try (y.to(.float32) * weights).sum().backward()
        return (y.to(.float32).floats, try #require(x.gradient).floats)
      }
    }
    // libtorch's take what ours do not, such as float64.
    let (expected, found, rounded) = (try run(.float64), try run(.float32), try run(.bfloat16))
    #expect(isClose(found.output, expected.output, tolerance: 1e-5))
    #expect(isClose(found.gradient, expected.gradient, tolerance: 1e-5))
    #expect(isClose(rounded.output, expected.output, tolerance: 0.05))
    #expect(!isClose(expected.output, try run(.float64, rate: 0).output, tolerance: 0.05))
  }

  @Test("Sequences lose the same with and without their padding", arguments: [false, true])
  func padding(isCausal: Bool) throws {
    let lengths = [3, 9, 1, 6]
    let style = TransformerBlock.Style(
      dropout: .init(hidden: 0.2, attention: 0.3, activation: 0.1, path: 0.4))
    func learned(_ vectors: ([TransformerBlock], Tensor) -> Tensor) throws -> [[Float]] {
      let scope = Scope(RandomSource(seed: 7))
      let blocks = try [TransformerBlock](depth: 3, width: 24, heads: 2, style: style, in: scope)
      let x = Parameter("x", .normal([4, 9, 24], using: Generator(seed: 3)))
      return try Phase.training(Draws(seed: 5)) {
        let y = vectors(blocks, x.value)
        try (y * y * y).sum().backward()
        return [y.floats] + (scope.parameters + [x]).map { $0.gradient?.floats ?? [] }
      }
    }
    func alone(_ vector: (Tensor, Int) -> Tensor, _ x: Tensor) -> Tensor {
      .concatenated(
        lengths.enumerated().map { row, length in
          Phase.drawing(from: row) {
            vector(x.narrowed(0, to: row..<row + 1).narrowed(1, to: 0..<length), row)
          }
        }, axis: 0)
    }
    let all = try learned { blocks, x in
      let y = blocks(x, lengths: lengths, isCausal: isCausal)
      return .concatenated(
        lengths.enumerated().map { y.selected(0, $0).narrowed(0, to: 0..<$1) }, axis: 0)
    }
    let allAlone = try learned { blocks, x in
      alone({ one, _ in blocks(one, isCausal: isCausal).selected(0, 0) }, x)
    }
    for (one, other) in zip(all, allAlone) { #expect(isClose(one, other, tolerance: 1e-4)) }
    let rows = lengths.map { ($0 - 1) / 2 }
    let asked = try learned { blocks, x in
      blocks(x, reading: rows, lengths: lengths, isCausal: isCausal)
    }
    let askedAlone = try learned { blocks, x in
      alone({ one, row in blocks(one, reading: [rows[row]], isCausal: isCausal) }, x)
    }
    for (one, other) in zip(asked, askedAlone) { #expect(isClose(one, other, tolerance: 1e-4)) }
  }

  @Test("A frozen block drops like one that is learned, while its network learns")
  func frozen() throws {
    let style = TransformerBlock.Style(dropout: .init(hidden: 0.5))
    func vectors(isTrainable: Bool) throws -> [Float] {
      let scope = Scope(RandomSource(seed: 7))
      let blocks = try [TransformerBlock](depth: 1, width: 16, heads: 2, style: style, in: scope)
      for parameter in scope.parameters { parameter.isTrainable = isTrainable }
      let x = Tensor.normal([300, 4, 16], using: Generator(seed: 3))
      return Phase.training(Draws(seed: 5)) { withoutGradient { blocks(x).floats } }
    }
    #expect(isClose(try vectors(isTrainable: false), try vectors(isTrainable: true)))
  }

  @Test("Stochastic depth grows from nothing to its rate from block to block")
  func depth() throws {
    let style = TransformerBlock.Style(dropout: .init(path: 0.5))
    let scope = Scope(RandomSource(seed: 7))
    let blocks = try [TransformerBlock](depth: 3, width: 8, heads: 1, style: style, in: scope)
    let x = Tensor.normal([2000, 1, 8], using: Generator(seed: 3))
    let passed = blocks.map { block in
      let y = Phase.training(Draws(seed: 5)) { withoutGradient { block(x) } }
      // A sample passes by a block whole if both of its branches are dropped.
      let same = y.isEqual(to: x).to(.float32).mean(axis: 2).floats.filter { $0 == 1 }.count
      return (Double(same) / 2000).squareRoot()
    }
    #expect(passed[0] == 0)
    #expect(abs(passed[1] - 0.25) < 0.04 && abs(passed[2] - 0.5) < 0.04)
  }
}
