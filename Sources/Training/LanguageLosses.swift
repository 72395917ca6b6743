import Losses
import Recipes
package import Torch

/// What a step's pairs tell besides the loss: how hard each language is, and how many right answers a
/// loss without concepts would push away.
package struct PairStatistics: Sendable, Equatable {
  /// Mean contrastive loss of each language's captions, text to picture, in nats.
  package let languageLoss: [String: Double]
  /// The share of the pairs of a caption and another's picture that are of one concept, 0…1.
  package let falseNegatives: Double

  /// Computes both from embeddings that the step has already, without gradient and drawing nothing.
  ///
  /// Each caption is compared with all pictures of the batch by softmax at the encoder's scale, with
  /// every picture of its concept equally right, whatever the recipe's own loss is: so languages,
  /// recipes and runs can be compared. Captions whose concept has no picture are left out.
  ///
  /// - Parameters:
  ///   - pairs: Embeddings of the step's pictures and captions; see ``Step/embeddedPairs(by:)``.
  /// - Returns: Nil for a batch without captions, or without their pictures.
  /// - Throws: ``TorchError`` if the numbers cannot be copied to the CPU.
  package init?(
    _ pairs: (images: Tensor, texts: Tensor), of batch: TrainingData.Batch, scale: Tensor
  ) throws {
    let count = batch.texts.count
    guard count > 0, batch.textOwners.count == count else { return nil }
    let device = pairs.images.device
    let images = Tensor(batch.imageGroups.map(Int64.init)).to(device)
    let texts = Tensor(batch.textGroups.map(Int64.init)).to(device)
    let owners = Tensor(batch.textOwners.map(Int64.init)).to(device)
    let places = Tensor.range(0..<batch.imageGroups.count, on: device)
    let isSame = isSameConcept(images, texts)
    falseNegatives = falseNegativeShare(
      isSame: isSame, positives: isSameConcept(places, owners))
    let terms = withoutGradient {
      contrastiveTextTerms(
        images: pairs.images, texts: pairs.texts, positives: isSame.to(.float32),
        scale: scale.detached())
    }
    let concepts = Set(batch.imageGroups)
    let asking = (0..<count).filter { concepts.contains(batch.textGroups[$0]) }
    var losses = LossByLanguage()
    if !asking.isEmpty {
      try losses.add(
        asking.count == count
          ? terms : terms.gathered(0, Tensor(asking.map(Int64.init)).to(device)),
        asking.map { batch.languages[$0] })
    }
    // Four digits tell enough, and there may be hundreds of languages a line.
    languageLoss = losses.means.mapValues { ($0 * 1e4).rounded() / 1e4 }
  }
}
