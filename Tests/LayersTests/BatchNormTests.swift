import Layers
import TestSupport
import Testing
import Torch

@Suite("Batch norms and parts of a batch")
struct BatchNormTests {
  private let channels = 3

  private func layer(momentum: Double) throws -> (norm: BatchNorm, scope: Scope) {
    let scope = Scope(RandomSource(seed: 1))
    return (try BatchNorm(channels, momentum: momentum, in: scope), scope)
  }

  private func statistics(_ scope: Scope) throws -> (mean: [Float], variance: [Float]) {
    func numbers(_ name: String) throws -> [Float] {
      try #require(scope.parameters.first { $0.name == name }).value.floats
    }
    return (try numbers("running_mean"), try numbers("running_var"))
  }

  /// The mean of each channel of some pictures, and its variance as PyTorch keeps it, over count − 1.
  private func moments(_ pixels: Tensor) -> (means: [Double], variances: [Double]) {
    let numbers = pixels.floats.map(Double.init)
    let (pictures, area) = (pixels.shape[0], pixels.shape[2] * pixels.shape[3])
    let byChannel = (0..<channels).map { channel in
      (0..<pictures).flatMap { picture in
        let start = (picture * channels + channel) * area
        return numbers[start..<start + area]
      }
    }
    let means = byChannel.map { $0.reduce(0, +) / Double($0.count) }
    let variances = zip(byChannel, means).map { values, mean in
      values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    }
    return (means, variances)
  }

  @Test(
    "Move their statistics by one step's momentum, however many parts there are",
    arguments: [[7], [3, 4], [2, 2, 2, 1], [1, 6]], [0.1, 0.01, 1])
  func movesOnce(sizes: [Int], momentum: Double) throws {
    let (norm, scope) = try layer(momentum: momentum)
    let pixels = Tensor.normal([7, channels, 4, 4], using: Generator(seed: 2)) * 3 + 5
    var start = 0
    let parts = sizes.map { size in
      defer { start += size }
      return pixels.narrowed(0, to: start..<start + size)
    }
    Phase.training {
      for (place, part) in parts.enumerated() {
        Phase.seeing(Phase.Part(place, of: sizes)) { _ = norm(part) }
      }
      // Computed again for its gradients, each has been counted.
      for part in parts { Phase.seeing(.counted) { _ = norm(part) } }
    }
    var (means, variances) = ([0.0, 0, 0], [0.0, 0, 0])
    for (part, size) in zip(parts, sizes) {
      let (mean, variance) = moments(part)
      for channel in 0..<channels {
        means[channel] += mean[channel] * Double(size) / 7
        variances[channel] += variance[channel] * Double(size) / 7
      }
    }
    let found = try statistics(scope)
    #expect(isClose(found.mean, means.map { Float(momentum * $0) }, tolerance: 1e-5))
    #expect(
      isClose(
        found.variance, variances.map { Float(1 - momentum + momentum * $0) }, tolerance: 1e-5))
  }
}
