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
