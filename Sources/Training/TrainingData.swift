package import Corpora
import Pictures
package import Recipes
package import Tokens
import Towers

/// The part of a corpus that a run learns from, ready to be drawn from.
package struct TrainingData: Sendable {
  package let samples: [Sample]
  /// The pictures of `samples`, decoded and shrunk once.
  package let pictures: PictureCache
  package let tokenizer: Tokenizer
  private let groups: [Int]
  private let policy: CaptionPolicy
  private let plan: TrainingPlan
  private let contextLength: Int
  private let order: SampleOrder
  private let seed: UInt64

  /// One step's pictures and captions as plain numbers.
  package struct Batch: Sendable {
    package let step: Int
    /// Normalized pixels, `[pictures, 3, size, size]`.
    package let pixels: [Float]
    /// The concept of each picture as a number.
    package let imageGroups: [Int]
    /// Token ids, shortest first.
    package let texts: [[Int32]]
    package let textGroups: [Int]
    package let languages: [String]
    package let sampleIDs: [String]

    package init(
      step: Int, pixels: [Float], imageGroups: [Int], texts: [[Int32]], textGroups: [Int],
      languages: [String], sampleIDs: [String]
    ) {
      self.step = step
      self.pixels = pixels
      self.imageGroups = imageGroups
      self.texts = texts
      self.textGroups = textGroups
      self.languages = languages
      self.sampleIDs = sampleIDs
    }
  }

  /// - Parameters:
  ///   - corpus: Only samples with captions and a picture in `pictures` should be in it.
  ///   - pictures: The cache of exactly these samples, in their order.
  package init(
    _ corpus: Corpus, pictures: PictureCache, tokenizer: Tokenizer, plan: TrainingPlan,
    contextLength: Int, seed: UInt64
  ) {
    samples = corpus.samples
    self.pictures = pictures
    self.tokenizer = tokenizer
    self.plan = plan
    self.contextLength = contextLength
    self.seed = seed
    groups = corpus.relevanceGroups
    let languages: CaptionPolicy.Languages =
      switch plan.languages {
      case .uniform: .uniform
      case .all: .all
      case .bySize(let exponent): .bySize(exponent: exponent)
      }
    policy = CaptionPolicy(
      languages: languages, captionsPerPicture: plan.captionsPerPicture,
      languageCounts: corpus.languageCounts)
    // A plan without a batch is refused by whoever trains; to prepare for it must do no harm.
    let batch = max(1, min(plan.batch, samples.count))
    order = SampleOrder(count: samples.count, batch: batch, seed: seed)
  }

  /// The languages of the captions, most pictures first.
  package var languages: [String] {
    var counts: [String: Int] = [:]
    for sample in samples { for language in sample.languages { counts[language, default: 0] += 1 } }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  /// Times every picture has been seen when `step` steps are done.
  func epochs(afterSteps step: Int) -> Double { order.epochs(afterSteps: step) }

  /// What step `step` learns from: a function of the seed and the step, nothing else.
  package func batch(ofStep step: Int) -> Batch {
    let indices = order.indices(ofStep: step)
    let size = plan.preprocessing.size
    var pixels: [Float] = []
    pixels.reserveCapacity(indices.count * 3 * size * size)
    var captions: [(ids: [Int32], group: Int, language: String)] = []
    for (place, index) in indices.enumerated() {
      var random = RandomStream(seed: seed, 1, UInt64(step), UInt64(place))
      let picture = plan.augmentation(pictures.pictures[index], size: size, using: &random)
      pixels += plan.preprocessing.normalized(picture)
      for (language, text) in policy.draw(from: samples[index], using: &random) {
        var ids = tokenizer.ids(text, maximumLength: contextLength).ids
        if plan.tokenDropout > 0 {
          let kept = ids.filter { _ in random.uniform() >= plan.tokenDropout }
          if !kept.isEmpty { ids = kept }
        }
        captions.append((ids, groups[index], language))
      }
    }
    // Stable, so that a batch is the same on every platform.
    let sorted = captions.enumerated().sorted {
      ($0.element.ids.count, $0.offset) < ($1.element.ids.count, $1.offset)
    }.map(\.element)
    return Batch(
      step: step, pixels: pixels, imageGroups: indices.map { groups[$0] },
      texts: sorted.map(\.ids), textGroups: sorted.map(\.group), languages: sorted.map(\.language),
      sampleIDs: indices.map { samples[$0].id })
  }
}
