import TestSupport
import Testing
import Torch

@Suite("Counted operations")
struct WorkCounterTests {
  private let generator = Generator(seed: 1)

  private func parameter(_ shape: Int...) -> Parameter {
    Parameter("p", .normal(shape, using: generator))
  }

  private func count(_ loss: () throws -> Tensor) rethrows -> Int {
    try Engine.countingWork { try loss() }.operations
  }

  @Test("A linear layer takes 2·m·k·n forward, and as many for each gradient that is asked for")
  func linearLayer() throws {
    let (m, k, n) = (6 * 5, 16, 24)
    let product = 2 * m * k * n
    let x = parameter(6, 5, 16)
    let (weight, bias) = (parameter(24, 16), parameter(24))
    #expect(count { linear(x.value, weight.value, bias.value) } == product)
    let both = try count {
      let y = linear(x.value, weight.value, bias.value)
      try y.sum().backward()
      return y
    }
    #expect(both == 3 * product)
    // The gradient of data is not asked for.
    let data = x.value.detached()
    let one = try count {
      let y = linear(data, weight.value, nil)
      try y.sum().backward()
      return y
    }
    #expect(one == 2 * product)
  }

  @Test("The same layer counts the same in bfloat16, and with either kernel")
  func kernels() throws {
    let (x, weight) = (parameter(40, 16), parameter(24, 16))
    for kernel in [Engine.LinearKernel.blas, .oneDNN] {
      for type in [DType.float32, .bfloat16] {
        Engine.linearKernel = kernel
        defer { Engine.linearKernel = .blas }
        let operations = try count {
          let y = withAutocast(type, on: .cpu) { linear(x.value, weight.value, nil) }
          try y.to(.float32).sum().backward()
          return y
        }
        #expect(operations == 3 * 2 * 40 * 16 * 24, "\(kernel), \(type)")
      }
    }
  }

  @Test("A convolution takes two operations a weight and place of its output")
  func convolutions() throws {
    let x = parameter(2, 8, 9, 9)
    let (weight, grouped) = (parameter(12, 8, 3, 3), parameter(12, 2, 3, 3))
    // 5 × 5 places of 12 channels, each from 8 × 3 × 3 numbers.
    let whole = 2 * 2 * 25 * 12 * 8 * 9
    #expect(count { convolution(x.value, weight.value, nil, stride: 2, padding: 1) } == whole)
    let learned = try count {
      let y = convolution(x.value, weight.value, nil, stride: 2, padding: 1)
      try y.sum().backward()
      return y
    }
    #expect(learned == 3 * whole)
    let inGroups = try count {
      let y = convolution(x.value.detached(), grouped.value, nil, stride: 2, padding: 1, groups: 4)
      try y.sum().backward()
      return y
    }
    #expect(inGroups == 2 * whole / 4)
  }

  @Test("Attention takes two products forward and five backward, where the scores come again")
  func attention() throws {
    let (batch, heads, length, width) = (2, 3, 10, 16)
    let product = 2 * batch * heads * length * length * width
    let x = parameter(batch, heads, length, width)
    let (k, v) = (parameter(batch, heads, length, width), parameter(batch, heads, length, width))
    func attend() -> Tensor {
      scaledDotProductAttention(query: x.value, key: k.value, value: v.value)
    }
    #expect(count(attend) == 2 * product)
    let learned = try count {
      let y = attend()
      try y.sum().backward()
      return y
    }
    #expect(learned == 7 * product)
    // In bfloat16 short sequences go by whole matrices, which keep the scores.
    let plain = try count {
      let all = [x, k, v].map { $0.value.to(.bfloat16) }
      let y = scaledDotProductAttention(query: all[0], key: all[1], value: all[2])
      try y.to(.float32).sum().backward()
      return y
    }
    #expect(plain == 6 * product)
  }

  @Test("Products of matrices count by their sizes; what is outside, fails or adds up does not")
  func others() throws {
    let (a, b) = (Tensor.ones([4, 5, 6]), Tensor.ones([4, 6, 7]))
    #expect(count { matmul(a, b) } == 2 * 4 * 5 * 6 * 7)
    #expect(count { (a + a).sum() } == 0)
    _ = matmul(a, b)
    #expect(throws: TorchError.self) {
      try Engine.countingWork { throw TorchError("stop") }
    }
    #expect(count { matmul(a, b) } == 2 * 4 * 5 * 6 * 7)
  }

  @Test("A frozen layer counts the same in the kernels of this library")
  func frozen() {
    let weight = Parameter("w", .normal([40, 3, 4, 4], using: generator), isTrainable: false)
    let x = Tensor.normal([3, 3, 24, 36], using: generator)
    let expected = 2 * 3 * 6 * 9 * 40 * 3 * 16
    #expect(count { convolution(x, weight.value, nil, stride: 4) } == expected)
    for _ in 0..<2 {
      var isFrozen = false
      let operations = count {
        withoutGradient {
          let made = frozenPatches(x, FrozenMap(weight, nil), size: 4)
          isFrozen = made != nil
          return made ?? x
        }
      }
      if isFrozen { #expect(operations == expected) }
    }
  }
}
