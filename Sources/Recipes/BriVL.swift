import Foundation
package import Layers
import Losses
import Pictures
package import Settings
package import Torch
package import Towers

/// BriVL (WenLan 1.0): each modality is contrasted with a queue of the other's past embeddings.
///
/// The queues are filled by a momentum encoder, which follows the trained one slowly; so what lies
/// in a queue is old but consistent, and a small batch still meets thousands of negatives. One
/// step, in the order of the released code:
///
/// 1. The encoder embeds the batch: the queries.
/// 2. The momentum encoder moves towards the encoder, then embeds the batch, without gradient: the
///    keys.
/// 3. The loss is the *sum* of images against the text queue and texts against the image queue.
/// 4. The keys enter the queues, and as many of the oldest leave.
///
/// The momentum encoder drops numbers of its own, and layers that learn nothing drop as well: in the
/// released code all is one network in training.
///
/// Begin it with `--image-from timm/tf_efficientnet_b5.ns_jft_in1k --text-from
/// hfl/chinese-roberta-wwm-ext`, which become the networks inside its towers.
///
/// - Source: Huo et al. 2021, §3, arXiv:2103.06561; BAAI-WuDao/BriVL at bb8d95b,
///   `models/vl_model.py:287`.
/// - Differs: batches are not shuffled between devices, which served the batch norm of the image
///   tower's momentum copy. Past embeddings of the query's concept are left out of its negatives,
///   unless `leavesOutConcept` is off.
package struct BriVL: Recipe {
  package static let name = "brivl"
  package static let abstract = "Momentum encoders and queues of negatives (WenLan)."

  package struct Settings: RecipeSettings {
    /// EfficientNet-B5 seen in 6 × 6 + 1 boxes, beside Chinese RoBERTa. Published: 380 px, 2,048.
    package var model = DualEncoder.Settings(
      image: .brivl(.base(size: 380)), text: .brivl(.init(dropout: .encoderLayer)), width: 2048,
      imageProjection: .none, textProjection: .none)
    /// Embeddings in each queue. Published: 9,600 (`cfg/test_xyb.yml:19`).
    package var queueLength = 9_600
    /// How much of itself the momentum encoder keeps each step. Published: 0.99 (`:20`).
    package var momentum = 0.99
    /// τ, which is the model's scale too. Published: 0.07, not learned (`:21`).
    package var temperature = 0.07
    /// Past embeddings that count as right answers, too: those among the nearest of both modalities'
    /// keys. Published: off; 1 where it is on.
    package var neighbours = 0
    /// Whether past embeddings of the query's own concept are left out of its negatives. The authors
    /// had no concepts: every pair was its own.
    package var leavesOutConcept = true
    /// Whether the running statistics of batch norms are copied as well. Published: no.
    package var copiesStatistics = false
    package var training = {
      var plan = TrainingPlan(preprocessing: .brivl(size: 380), augmentation: .brivl)
      // The release gives no rate, batch or length; these are ours.
      plan.batch = 64
      plan.captionsPerPicture = 1
      plan.rate = 1e-4
      plan.precision = .float32
      // Published: of the network the stages 3 to 6 learn, of BERT the last four layers.
      plan.frozen =
        [
          "image.network.stem.", "image.network.head.", "text.bert.tokens.", "text.bert.positions",
          "text.bert.segments", "text.bert.norm.",
        ]
        + (0..<3).map { "image.network.stages.\($0)." } + (0..<8).map { "text.bert.blocks.\($0)." }
      plan.vocabulary = 21_128
      plan.cachedSide = 380
      plan.validationLanguages = ["zh"]
      return plan
    }()
  }

  package static var published: Settings { Settings() }

  package let encoder: DualEncoder
  private let slow: DualEncoder
  private let copy: MomentumCopy
  private let imageQueue, textQueue: EmbeddingQueue
  private let settings: Settings

  package init(_ settings: Settings, in scope: Scope) throws {
    encoder = try DualEncoder(settings.model, in: scope)
    encoder.logScale.isTrainable = false
    encoder.logScale.assign(.full([], -log(settings.temperature)))
    slow = try DualEncoder(settings.model, in: scope / "momentum")
    copy = MomentumCopy(
      slow.parameters, of: encoder.parameters, momentum: settings.momentum,
      copiesStatistics: settings.copiesStatistics)
    let (length, width) = (settings.queueLength, settings.model.width)
    imageQueue = try EmbeddingQueue(length, width, in: scope / "image_queue")
    textQueue = try EmbeddingQueue(length, width, in: scope / "text_queue")
    self.settings = settings
  }

  package func loss(_ step: Step) -> Tensor {
    let (images, texts) = (step.images(by: encoder), step.texts(by: encoder))
    let (imageKeys, textKeys) = withoutGradient {
      copy.follow()
      return (step.images(by: slow), step.texts(by: slow))
    }
    // A picture's own caption, and a caption's own picture.
    let partners = step.partners
    let neighbours =
      settings.neighbours > 0
      ? sharedNeighbours(
        images: imageKeys, imageQueue: imageQueue.embeddings,
        texts: textKeys.gathered(0, partners.ofImages), textQueue: textQueue.embeddings,
        count: settings.neighbours) : nil
    func loss(
      _ queries: Tensor, _ groups: Tensor, _ keys: Tensor, _ queue: EmbeddingQueue,
      _ neighbours: Tensor?
    ) -> Tensor {
      queueContrastiveLoss(
        queries: queries, keys: keys, queue: queue.embeddings, temperature: settings.temperature,
        leavingOut: settings.leavesOutConcept ? isSameConcept(groups, queue.concepts) : nil,
        positives: neighbours)
    }
    let sum =
      loss(
        images, step.inputs.imageGroups, textKeys.gathered(0, partners.ofImages), textQueue,
        neighbours)
      + loss(
        texts, step.inputs.textGroups, imageKeys.gathered(0, partners.ofTexts), imageQueue,
        neighbours?.gathered(0, partners.ofTexts))
    let groups = step.inputs.imageGroups
    step.afterwards { [imageQueue, textQueue] in
      imageQueue.push(imageKeys, concepts: groups)
      textQueue.push(textKeys.gathered(0, partners.ofImages), concepts: groups)
    }
    return sum
  }
}

extension BriVL.Settings {
  /// The queue holds the others.
  package var contrastsWithinStep: Bool { false }

  package func check(languages: [String]) throws(SettingsError) {
    guard queueLength >= 1 else {
      throw .unreadable(key: "queueLength", reason: "it must be at least 1, not \(queueLength)")
    }
    guard (0...1).contains(momentum) else {
      throw .unreadable(key: "momentum", reason: "it must lie from 0 to 1, not be \(momentum)")
    }
    guard temperature > 0, temperature.isFinite else {
      throw .unreadable(key: "temperature", reason: "it must be more than 0, not \(temperature)")
    }
    guard neighbours >= 0 else {
      throw .unreadable(key: "neighbours", reason: "it must be 0 or more, not \(neighbours)")
    }
  }
}
