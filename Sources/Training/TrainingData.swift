package import Corpora
package import Models
import Pictures
package import Recipes
import Tokens

/// The part of a corpus that a run learns from, ready to be drawn from.
package struct TrainingData: Sendable {
  package let samples: [Sample]
  /// The pictures of `samples`, decoded and shrunk once; nil where none are looked at.
  private let pictures: PictureCache?
  /// What a frozen image tower made of them, in their place.
  private let features: (any PictureFeatures)?
  private let reader: TextReader?
  private let teacher: (any TextTeacher)?
  private let pairTeacher: (any PairTeacher)?
  private let groups: [Int]
  private let policy: CaptionPolicy
  private let plan: TrainingPlan
  private let views: [TrainingPlan.View]
  private let order: HardNegativeOrder
  private let seed: UInt64

  /// One step's pictures and captions as plain numbers.
  package struct Batch: Sendable {
    /// Pictures of one size.
    package struct View: Sendable {
      /// Side in pixels.
      package let size: Int
      package let crops: Int
      package let weight: Double
      /// Normalized, crop after crop of all pictures, `[crops · pictures, 3, size, size]`.
      package let pixels: [Float]

      package init(size: Int, crops: Int = 1, weight: Double = 1, pixels: [Float]) {
        self.size = size
        self.crops = crops
        self.weight = weight
        self.pixels = pixels
      }
    }

    package let step: Int
    package let views: [View]
    /// What the frozen image tower made of the pictures, `[pictures, width]`; then there are no views.
    package var features: [Float]?
    /// The concept of each picture as a number.
    package let imageGroups: [Int]
    /// Token ids, shortest first.
    package let texts: [[Int32]]
    package let textGroups: [Int]
    /// The place of each text's own picture in the batch; empty where there are none.
    package let textOwners: [Int]
    package let languages: [String]
    /// What a teacher made of each text, `[texts, width]`.
    package var teacher: [Float]?
    /// What a teacher of pairs made of pictures and texts.
    package var taught: Taught?
    package let sampleIDs: [String]

    package init(
      step: Int, views: [View], features: [Float]? = nil, imageGroups: [Int], texts: [[Int32]],
      textGroups: [Int], textOwners: [Int] = [], languages: [String], teacher: [Float]? = nil,
      sampleIDs: [String]
    ) {
      self.step = step
      self.views = views
      self.features = features
      self.imageGroups = imageGroups
      self.texts = texts
      self.textGroups = textGroups
      self.textOwners = textOwners
      self.languages = languages
      self.teacher = teacher
      self.sampleIDs = sampleIDs
    }
  }

  /// What there is to draw from besides the captions.
  package struct Sources: Sendable {
    /// The cache of exactly the samples, in their order.
    package var pictures: PictureCache?
    /// Of exactly the samples, in their order.
    package var features: (any PictureFeatures)?
    /// How captions become ids; nil where none are read.
    package var reader: TextReader?
    package var teacher: (any TextTeacher)?
    /// Of exactly the samples, in their order.
    package var pairTeacher: (any PairTeacher)?
    /// Of exactly the samples, in their order; nil where none bring others along.
    package var neighbours: CaptionNeighbours?

    package init(
      pictures: PictureCache? = nil, features: (any PictureFeatures)? = nil,
      reader: TextReader? = nil, teacher: (any TextTeacher)? = nil
    ) {
      self.pictures = pictures
      self.features = features
      self.reader = reader
      self.teacher = teacher
    }
  }

  /// - Parameters:
  ///   - corpus: Only samples with what is learned from should be in it.
  ///   - views: How a step shows each picture.
  package init(
    _ corpus: Corpus, from sources: Sources, plan: TrainingPlan, views: [TrainingPlan.View],
    seed: UInt64
  ) {
    samples = corpus.samples
    pictures = sources.pictures
    features = sources.features
    reader = sources.reader
    teacher = sources.teacher
    pairTeacher = sources.pairTeacher
    self.plan = plan
    self.views = views
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
    order = HardNegativeOrder(
      count: samples.count, batch: batch, seed: seed, share: plan.hardNegatives,
      neighbours: sources.neighbours)
  }

  /// The languages of the captions, most pictures first.
  package var languages: [String] {
    var counts: [String: Int] = [:]
    for sample in samples { for language in sample.languages { counts[language, default: 0] += 1 } }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  /// Times every picture has been seen when `step` steps are done, as hard negatives not counted.
  func epochs(afterSteps step: Int) -> Double { order.epochs(afterSteps: step) }

  /// What step `step` learns from: a function of the seed and the step, nothing else.
  package func batch(ofStep step: Int) -> Batch {
    let indices = order.indices(ofStep: step)
    var builder = BatchBuilder(views: views)
    for (place, index) in indices.enumerated() {
      var random = RandomStream(seed: seed, 1, UInt64(step), UInt64(place))
      show(index, in: &builder, using: &random)
      guard let reader else { continue }
      for (language, text) in policy.draw(from: samples[index], using: &random) {
        var ids = reader.ids(of: text, in: language)
        if plan.tokenDropout > 0 {
          let kept = ids.filter { _ in random.uniform() >= plan.tokenDropout }
          if !kept.isEmpty { ids = kept }
        }
        builder.captions.append(
          BatchBuilder.Caption(
            ids: ids, group: groups[index], language: language, place: place, index: index,
            taught: pairTeacher?.caption(text, in: language, of: index)))
      }
    }
    // Stable, so that a batch is the same on every platform.
    let sorted = builder.captions.enumerated().sorted {
      ($0.element.ids.count, $0.offset) < ($1.element.ids.count, $1.offset)
    }.map(\.element)
    var batch = Batch(
      step: step, views: builder.batchViews(of: views),
      features: features == nil ? nil : builder.features, imageGroups: indices.map { groups[$0] },
      texts: sorted.map(\.ids), textGroups: sorted.map(\.group),
      textOwners: sorted.map(\.place), languages: sorted.map(\.language),
      teacher: teacher.map { teacher in sorted.flatMap { teacher.vector(of: $0.index) } },
      sampleIDs: indices.map { samples[$0].id })
    batch.taught = pairTeacher.flatMap {
      Batch.Taught($0, pictures: indices, captions: sorted.map(\.taught))
    }
    return batch
  }

  /// The pictures and captions of a step so far.
  private struct BatchBuilder {
    struct Caption {
      let ids: [Int32]
      let group: Int
      let language: String
      /// Of its picture, in the batch.
      let place: Int
      /// Of its picture, among all.
      let index: Int
      /// What a teacher of pairs made of it.
      let taught: [Float]?
    }
    /// By view and crop.
    var pixels: [[[Float]]]
    var features: [Float] = []
    var captions: [Caption] = []

    init(views: [TrainingPlan.View]) {
      pixels = views.map { Array(repeating: [], count: $0.count) }
    }

    func batchViews(of views: [TrainingPlan.View]) -> [Batch.View] {
      zip(views, pixels).compactMap { view, crops in
        crops.allSatisfy(\.isEmpty)
          ? nil
          : Batch.View(
            size: view.size, crops: view.count, weight: view.weight, pixels: crops.flatMap { $0 })
      }
    }
  }

  private func show(
    _ index: Int, in builder: inout BatchBuilder, using random: inout RandomStream
  ) {
    if let features {
      builder.features += features.vector(of: index, view: random.below(features.views))
    } else if let pictures {
      for (place, view) in views.enumerated() {
        for crop in 0..<view.count {
          let picture = view.augmentation(
            pictures.pictures[index], size: view.size, using: &random)
          builder.pixels[place][crop] += plan.preprocessing.normalized(picture)
        }
      }
    }
  }
}

/// What a frozen image tower has made of the pictures of a run.
package protocol PictureFeatures: Sendable {
  /// Varied views of each picture.
  var views: Int { get }
  /// The tower's output for a view of the picture of a sample, `[tower width]`.
  func vector(of sample: Int, view: Int) -> [Float]
}

/// What a teacher has made of the captions of a run.
package protocol TextTeacher: Sendable {
  /// The teacher's vector for a sample's caption in its own language, `[width]`.
  func vector(of sample: Int) -> [Float]
}
