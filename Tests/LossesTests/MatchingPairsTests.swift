import Checkpoints
import Foundation
import Losses
import TestSupport
import Testing
import Torch

@Suite("Pairs for image-text matching")
struct MatchingPairsTests {
  private typealias Batch = MatchingPairs.Batch

  /// Pictures 0 and 2 are of one concept, 3 and 4 of none.
  private let batch = Batch(
    imageGroups: [7, 3, 7, -1, -1], textGroups: [7, 3, 7, -1, -1], owners: [0, 1, 2, 3, 4])

  @Test("Hard negatives are as frequent as the softmax of the similarities over all other concepts")
  func hardNegativesFollowSoftmax() throws {
    let file = try SafetensorsFile(path: fixture("learning/objectives.safetensors"))
    let similarities = try file.tensor("similarities")
    let expected = try file.tensor("negative_probabilities").array(of: Double.self)
    var found = [Double](repeating: 0, count: expected.count)
    let trials = 4_000
    for seed in 0..<trials {
      let pairs = try MatchingPairs.hard(
        in: batch, similarities: similarities, by: Draws(seed: UInt64(seed)))
      #expect(
        pairs.isMatch == [Bool](repeating: true, count: 5) + .init(repeating: false, count: 10))
      #expect(Array(pairs.texts[0..<10]) == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
      #expect(Array(pairs.images[10..<15]) == [0, 1, 2, 3, 4])
      for text in 0..<5 {
        found[text * 5 + pairs.images[5 + text]] += 1 / Double(trials)
        found[25 + text * 5 + pairs.texts[10 + text]] += 1 / Double(trials)
      }
    }
    // Within 4.5 standard deviations of each share.
    for (share, probability) in zip(found, expected) {
      if probability == 0 {
        #expect(share == 0)
      } else {
        let deviation = (probability * (1 - probability) / Double(trials)).squareRoot()
        #expect(abs(share - probability) < 4.5 * deviation)
      }
    }
  }

  @Test("However near another caption of the same picture is, it is no hard negative")
  func otherCaptionsAreNoNegatives() throws {
    func pairs(_ similarity: Float) throws -> MatchingPairs {
      var scores = [Float](repeating: 0, count: 25)
      for place in [0, 2, 10, 12] { scores[place] = similarity }
      return try MatchingPairs.hard(
        in: batch, similarities: Tensor(scores, shape: [5, 5]), by: Draws(seed: 3))
    }
    let (near, far) = (try pairs(1e6), try pairs(-1e6))
    #expect(near == far)
    for (image, text) in zip(near.images, near.texts).dropFirst(5) {
      #expect(batch.isNegative(image: image, text: text))
    }
  }

  @Test("Two captions of one picture are both its own, with or without a concept")
  func captionsOfOnePicture() throws {
    let two = Batch(imageGroups: [-1, -1], textGroups: [-1, -1, -1], owners: [0, 0, 1])
    let pairs = try MatchingPairs.hard(
      in: two, similarities: Tensor.zeros([2, 3]), by: Draws(seed: 1))
    #expect(Array(pairs.images[3..<6]) == [1, 1, 0])
    #expect(Array(pairs.texts[6..<8]) == [2, 2])
  }

  @Test("A batch of one concept has no negative, hard or random")
  func onlyOneConcept() throws {
    let same = Batch(imageGroups: [4, 4], textGroups: [4, 4], owners: [0, 1])
    let hard = try MatchingPairs.hard(
      in: same, similarities: Tensor.zeros([2, 2]), by: Draws(seed: 1))
    #expect(hard.isMatch == [true, true])
    let random = MatchingPairs.random(in: same, share: 1, by: Draws(seed: 1))
    #expect(random.isMatch == [true, true])
  }

  @Test(
    "Random negatives exchange the picture, the text or either, and never for one of the concept")
  func randomNegatives() {
    for exchange in MatchingPairs.Exchange.allCases {
      var (wrong, pictures) = (0, 0)
      for seed in 0..<1_000 {
        let pairs = MatchingPairs.random(
          in: batch, exchanging: exchange, by: Draws(seed: UInt64(seed)))
        for pair in 0..<5 where !pairs.isMatch[pair] {
          #expect(batch.isNegative(image: pairs.images[pair], text: pairs.texts[pair]))
          wrong += 1
          if pairs.texts[pair] == pair { pictures += 1 }
        }
      }
      // Half of 5,000, and of those all, none or half.
      #expect(abs(wrong - 2_500) < 160, "\(exchange)")
      switch exchange {
      case .picture: #expect(pictures == wrong)
      case .text: #expect(pictures == 0)
      case .either: #expect(abs(2 * pictures - wrong) < 225)
      }
    }
  }

  @Test("The same seed draws the same pairs, another one others; a share of 0 leaves all whole")
  func seeds() {
    let wide = Batch(
      imageGroups: .init(0..<64), textGroups: .init(0..<64), owners: .init(0..<64))
    let pairs = MatchingPairs.random(in: wide, by: Draws(seed: 5))
    #expect(MatchingPairs.random(in: wide, by: Draws(seed: 5)) == pairs)
    #expect(MatchingPairs.random(in: wide, by: Draws(seed: 6)) != pairs)
    let whole = MatchingPairs.random(in: wide, share: 0, by: Draws(seed: 5))
    #expect(whole.isMatch.allSatisfy { $0 } && whole.images == whole.texts)
  }

  @Test("An untrained head's loss is ln 2, and the labels are of the pairs")
  func untrained() throws {
    let pairs = try MatchingPairs.hard(
      in: batch, similarities: .zeros([5, 5]), by: Draws(seed: 1))
    #expect(try pairs.labels.array(of: Int64.self) == pairs.isMatch.map { $0 ? 1 : 0 })
    let loss = matchingLoss(logits: .zeros([15, 2]), labels: pairs.labels)
    #expect(isClose(loss.item, log(2), tolerance: 1e-6))
  }

  @Test("Owners that are no pictures, and similarities of another batch, stop the program")
  func misfits() async {
    await #expect(processExitsWith: .failure) {
      _ = MatchingPairs.Batch(imageGroups: [1], textGroups: [1, 2], owners: [0, 1])
    }
    await #expect(processExitsWith: .failure) {
      let batch = MatchingPairs.Batch(imageGroups: [1], textGroups: [1], owners: [0])
      _ = try MatchingPairs.hard(in: batch, similarities: .zeros([2, 2]), by: Draws(seed: 1))
    }
    await #expect(processExitsWith: .failure) {
      _ = matchingLoss(logits: .zeros([3, 1]), labels: Tensor([0, 0, 0] as [Int64]))
    }
  }
}
