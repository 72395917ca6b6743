import Checkpoints
import TestSupport
import Testing
import Torch

@Suite("Gradients and optimizer")
struct GradientTests {
  @Test("Linear layers give the same outputs and gradients through oneDNN and through BLAS")
  func linearKernelsAgree() throws {
    let generator = Generator(seed: 1)
    let x = Parameter("x", .normal([5, 7, 16], using: generator))
    let weight = Parameter("weight", .normal([24, 16], using: generator))
    let bias = Parameter("bias", .normal([24], using: generator))
    func run(_ kernel: Engine.LinearKernel) throws -> [[Float]] {
      Engine.linearKernel = kernel
      defer { Engine.linearKernel = .blas }
      let all = [x, weight, bias]
      let before = all.map { $0.gradient?.floats ?? [Float](repeating: 0, count: $0.count) }
      let y = linear(x.value, weight.value, bias.value)
      try (y * y).sum().backward()
      let gained = zip(all, before).map { parameter, old in
        zip(parameter.gradient?.floats ?? [], old).map { $0 - $1 }
      }
      return [y.floats] + gained
    }
    for (one, other) in zip(try run(.oneDNN), try run(.blas)) {
      #expect(isClose(one, other, tolerance: 1e-4))
    }
  }

  @Test("Autocast computes products in bfloat16 and sums of losses in float32")
  func autocast() throws {
    let x = Tensor.ones([4, 8])
    let weight = Parameter("weight", .ones([8, 8]))
    let y = withAutocast(.bfloat16, on: .cpu) { linear(x, weight.value, nil) }
    #expect(y.dtype == .bfloat16)
    try y.normalized().sum().backward()
    #expect(weight.gradient?.dtype == .float32)
    #expect(linear(x, weight.value, nil).dtype == .float32)
  }

  @Test(
    "Attention learns the same in bfloat16 as in float32, within rounding",
    arguments: [false, true])
  func attention(isCausal: Bool) throws {
    func run(_ dtype: DType) throws -> (output: Tensor, gradient: Tensor?) {
      let x = Parameter("x", .normal([2, 3, 12, 16], using: Generator(seed: 3)))
      let y = scaledDotProductAttention(
        query: x.value.to(dtype), key: (x.value * 0.5).to(dtype), value: (x.value + 1).to(dtype),
        isCausal: isCausal)
      try (y.to(.float32) * y.to(.float32)).sum().backward()
      return (y.to(.float32).detached(), x.gradient)
    }
    let (exact, rounded) = (try run(.float32), try run(.bfloat16))
    #expect(isClose(exact.output.floats, rounded.output.floats, tolerance: 0.03))
    let (one, other) = (try #require(exact.gradient), try #require(rounded.gradient))
    let cosine =
      (one * other).sum().item / ((one * one).sum() * (other * other).sum()).item.squareRoot()
    #expect(cosine > 0.999)
  }

  @Test("Without gradient nothing is recorded")
  func withoutGradientRecordsNothing() {
    let weight = Parameter("weight", .ones([3]))
    let y = withoutGradient { (weight.value * 2).sum() }
    #expect(throws: TorchError.self) { try y.backward() }
  }

  @Test("AdamW with clipping takes PyTorch's steps")
  func adamW() throws {
    let file = try SafetensorsFile(path: fixture("learning/optimizer.safetensors"))
    let target = try file.tensor("target")
    let parameter = Parameter("p", try file.tensor("start").copied())
    let optimizer = AdamW(
      [AdamW.Group([parameter], weightDecay: 0.1)], betas: (0.9, 0.98), epsilon: 1e-6)
    let states = try file.tensor("states")
    let norms = try file.tensor("norms").floats
    for step in 0..<5 {
      optimizer.clearGradients()
      let difference = parameter.value - target
      try (difference * difference).sum().backward()
      #expect(isClose(try optimizer.clipGradients(to: 1), Double(norms[step]), tolerance: 1e-5))
      try optimizer.step(rate: 0.05)
      #expect(isClose(parameter.value.floats, states.selected(0, step).floats))
    }
  }
}
