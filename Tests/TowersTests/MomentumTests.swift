import Checkpoints
import Foundation
import Layers
import TestSupport
import Testing
import Torch
import Towers

@Suite("Queues of embeddings")
struct EmbeddingQueueTests {
  private func rows(_ numbers: [Float]) -> Tensor { Tensor(numbers, shape: [numbers.count, 1]) }

  @Test("Begins with random directions of no concept, and none of it is learned")
  func beginning() throws {
    let scope = Scope(RandomSource(seed: 1))
    let queue = try EmbeddingQueue(6, 4, in: scope / "queue")
    let lengths = (queue.embeddings * queue.embeddings).sum(axis: 1).floats
    #expect(isClose(lengths, [1, 1, 1, 1, 1, 1]))
    #expect(queue.concepts.dtype == .int64)
    #expect(queue.concepts.floats == [Float](repeating: -1, count: 6))
    #expect(scope.parameters.map(\.name) == ["queue.embeddings", "queue.concepts"])
    #expect(scope.parameters.allSatisfy { !$0.isTrainable })
  }

  @Test("The newest stand in front and the oldest leave, whether or not a batch divides the length")
  func order() throws {
    let queue = try EmbeddingQueue(5, 1, in: Scope(RandomSource(seed: 1)))
    queue.push(rows([1, 2]), concepts: Tensor([10, 20] as [Int64]))
    queue.push(rows([3, 4]), concepts: Tensor([30, 16_000_001] as [Int64]))
    #expect(Array(queue.embeddings.floats.prefix(4)) == [3, 4, 1, 2])
    #expect(
      try queue.concepts.array(of: Int64.self) == [30, 16_000_001, 10, 20, -1])
    queue.push(rows([5, 6, 7]))
    #expect(queue.embeddings.floats == [5, 6, 7, 3, 4])
    #expect(queue.concepts.floats == [-1, -1, -1, 30, 16_000_001])
    queue.push(rows([1, 2, 3, 4, 5, 6, 7]))
    #expect(queue.embeddings.floats == [1, 2, 3, 4, 5])
  }

  @Test("A batch that depends on parameters leaves no graph behind")
  func noGraph() throws {
    let queue = try EmbeddingQueue(3, 1, in: Scope(RandomSource(seed: 1)))
    let weight = Parameter("weight", rows([2]))
    queue.push(weight.value * 3)
    let loss = (queue.embeddings * weight.value.detached()).sum()
    #expect(throws: TorchError.self) { try loss.backward() }
  }

  @Test("A network read from a checkpoint goes on with the queue that was written")
  func checkpoint() throws {
    let folder = try TemporaryFolder()
    let scope = Scope(RandomSource(seed: 1))
    let queue = try EmbeddingQueue(4, 2, in: scope / "queue")
    queue.push(Tensor([0.6, 0.8] as [Float], shape: [1, 2]), concepts: Tensor([7] as [Int64]))
    let path = folder.path + "/queue.safetensors"
    try writeSafetensors(scope.parameters.map { ($0.name, $0.value) }, metadata: [:], to: path)
    let read = try EmbeddingQueue(4, 2, in: Scope(SafetensorsFile(path: path)) / "queue")
    #expect(isClose(read.embeddings.floats, queue.embeddings.floats, tolerance: 1e-6))
    #expect(read.concepts.floats == queue.concepts.floats)
  }
}

@Suite("Momentum copies")
struct MomentumCopyTests {
  private func encoders() throws -> (fast: Scope, slow: Scope, tower: ResNet, copy: ResNet) {
    let scope = Scope(RandomSource(seed: 1))
    let settings = ResNet.Settings(size: 8, stem: 4, stages: [.init(width: 8, blocks: 1)])
    let tower = try ResNet(settings, in: scope / "encoder")
    let copy = try ResNet(settings, in: scope / "momentum")
    return (scope / "encoder", scope / "momentum", tower, copy)
  }

  @Test("Begins equal, is not learned, and follows by 1 − m")
  func follows() throws {
    let (fast, slow, tower, copy) = try encoders()
    let pixels = Tensor.normal([2, 3, 8, 8], using: Generator(seed: 1))
    #expect(tower(pixels).floats != copy(pixels).floats)
    let momentum = MomentumCopy(slow.parameters, of: fast.parameters, momentum: 0.9)
    #expect(tower(pixels).floats == copy(pixels).floats)
    #expect(slow.parameters.allSatisfy { !$0.isTrainable })

    let before = fast.parameters.map(\.value.floats)
    for parameter in fast.parameters where parameter.isTrainable {
      parameter.assign((parameter.value + 1).detached())
    }
    momentum.follow()
    momentum.follow()
    #expect(slow.parameters.count == before.count && before.count > 5)
    for ((slow, fast), before) in zip(zip(slow.parameters, fast.parameters), before) {
      // 1 − 0.9² of the way.
      let expected = before.map { fast.isTrainable ? $0 + 0.19 : $0 }
      #expect(isClose(slow.value.floats, expected, tolerance: 1e-5), "\(slow.name)")
    }
    momentum.start()
    #expect(slow.parameters[0].value.floats == fast.parameters[0].value.floats)
  }

  @Test("Takes over a batch norm's statistics only if asked", arguments: [false, true])
  func statistics(copies: Bool) throws {
    let (fast, slow, tower, _) = try encoders()
    let momentum = MomentumCopy(
      slow.parameters, of: fast.parameters, momentum: 0.9, copiesStatistics: copies)
    let pixels = Tensor.normal([4, 3, 8, 8], using: Generator(seed: 1)) + 3
    _ = Phase.training { tower(pixels) }
    momentum.follow()
    let isMean = { (parameter: Parameter) in parameter.name.hasSuffix("running_mean") }
    let pairs = Array(zip(slow.parameters.filter(isMean), fast.parameters.filter(isMean)))
    #expect(pairs.count == fast.parameters.count(where: isMean) && !pairs.isEmpty)
    #expect(pairs.allSatisfy { ($0.value.floats == $1.value.floats) == copies })
  }
}

@Suite("Features kept for later")
struct FeatureTests {
  @Test("Embedding what the towers gave before is the same as embedding at once")
  func halves() throws {
    let encoder = try DualEncoder(DualEncoderTests.settings, in: Scope(RandomSource(seed: 5)))
    let pixels = Tensor.normal([3, 3, 16, 16], using: Generator(seed: 1))
    let features = encoder.imageFeatures(of: pixels)
    #expect(features.shape == [3, 16])
    #expect(
      encoder.embed(imageFeatures: features).floats == encoder.embed(images: pixels).floats)
    let texts = TokenBatch([[1, 2], [3]], padding: 0)
    #expect(
      encoder.embed(textFeatures: encoder.textFeatures(of: texts)).floats
        == encoder.embed(texts: texts).floats)
  }

  @Test("Projections begin as wide as asked, and the setting survives its JSON")
  func projectionDeviation() throws {
    var settings = DualEncoderTests.settings
    settings.width = 400
    func deviation(_ settings: DualEncoder.Settings) throws -> Double {
      let scope = Scope(RandomSource(seed: 5))
      _ = try DualEncoder(settings, in: scope)
      let weight = try #require(scope.parameters.first { $0.name == "text_projection.weight" })
      return (weight.value * weight.value).mean().item.squareRoot()
    }
    #expect(isClose(try deviation(settings), 0.25, tolerance: 0.01))
    settings.projectionDeviation = 0.02
    let data = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(DualEncoder.Settings.self, from: data) == settings)
    #expect(isClose(try deviation(settings) * 50, 1, tolerance: 0.04))
  }

  @Test("A self-supervised head gives vectors of length one, by the batch's statistics in training")
  func head() throws {
    let scope = Scope(RandomSource(seed: 5))
    let head = try SelfSupervisedHead(8, inner: 32, outputs: 16, in: scope)
    let features = Tensor.normal([6, 8], using: Generator(seed: 1))
    let views = Phase.training { head(features * 10 + 4) }
    #expect(views.shape == [6, 16])
    #expect(isClose((views * views).sum(axis: 1).floats, [1, 1, 1, 1, 1, 1]))
    try (views.narrowed(1, to: 0..<1)).sum().backward()
    for parameter in scope.parameters where parameter.isTrainable {
      #expect(parameter.gradient != nil, "\(parameter.name)")
    }
    // The scale of what comes in does not matter to a batch norm.
    let same = Phase.training { head(features * 10 + 4) }
    #expect(isClose(views.floats, same.floats))
    #expect(head(features).floats != Phase.training { head(features) }.floats)
  }
}
