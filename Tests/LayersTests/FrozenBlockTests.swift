import Layers
import TestSupport
import Testing
import Torch

@Suite("Transformer blocks that nothing is learned with")
struct FrozenBlockTests {
  private static let styles: [TransformerBlock.Style] = [
    TransformerBlock.Style(),
    TransformerBlock.Style(normPlace: .after, epsilon: 1e-12),
    TransformerBlock.Style(inner: 52, activation: .relu, normPlace: .after),
    TransformerBlock.Style(activation: .tanhGELU),
    TransformerBlock.Style(activation: .quickGELU),
    TransformerBlock.Style(inner: 1100, activation: .silu),
    TransformerBlock.Style(inner: 2100, normPlace: .after),
  ]

  @Test("Give the vectors that training's layers give", arguments: styles.indices)
  func equalTrainingsLayers(style: Int) throws {
    let scope = Scope(RandomSource(seed: 7))
    // 40 / 5 and 72 / 1: neither width nor heads are a whole number of vector registers.
    for (width, heads) in [(40, 5), (72, 1), (64, 2)] {
      let block = try TransformerBlock(
        width: width, heads: heads, depth: 2, style: Self.styles[style], in: scope / width)
      let x = Tensor.normal([7, 41, width], using: Generator(seed: 3))
      for isCausal in [false, true] {
        let expected = block(x, isCausal: isCausal).floats
        let found = frozen((scope / width).parameters) { block(x, isCausal: isCausal).floats }
        #expect(isClose(found, expected))
      }
    }
  }

  @Test("See no padding, and one token asked for is that of all")
  func masks() throws {
    let scope = Scope(RandomSource(seed: 8))
    let blocks = [try TransformerBlock(width: 48, heads: 3, depth: 2, in: scope)]
    let lengths = [9, 1, 30, 17]
    let x = Tensor.normal([4, 30, 48], using: Generator(seed: 4))
    let expected = blocks(x, lengths: lengths)
    let rows = [8, 0, 3, 16]
    let expectedRows = blocks(x, reading: rows, lengths: lengths).floats
    frozen(scope.parameters) { _ = blocks(x) }
    withoutGradient {
      let found = blocks(x, lengths: lengths)
      #expect(found.isFinite)
      for (row, length) in lengths.enumerated() {
        let real = 0..<length
        #expect(
          isClose(
            found.selected(0, row).narrowed(0, to: real).floats,
            expected.selected(0, row).narrowed(0, to: real).floats))
      }
      #expect(isClose(blocks(x, reading: rows, lengths: lengths).floats, expectedRows))
      // One text alone, on all threads, gives what it gives among others, to the bit.
      let alone = blocks(x.narrowed(0, to: 3..<4), lengths: [17])
        .selected(0, 0).narrowed(0, to: 0..<17).floats
      let among = found.selected(0, 3).narrowed(0, to: 0..<17).floats
      #expect(InferencePrecision.float32.isAvailable ? alone == among : isClose(alone, among))
    }
  }

  @Test("Long sequences and many texts are computed in parts, with the same vectors")
  func longAndMany() throws {
    let scope = Scope(RandomSource(seed: 9))
    let block = try TransformerBlock(width: 32, heads: 2, depth: 1, in: scope)
    for shape in [[2, 300, 32], [150, 5, 32], [1, 1, 32]] {
      let x = Tensor.normal(shape, using: Generator(seed: 5))
      let expected = block(x).floats
      #expect(isClose(frozen(scope.parameters) { block(x).floats }, expected))
      for parameter in scope.parameters { parameter.isTrainable = true }
    }
  }

  @Test("Follow their parameters when these change")
  func followChanges() throws {
    let scope = Scope(RandomSource(seed: 10))
    let block = try TransformerBlock(width: 32, heads: 2, depth: 1, in: scope)
    let x = Tensor.normal([16, 20, 32], using: Generator(seed: 6))
    frozen(scope.parameters) { _ = block(x) }
    for parameter in scope.parameters { parameter.assign(parameter.value * 1.1) }
    let found = withoutGradient { block(x).floats }
    for parameter in scope.parameters { parameter.isTrainable = true }
    #expect(isClose(found, block(x).floats))
  }

  @Test("Pass gradients on as ever when something before them learns")
  func gradients() throws {
    let scope = Scope(RandomSource(seed: 11))
    let block = try TransformerBlock(width: 16, heads: 2, depth: 1, in: scope)
    let x = Parameter("x", .normal([2, 5, 16], using: Generator(seed: 6)))
    for parameter in scope.parameters { parameter.isTrainable = false }
    try [block](x.value, reading: [4, 4]).sum().backward()
    #expect(x.gradient?.floats.contains { $0 != 0 } == true)
  }

  @Test("One token asked for has the gradients that it has among all")
  func readingGradients() throws {
    func gradients(_ loss: (TransformerBlock, Tensor) -> Tensor) throws -> [[Float]] {
      let scope = Scope(RandomSource(seed: 12))
      let block = try TransformerBlock(width: 16, heads: 2, depth: 1, in: scope)
      let x = Parameter("x", .normal([2, 5, 16], using: Generator(seed: 6)))
      try loss(block, x.value).backward()
      return try (scope.parameters + [x]).map { try #require($0.gradient).floats }
    }
    let rows = [2, 4]
    let some = try gradients { block, x in
      let y = [block](x, reading: rows)
      return (y * y).sum()
    }
    let all = try gradients { block, x in
      let y = block(x).gatheredRows(Tensor(rows.map { Int64($0) }))
      return (y * y).sum()
    }
    #expect(some.count == all.count && all.count > 10)
    for (one, other) in zip(some, all) { #expect(isClose(one, other)) }
  }

  @Test(
    "In bfloat16 and in whole numbers vectors point where those of float32 point",
    arguments: [
      (InferencePrecision.bfloat16, 0.9999), (.int8, 0.999),
    ])
  func precisions(precision: InferencePrecision, least: Double) throws {
    let scope = Scope(RandomSource(seed: 13))
    let blocks = try (0..<4).map {
      try TransformerBlock(width: 96, heads: 3, depth: 4, in: scope / $0)
    }
    let x = Tensor.normal([6, 25, 96], using: Generator(seed: 7))
    frozen(scope.parameters) {
      let exact = blocks(x, reading: [Int](repeating: 0, count: 6)).normalized()
      let rounded = withPrecision(precision) {
        blocks(x, reading: [Int](repeating: 0, count: 6)).normalized()
      }
      let cosines = (exact * rounded).sum(axis: 1).floats
      #expect(cosines.allSatisfy { Double($0) > least }, "\(cosines)")
      #expect((exact.floats == rounded.floats) == !precision.isAvailable)
      let again = withPrecision(precision) {
        blocks(x, reading: [Int](repeating: 0, count: 6)).normalized()
      }
      #expect(again.floats == rounded.floats)
    }
  }

  @Test(
    "The matrix unit gives what the vector units give: int8 to the bit, bfloat16 within its rounding",
    .enabled(if: PackedWeight.hasMatrixUnit, "this processor has no AMX"),
    arguments: [InferencePrecision.bfloat16, .int8])
  func matrixUnit(precision: InferencePrecision) throws {
    // Widths and rows that are no whole number of tiles; the perceptron of 1100 is summed in chunks.
    for (shape, inner) in [([3, 25, 40], 52), ([1, 1, 72], 1100), ([5, 41, 96], 2100)] {
      func vectors(_ prefersMatrixUnit: Bool, _ precision: InferencePrecision) throws -> Tensor {
        let scope = Scope(RandomSource(seed: 14))
        let block = try TransformerBlock(
          width: shape[2], heads: 1, depth: 1, style: .init(inner: inner), in: scope)
        let x = Tensor.normal(shape, using: Generator(seed: 8))
        return PackedWeight.$prefersMatrixUnit.withValue(prefersMatrixUnit) {
          withPrecision(precision) { frozen(scope.parameters) { block(x) } }
        }
      }
      let (tiles, lanes, exact) = (
        try vectors(true, precision).floats, try vectors(false, precision).floats,
        try vectors(true, .float32).floats
      )
      if precision == .int8 {
        #expect(tiles == lanes)
      } else {
        func distance(_ one: [Float], _ other: [Float]) -> Float {
          zip(one, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        #expect(tiles != exact)
        #expect(distance(tiles, lanes) < distance(lanes, exact) / 2)
      }
    }
  }

  /// Runs `body` twice with the parameters frozen: weights are laid out at the second time.
  @discardableResult
  private func frozen<Result>(_ parameters: [Parameter], _ body: () throws -> Result) rethrows
    -> Result
  {
    for parameter in parameters { parameter.isTrainable = false }
    return try withoutGradient {
      _ = try body()
      return try body()
    }
  }
}
