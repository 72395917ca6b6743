import Layers
import Testing
import Torch

@Suite("Scope")
struct ScopeTests {
  @Test("A parameter is called by the path of its place")
  func namesAreParameterPaths() throws {
    let scope = Scope(RandomSource(seed: 5))
    _ = try Linear(3, 2, in: scope / "blocks" / 3 / "inner")
    #expect(scope.parameters.map(\.name) == ["blocks.3.inner.weight", "blocks.3.inner.bias"])
    #expect((scope / "blocks" / 4).parameters.isEmpty)
  }

  @Test("Xavier draws keep the variance of a layer's input")
  func xavier() {
    let weights = Initializer.xavier(inputs: 300, outputs: 300).draw(
      [300, 300], using: Generator(seed: 1))
    let variance = (weights * weights).mean().item
    #expect(abs(variance - 1.0 / 300) < 0.05 / 300)
  }
}

@Suite("Embedding")
struct EmbeddingTests {
  @Test("A table in half precision gives float32 vectors, of its own numbers")
  func halfPrecision() throws {
    struct Half: ParameterSource {
      func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer)
        throws(CheckpointError) -> Tensor
      { Tensor([1.5, -2, 0.25, 3] as [Float], shape: shape).to(.float16) }
    }
    let table = try Embedding(2, 2, in: Scope(Half()))
    table.weight.isTrainable = false
    let vectors = table(Tensor([1, 1, 0] as [Int64]))
    #expect(vectors.dtype == .float32)
    #expect(vectors.floats == [0.25, 3, 0.25, 3, 1.5, -2])
  }
}
