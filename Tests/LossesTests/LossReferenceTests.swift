import Checkpoints
import Foundation
import Losses
import TestSupport
import Testing
import Torch

@Suite("Losses against float64 references")
struct LossReferenceTests {
  private let file: SafetensorsFile
  private let images, texts, scale, bias: Parameter
  private let positives: Tensor

  init() throws {
    let file = try SafetensorsFile(path: fixture("learning/losses.safetensors"))
    func parameter(_ name: String) throws -> Parameter {
      Parameter(name, try file.tensor(name).copied())
    }
    (images, texts) = (try parameter("images"), try parameter("texts"))
    (scale, bias) = (try parameter("scale"), try parameter("bias"))
    positives = try file.tensor("positives")
    self.file = file
  }

  private func expectEqual(_ loss: Tensor, _ name: String, _ parameters: [Parameter]) throws {
    #expect(isClose(loss.item, try file.tensor(name).item, tolerance: 1e-12))
    try loss.backward()
    for parameter in parameters {
      let expected = try file.tensor("\(name).\(parameter.name)").array(of: Double.self)
      let found = try #require(parameter.gradient).array(of: Double.self)
      #expect(expected.count == parameter.count)
      #expect(isClose(expected, found, tolerance: 1e-12), "\(name).\(parameter.name)")
    }
  }

  @Test("The contrastive loss with several positives, value and gradients")
  func contrastive() throws {
    try expectEqual(
      contrastiveLoss(
        images: images.value, texts: texts.value, positives: positives, scale: scale.value),
      "contrastive", [images, texts, scale])
  }

  @Test("The sigmoid loss with several positives, value and gradients")
  func sigmoid() throws {
    try expectEqual(
      sigmoidLoss(
        images: images.value, texts: texts.value, positives: positives, scale: scale.value,
        bias: bias.value),
      "sigmoid", [images, texts, scale, bias])
  }
}

@Suite("Contrastive loss")
struct ContrastiveLossTests {
  @Test("Is ln n when every picture is as near to every text", arguments: [2, 8, 64])
  func isLogOfBatchBeforeLearning(count: Int) {
    let same = Tensor.ones([count, 4]).normalized()
    let loss = contrastiveLoss(
      images: same, texts: same, positives: identity(count),
      scale: Tensor([1] as [Float], shape: []))
    #expect(isClose(loss.item, log(Double(count)), tolerance: 1e-6))
  }

  @Test("Goes to nothing for a perfect model, though pictures share concepts")
  func vanishesForPerfectModel() {
    // Two pictures and two captions of one concept, one of each of another.
    let embeddings = Tensor([1, 0, 1, 0, 0, 1] as [Float], shape: [3, 2])
    let positives = Tensor([1, 1, 0, 1, 1, 0, 0, 0, 1] as [Float], shape: [3, 3])
    let loss = contrastiveLoss(
      images: embeddings, texts: embeddings, positives: positives,
      scale: Tensor([100] as [Float], shape: []))
    // What is left is that two equally right answers share the probability: ln 2 in two rows of three.
    #expect(isClose(loss.item, log(2.0) * 2 / 3, tolerance: 1e-6))
  }

  @Test("Does not depend on the order of pairs")
  func isInvariantToOrder() {
    let generator = Generator(seed: 2)
    let images = Tensor.normal([5, 8], using: generator).normalized()
    let texts = Tensor.normal([5, 8], using: generator).normalized()
    let scale = Tensor([10] as [Float], shape: [])
    let order = Tensor([3, 1, 4, 0, 2] as [Int64])
    let first = contrastiveLoss(
      images: images, texts: texts, positives: identity(5), scale: scale)
    let second = contrastiveLoss(
      images: images.gathered(0, order), texts: texts.gathered(0, order), positives: identity(5),
      scale: scale)
    #expect(isClose(first.item, second.item, tolerance: 1e-6))
  }

  private func identity(_ count: Int) -> Tensor {
    let numbers = Tensor.range(0..<count)
    return numbers.insertingAxis(1).isEqual(to: numbers).to(.float32)
  }
}
