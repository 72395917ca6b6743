import Foundation
import Losses
import TestSupport
import Testing
import Torch

@Suite("Laws of losses of tokens and regions")
struct TokenLossLawTests {
  private func random(_ shape: [Int], seed: UInt64) -> Tensor {
    Tensor.normal(shape, using: Generator(seed: seed))
  }

  @Test("Is ln vocabulary before learning, with any smoothing", arguments: [0, 0.1, 1])
  func beforeLearning(smoothing: Double) {
    let loss = sequenceLoss(
      states: random([2, 3, 4], seed: 1),
      labels: Tensor([1, 2, 3, 4, 5, -1] as [Int64], shape: [2, 3]),
      embedding: .zeros([9, 4]), smoothing: smoothing)
    #expect(isClose(loss.item, log(9), tolerance: 1e-6))
  }

  @Test("Goes to nothing for a decoder that is sure and right, and not if its labels are smoothed")
  func afterLearning() {
    let eye = Tensor([1, 0, 0, 0, 1, 0, 0, 0, 1] as [Float], shape: [3, 3])
    let labels = Tensor([0, 1, 2] as [Int64])
    #expect(sequenceLoss(states: eye * 40, labels: labels, embedding: eye).item < 1e-6)
    #expect(
      sequenceLoss(states: eye * 40, labels: labels, embedding: eye, smoothing: 0.1).item > 1)
  }

  @Test("What stands at padding changes nothing and learns nothing")
  func padding() throws {
    let states = Parameter("states", random([1, 4, 3], seed: 1))
    let embedding = random([5, 3], seed: 2)
    let labels = Tensor([2, 4, -100, -100] as [Int64], shape: [1, 4])
    let loss = sequenceLoss(states: states.value, labels: labels, embedding: embedding)
    let short = sequenceLoss(
      states: states.value.narrowed(1, to: 0..<2), labels: labels.narrowed(1, to: 0..<2),
      embedding: embedding)
    #expect(isClose(loss.item, short.item, tolerance: 1e-6))
    try loss.backward()
    let gradient = try #require(states.gradient).floats
    #expect(gradient[6...].allSatisfy { $0 == 0 } && gradient[..<6].contains { $0 != 0 })
  }

  @Test("A step in which nothing is asked for has a loss of 0 and no broken gradient")
  func nothingAsked() throws {
    let states = Parameter("states", random([2, 3], seed: 1))
    let embedding = random([5, 3], seed: 2)
    let none = Tensor([] as [Int64])
    let losses = [
      sequenceLoss(
        states: states.value, labels: Tensor([-1, -1] as [Int64]), embedding: embedding),
      maskedLanguageLoss(states: states.value, places: none, labels: none, embedding: embedding),
      maskedRegionClassLoss(
        logits: states.value.narrowed(0, to: 0..<0), targets: .zeros([0, 3])),
      maskedRegionFeatureLoss(
        predictions: states.value.narrowed(0, to: 0..<0), features: .zeros([0, 3])),
    ]
    for loss in losses {
      #expect(loss.item == 0)
      try loss.backward()
    }
    #expect(try #require(states.gradient).floats.allSatisfy { $0 == 0 })
  }

  @Test("Half precision is summed in float32")
  func halfPrecision() {
    let (states, embedding) = (random([3, 8], seed: 1), random([300, 8], seed: 2))
    let labels = Tensor([7, 100, 299] as [Int64])
    let whole = sequenceLoss(states: states, labels: labels, embedding: embedding).item
    let half = withAutocast(.bfloat16, on: .cpu) {
      sequenceLoss(states: states, labels: labels, embedding: embedding)
    }
    #expect(half.dtype == .float32)
    #expect(isClose(half.item, whole, tolerance: 0.01))
  }

  @Test("Regions: nothing to learn where both agree; a certain class is its cross entropy")
  func regionAgreement() {
    let logits = random([3, 6], seed: 1)
    #expect(
      isClose(
        maskedRegionClassLoss(logits: logits, targets: logits.softmax()).item, 0, tolerance: 1e-6))
    let certain = Tensor([0, 0, 1, 0, 0, 0] as [Float]).expanded(3, 6)
    #expect(
      isClose(
        maskedRegionClassLoss(logits: logits, targets: certain).item,
        crossEntropy(logits, Tensor([2, 2, 2] as [Int64])).item, tolerance: 1e-6))
    #expect(maskedRegionFeatureLoss(predictions: logits, features: logits).item == 0)
  }

  @Test("A region none of whose classes has a name has no soft token, and breaks nothing")
  func namelessRegion() {
    let names = Tensor([1, 0, 0, 0] as [Float], shape: [2, 2])
    let soft = softVisualTokens(
      classes: Tensor([0, 1, 0.5, 0.5] as [Float], shape: [2, 2]), names: names)
    #expect(soft.floats == [0, 0, 1, 0])
    let loss = softVisualTokenLoss(
      states: random([2, 3], seed: 1), targets: soft, tokens: Tensor([4, 1] as [Int64]),
      embedding: random([6, 3], seed: 2))
    #expect(loss.isFinite)
  }

  @Test("A label outside of the vocabulary is refused")
  func badLabel() {
    #expect(throws: TorchError.self) {
      try catchingTorchErrors {
        sequenceLoss(
          states: .ones([1, 3]), labels: Tensor([5] as [Int64]), embedding: .ones([5, 3]))
      }
    }
  }

  @Test("Labels, targets and names of another number stop the program")
  func misfits() async {
    await #expect(processExitsWith: .failure) {
      _ = sequenceLoss(
        states: .ones([2, 3]), labels: Tensor([1] as [Int64]), embedding: .ones([5, 3]))
    }
    await #expect(processExitsWith: .failure) {
      _ = sequenceLoss(
        states: .ones([1, 3]), labels: Tensor([1] as [Int64]), embedding: .ones([5, 3]),
        smoothing: 1.5)
    }
    await #expect(processExitsWith: .failure) {
      _ = maskedRegionClassLoss(logits: .ones([2, 5]), targets: .ones([2, 4]))
    }
    await #expect(processExitsWith: .failure) {
      _ = maskedRegionFeatureLoss(predictions: .ones([2, 5]), features: .ones([1, 5]))
    }
    await #expect(processExitsWith: .failure) {
      _ = softVisualTokens(classes: .ones([2, 5]), names: .ones([4, 7]))
    }
  }
}
