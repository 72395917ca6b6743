import Foundation
import Losses
import TestSupport
import Testing
import Torch

@Suite("Laws of the published recipes' losses")
struct RecipeLossTests {
  private func unit(_ count: Int, _ width: Int, seed: UInt64) -> Tensor {
    Tensor.normal([count, width], using: Generator(seed: seed)).normalized()
  }

  @Test(
    "A queue loss is ln(k + 1) when every key is as near, whatever the batch", arguments: [1, 6])
  func queueBeforeLearning(batch: Int) {
    let same = Tensor.ones([batch, 4]).normalized()
    let queue = Tensor.ones([9, 4]).normalized()
    let loss = queueContrastiveLoss(queries: same, keys: same, queue: queue, temperature: 0.07)
    #expect(isClose(loss.item, log(10), tolerance: 1e-5))
  }

  @Test("The order of the queue does not matter, and what is left out does not exist")
  func queueOrder() {
    let (queries, keys, queue) = (unit(3, 8, seed: 1), unit(3, 8, seed: 2), unit(5, 8, seed: 3))
    func loss(_ queue: Tensor, leavingOut same: Tensor? = nil) -> Double {
      queueContrastiveLoss(
        queries: queries, keys: keys, queue: queue, temperature: 0.07, leavingOut: same
      ).item
    }
    let order = Tensor([4, 2, 0, 3, 1] as [Int64])
    #expect(isClose(loss(queue), loss(queue.gathered(0, order)), tolerance: 1e-6))
    let last = Tensor([0, 0, 0, 0, 1] as [Float]).expanded(3, 5)
    #expect(
      isClose(
        loss(queue, leavingOut: last), loss(queue.narrowed(0, to: 0..<4)), tolerance: 1e-6))
  }

  @Test("A queue wholly of the query's concept leaves nothing to push away, and no gradient breaks")
  func queueAllSame() throws {
    let queries = Parameter("queries", unit(2, 4, seed: 1))
    let loss = queueContrastiveLoss(
      queries: queries.value, keys: unit(2, 4, seed: 2), queue: unit(3, 4, seed: 3),
      temperature: 0.07, leavingOut: .ones([2, 3], .bool))
    #expect(isClose(loss.item, 0, tolerance: 1e-6))
    try loss.backward()
    #expect(try #require(queries.gradient).isFinite)
  }

  @Test("SimCLR's loss does not care which view comes first, and is ln(2n − 1) before learning")
  func simCLRSymmetry() {
    let (first, second) = (unit(5, 8, seed: 1), unit(5, 8, seed: 2))
    #expect(
      isClose(
        selfSupervisedLoss(first, second).item, selfSupervisedLoss(second, first).item,
        tolerance: 1e-6))
    let same = Tensor.ones([5, 8]).normalized()
    #expect(isClose(selfSupervisedLoss(same, same).item, log(9), tolerance: 1e-5))
  }

  @Test("Visible patches do not count, nor what was painted over them")
  func visiblePatchesDoNotCount() {
    let targets = unit(2, 12, seed: 4).reshaped(2, 3, 4)
    let hidden = Tensor([1, 0, 0, 0, 1, 1] as [Float], shape: [2, 3])
    let elsewhere = (-hidden + 1).insertingAxis(-1) * 7
    let loss = maskedPatchLoss(
      predictions: targets + elsewhere, targets: targets, hidden: hidden)
    #expect(loss.item == 0)
  }

  @Test("Patches that do not fill the picture are left out, and the orders hold the same numbers")
  func patchesOfOddPictures() {
    let pixels = Tensor.normal([2, 3, 9, 14], using: Generator(seed: 4))
    let first = pixelPatches(of: pixels, side: 4, order: .channelsFirst)
    let last = pixelPatches(of: pixels, side: 4, order: .channelsLast)
    #expect(first.shape == [2, 6, 48])
    #expect(first.floats != last.floats)
    let turned = first.reshaped(2, 6, 3, 16).transposed(2, 3).reshaped(2, 6, 48)
    #expect(turned.floats == last.floats)
  }

  @Test("A student that agrees with its teacher has nothing to learn")
  func agreement() {
    let (images, texts) = (unit(4, 8, seed: 1), unit(6, 8, seed: 2))
    let scale = Tensor([20] as [Float], shape: [])
    let loss = similarityDistillationLoss(
      images: images, texts: texts, scale: scale, teacherImages: images, teacherTexts: texts,
      teacherScale: scale)
    #expect(isClose(loss.item, 0, tolerance: 1e-6))
    #expect(teacherLoss(students: images, teachers: images).item == 0)
  }

  @Test("The share of false negatives counts pairs of one concept that are pushed apart")
  func falseNegatives() {
    let images = Tensor([7, 8, 7] as [Int64])
    let texts = Tensor([7, 8, 7, -1] as [Int64])
    let isSame = isSameConcept(images, texts)
    #expect(isSame.to(.float32).floats == [1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0])
    // Only a picture's own caption is a positive: of nine negatives, two are of the same concept.
    let own = Tensor([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] as [Float], shape: [3, 4])
    #expect(isClose(falseNegativeShare(isSame: isSame, positives: own), 2.0 / 9, tolerance: 1e-9))
    #expect(falseNegativeShare(isSame: isSame, positives: isSame) == 0)
    #expect(falseNegativeShare(isSame: isSame, positives: .ones([3, 4])) == 0)
  }

  @Test("The loss of each language is the mean over its texts of all steps")
  func languages() throws {
    var losses = LossByLanguage()
    try losses.add(Tensor([1, 2, 6] as [Float]), ["en", "ko", "en"])
    try losses.add(Tensor([5] as [Float]), ["en"])
    #expect(losses.means == ["en": 4, "ko": 2])
  }
}
