import Pictures
package import Settings

/// What a network that reads texts and pictures together can be trained by; its equations are in
/// `Losses`.
package enum Objective: String, Choice {
  /// Hidden tokens of a text, with its picture or without: `maskedLanguageLoss`.
  case maskedLanguage
  /// The whole text by a decoder, from a text with hidden tokens: `sequenceLoss`.
  case conditionalLanguage
  /// Hidden tokens of a sentence and its translation in one text: `TranslationPair`.
  case translationLanguage
  /// What a detector saw in a hidden region: `maskedRegionClassLoss`.
  case maskedRegionClasses
  /// Its features: `maskedRegionFeatureLoss`.
  case maskedRegionFeatures
  /// The same in tokens of objects' names: `softVisualTokenLoss`.
  case softVisualTokens
  /// Whether picture and text belong together: `matchingLoss`.
  case matching
  /// Parallel sentences find each other: `crossLingualLoss` (XTCL).
  case textContrast
  /// Strictly aligned captions find each other, with their picture: `crossLingualLoss` (XVtCL).
  case strictContrast
  /// Weakly aligned ones, regularized: `weakPairTerms` (R-XVtCL).
  case weakContrast
}

/// Which objectives a run trains by, and when.
///
/// - Source: Zhou et al. 2021 (UC2), arXiv:2104.00332, draws one objective a step; zmykevin/UC2 at
///   50ef0ac, `config/uc2_pretrain.json`: 9 : 12 : 9 : 3. That a regularizer by relevance needs texts
///   compared before is our reading of RC3.
package struct ObjectiveSchedule: Codable, Sendable, Equatable {
  /// Part of a run.
  package struct Stage: Codable, Sendable, Equatable {
    /// How the objectives of a stage share its steps.
    package enum Mix: String, Choice {
      /// Every step has all of them; its loss is their sum, each times its weight.
      case sum
      /// Every step has one, drawn as often as its weight says; its loss is that one alone.
      case draw
    }

    /// Share of the run up to which the stage goes, 0…1; the last one's is 1.
    package var until: Double
    package var mix: Mix
    /// The weight of each objective by its name; one that is not named is not trained by.
    package var weights: [String: Double]

    package init(until: Double = 1, mix: Mix, weights: [Objective: Double]) {
      self.until = until
      self.mix = mix
      self.weights = Dictionary(uniqueKeysWithValues: weights.map { ($0.rawValue, $1) })
    }
  }

  /// In the order of the run.
  package var stages: [Stage]

  package init(_ stages: [Stage]) { self.stages = stages }

  /// What a step is trained by, and the weight of each in its loss: a function of the seed and the step.
  ///
  /// - Parameters:
  ///   - share: How much of the run is done, 0…1.
  ///   - seed: The run's.
  ///   - step: Steps done before this one.
  package func objectives(at share: Double, seed: UInt64, step: Int) -> [Objective: Double] {
    guard let stage = stages.first(where: { share < $0.until }) ?? stages.last else { return [:] }
    // In the order of the cases: a dictionary's own is another in each process.
    let weighted = Objective.allCases.compactMap { objective in
      stage.weights[objective.rawValue].flatMap { $0 > 0 ? (objective, $0) : nil }
    }
    switch stage.mix {
    case .sum: return Dictionary(uniqueKeysWithValues: weighted)
    case .draw:
      var random = RandomStream(seed: seed, 4, UInt64(step))
      guard let place = drawnPlace(weighted.map(\.1), by: &random) else { return [:] }
      return [weighted[place].0: 1]
    }
  }

  /// Says what does not fit together.
  ///
  /// - Throws: ``SettingsError/unfit(reason:)``
  package func check() throws(SettingsError) {
    guard stages.last?.until == 1 else {
      throw .unfit(reason: "The last stage of the objectives must go until 1, the end of the run.")
    }
    var before = 0.0
    for (number, stage) in stages.enumerated() {
      let name = "Stage \(number + 1) of the objectives"
      guard stage.until > before else {
        throw .unfit(
          reason: "\(name) goes until \(stage.until), and must go on after \(before).")
      }
      before = stage.until
      for (word, weight) in stage.weights.sorted(by: { $0.key < $1.key }) {
        guard Objective(rawValue: word) != nil else {
          let all = Objective.allCases.map(\.rawValue).joined(separator: ", ")
          throw .unfit(reason: "\(name) has “\(word)”, which there is not; use of \(all).")
        }
        guard weight >= 0, weight.isFinite else {
          throw .unfit(reason: "\(name) gives \(word) the weight \(weight); use 0 or more.")
        }
      }
      guard stage.weights.values.contains(where: { $0 > 0 }) else {
        throw .unfit(reason: "\(name) has no objective with a weight above 0.")
      }
    }
  }
}

/// A place drawn with the weights as odds; nil if none is above 0.
func drawnPlace(_ weights: [Double], by random: inout RandomStream) -> Int? {
  var rest = random.uniform() * weights.reduce(0, +)
  for (place, weight) in weights.enumerated() where weight > 0 {
    rest -= weight
    if rest < 0 { return place }
  }
  return weights.indices.last { weights[$0] > 0 }
}
