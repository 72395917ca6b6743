import TestSupport
import Testing
import Torch

@Suite("Patches of pictures")
struct FrozenPatchesTests {
  @Test("Give what the convolution gives", arguments: [4, 7])
  func equalConvolution(size: Int) throws {
    let generator = Generator(seed: 1)
    let weight = Parameter("w", .normal([40, 3, size, size], using: generator), isTrainable: false)
    let bias = Parameter("b", .normal([40], using: generator), isTrainable: false)
    // One row and column more than fill patches.
    let x = Tensor.normal([3, 3, 6 * size + 1, 9 * size + 1], using: generator)
    let expected = convolution(x, weight.value, bias.value, stride: size)
    for _ in 0..<2 {
      let found = withoutGradient { frozenPatches(x, FrozenMap(weight, bias), size: size) }
      guard let found else { continue }
      #expect(found.shape == expected.shape)
      #expect(isClose(found.floats, expected.floats, tolerance: 2e-5))
    }
  }

  @Test("Are left to the convolution while something is learned")
  func leftToConvolution() {
    let weight = Parameter("w", .ones([8, 3, 4, 4]), isTrainable: false)
    let learned = Parameter("w", .ones([8, 3, 4, 4]))
    let x = Tensor.ones([32, 3, 32, 32])
    #expect(frozenPatches(x, FrozenMap(weight, nil), size: 4) == nil)
    withoutGradient {
      #expect(frozenPatches(x, FrozenMap(learned, nil), size: 4) == nil)
    }
  }
}
