package import Pictures
import Settings

/// What pictures and captions each step sees, and how the optimizer moves.
package struct TrainingPlan: Codable, Sendable, Equatable {
  /// Steps of the whole run; reproducible to the bit. Either this or `minutes`.
  package var steps: Int?
  /// Minutes of the whole run by the clock: the schedule follows the time used up.
  package var minutes: Double?

  /// Pictures of a step.
  package var batch = 128
  /// Captions drawn for each picture of a step, each in another language.
  package var captionsPerPicture = 8
  /// The languages whose captions are learned from, as tags; none named: all of the collection.
  package var captionLanguages: [String] = []
  /// Which languages the captions are drawn from: `uniform`, `all`, or `size^α`, by the number of
  /// pictures captioned in a language to the power α.
  package var languages = LanguageDraw.uniform
  /// Share of a caption's tokens that is left out at random, at least one being kept.
  package var tokenDropout = 0.0
  /// Pictures, or captions, that go through a tower at once; 0 for the whole batch. A smaller number
  /// saves memory and keeps the contrastive batch (gradient caching; Gao et al. 2021,
  /// arXiv:2101.06983).
  package var chunk = 0
  /// Groups of similar length in which a step's captions go through the text tower; no group has
  /// fewer than 16 captions unless `chunk` is less; 1 for all at once. Results are the same. Only
  /// attention on devices other than CPUs computes padding; grouping reduces it there.
  package var lengthBuckets = 1
  /// Share of a step's pictures that are hard negatives: pictures of other concepts with similar
  /// captions (Faghri et al. 2018, arXiv:1707.05612; Robinson et al. 2021, arXiv:2010.04592). 0 for
  /// none.
  package var hardNegatives = 0.0
  /// Each hard negative is drawn from this many nearest pictures.
  package var hardNegativeNeighbours = 16
  /// Weight of the distillation loss from a stored teacher's similarities; 0 for no teacher. Any
  /// model with both towers can be the `--teacher` (Vasu et al. 2024, MobileCLIP, arXiv:2311.17049;
  /// Wu et al. 2023, TinyCLIP, arXiv:2309.12314).
  package var distillation = 0.0
  /// The teacher's 1/τ; a lower one makes its probabilities softer. The teacher's own, if not
  /// given.
  package var distillationScale: Double?
  /// A language whose captions stand in for those in languages that the teacher does not know: such
  /// a caption gets the teacher's vector of the picture's caption in this language. If not given,
  /// the teacher embeds every caption itself.
  package var distillationLanguage: String?
  /// Tokens that `tokenizer train` gives the vocabulary if none is given.
  package var vocabulary = 16_384

  /// How a picture becomes pixels, in training and in use.
  package var preprocessing: Preprocessing
  /// How training changes a picture before it is preprocessed.
  package var augmentation: Augmentation
  /// Crops in place of the whole picture, each drawn anew: `[{"size": 224, "count": 1, "scale":
  /// [0.4, 1], "weight": 1}, {"size": 96, "count": 4, "scale": [0.05, 0.4], "weight": 1}]`. All else
  /// that changes a picture is `augmentation`'s (Caron et al. 2020, arXiv:2006.09882).
  package var crops: [Crop] = []
  /// Side to which pictures are shrunk once, before any augmentation, in pixels.
  package var cachedSide = 96

  /// Smaller pictures for the beginning, by the share of the run up to which they are used:
  /// `[{"until": 0.4, "size": 32}]`. Most of learning needs no detail, and small pictures are cheap
  /// (Touvron et al. 2019, arXiv:1906.06423; Howard's progressive resizing).
  package var smallPictures: [SmallPictures] = []

  /// Beginnings of the names of parameters that are not trained: `["image."]` locks the image tower
  /// (Zhai et al. 2022, LiT, arXiv:2111.07991).
  package var frozen: [String] = []
  /// Beginnings of names that are trained although `frozen` names them: `["image.blocks.11."]`
  /// trains the last block of a locked tower.
  package var learned: [String] = []
  /// Whether the outputs of a wholly frozen image tower are kept in a file, so that it runs only
  /// once.
  package var cachesFeatures = true
  /// Varied views of each picture in that file; a step draws one.
  package var cachedViews = 1

  /// The highest learning rate.
  package var rate = 1e-3
  /// How the rate falls after warm-up: `cosine`, `linear`, or `constant`.
  package var schedule = Schedule.cosine
  /// Share of the run that is warm-up, in which the rate rises linearly.
  package var warmup = 0.05
  /// The most warm-up steps in a run by steps; 0 for no limit.
  package var warmupSteps = 0
  /// Share of the highest rate that is left at the end of the cosine.
  package var finalRate = 0.0
  /// Decoupled weight decay of matrices, except those that `undecayed` names.
  package var weightDecay = 0.1
  /// Whether weight decay also applies to vectors, such as biases and norms.
  package var decaysVectors = false
  /// Pieces of the names of parameters without weight decay.
  package var undecayed = ["positions", "class"]
  /// Factors of the learning rate by the beginnings of parameters' names: `{"text.": 2}`. Of
  /// several that fit a name, the longest counts.
  package var rateScales: [String: Double] = [:]
  package var beta1 = 0.9
  package var beta2 = 0.98
  package var epsilon = 1e-6
  /// The largest norm of all gradients together; 0 for no limit.
  package var clip = 1.0
  /// The largest scale 1/τ: each step clips it to this; 0 for no limit.
  /// Published by CLIP, and open_clip's for every loss: 100.
  package var maximumScale = 100.0
  /// `float32` or `bfloat16` (matrix products only; parameters stay float32).
  package var precision = Precision.bfloat16
  /// Decay of the exponential moving average of the weights; 0 for no average. The average is saved
  /// as the model.
  package var average = 0.0

  /// What a run does when the loss or a gradient is not finite, or the loss explodes: `stop`, or
  /// `rollback` to return to the last good checkpoint, skip that batch and continue at a lower
  /// rate.
  package var divergence = DivergencePolicy.stop
  /// A loss above this many times its running mean counts as exploded; 0 for never. The mean counts
  /// as at least one nat: BriVL's loss starts near 0 and rises a hundredfold while its queues fill.
  /// A loss in another unit must also exceed the first loss of the run.
  package var explosion = 20.0
  /// Factor of the learning rate at each rollback.
  package var rollbackRate = 0.5
  /// Rollbacks after which a run stops.
  package var rollbacks = 3

  /// Minutes between checkpoints.
  package var checkpointMinutes = 5.0
  /// Steps between checkpoints; 0 for none by steps.
  package var checkpointSteps = 0
  /// Minutes between validations; 0 for none.
  package var validationMinutes = 2.0
  /// Languages whose recall on the validation part is reported while training.
  package var validationLanguages = ["en", "ko", "zh-Hans", "sw", "ar"]

  package struct SmallPictures: Codable, Sendable, Equatable {
    /// Share of the run, 0…1.
    package var until: Double
    /// Side in pixels.
    package var size: Int

    package init(until: Double, size: Int) {
      self.until = until
      self.size = size
    }
  }

  /// How the learning rate falls.
  package enum Schedule: String, Choice {
    case cosine
    case linear
    case constant
  }

  /// What a run does when a step diverges.
  package enum DivergencePolicy: String, Choice {
    case stop
    case rollback
  }

  /// Crops of one size.
  package struct Crop: Codable, Sendable, Equatable {
    /// Side in pixels.
    package var size: Int
    package var count = 1
    /// The share of the picture's area that a crop shows, two numbers from 0 to 1.
    package var scale = [0.4, 1.0]
    /// Weight of the loss of such a crop.
    package var weight = 1.0

    enum CodingKeys: CodingKey {
      case size, count, scale, weight
    }

    package init(size: Int, count: Int = 1, scale: [Double] = [0.4, 1], weight: Double = 1) {
      self.size = size
      self.count = count
      self.scale = scale
      self.weight = weight
    }
  }

  /// One way in which a step shows each of its pictures.
  package struct View: Sendable, Equatable {
    /// Side in pixels.
    package var size: Int
    /// Times that it is drawn for each picture.
    package var count: Int
    /// Weight of its loss; 0 for views that a recipe adds itself.
    package var weight: Double
    package var augmentation: Augmentation

    package init(size: Int, count: Int = 1, weight: Double = 1, augmentation: Augmentation) {
      self.size = size
      self.count = count
      self.weight = weight
      self.augmentation = augmentation
    }
  }

  /// The crops, or the one varied picture where there are none.
  package var views: [View] {
    guard !crops.isEmpty else {
      return [View(size: preprocessing.size, augmentation: augmentation)]
    }
    return crops.map { crop in
      var varied = augmentation
      if crop.scale.count == 2, crop.scale[0] > 0, crop.scale[0] <= crop.scale[1] {
        varied.scale = crop.scale[0]...crop.scale[1]
      }
      return View(
        size: crop.size, count: crop.count, weight: crop.weight, augmentation: varied)
    }
  }

  /// The side of pictures when `progress` (0…1) of the run is done, in pixels.
  package func pictureSize(at progress: Double) -> Int {
    smallPictures.filter { progress < $0.until }.min { $0.until < $1.until }?.size
      ?? preprocessing.size
  }

  package enum Precision: String, Choice {
    case float32
    case bfloat16
  }

  package init(preprocessing: Preprocessing, augmentation: Augmentation) {
    self.preprocessing = preprocessing
    self.augmentation = augmentation
  }
}

extension TrainingPlan.Crop {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads a crop of which only the size must be said.
  ///
  /// - Throws: `DecodingError`, also for a key that crops do not have.
  package init(from decoder: any Decoder) throws {
    let names = try decoder.container(keyedBy: Name.self)
    if let unknown = names.allKeys.first(where: { CodingKeys(stringValue: $0.stringValue) == nil })
    {
      throw DecodingError.dataCorruptedError(
        forKey: unknown, in: names,
        debugDescription: "a crop has a size, a count, a scale and a weight")
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(size: try container.decode(Int.self, forKey: .size))
    count = try container.decodeIfPresent(Int.self, forKey: .count) ?? count
    scale = try container.decodeIfPresent([Double].self, forKey: .scale) ?? scale
    weight = try container.decodeIfPresent(Double.self, forKey: .weight) ?? weight
  }
}

/// A policy by which languages are drawn, written as one word.
package enum LanguageDraw: Sendable, Equatable {
  case uniform
  case all
  case bySize(exponent: Double)
}

extension LanguageDraw: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    if text == "uniform" {
      self = .uniform
    } else if text == "all" {
      self = .all
    } else if text.hasPrefix("size^"), let exponent = Double(text.dropFirst(5)) {
      self = .bySize(exponent: exponent)
    } else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "there is no policy “\(text)”; use uniform, all, or size^0.5")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .uniform: try container.encode("uniform")
    case .all: try container.encode("all")
    case .bySize(let exponent): try container.encode("size^\(exponent)")
    }
  }
}
