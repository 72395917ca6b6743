package import Settings
package import Torch

/// How the contrast of weakly aligned pairs is regularized: independent texts in two languages on one
/// picture say different things of it, and how near they come should follow from that.
///
/// RC3's abstract names the objective and gives no equation. Each of these is a reading of ours.
package enum RelevanceRegularizer: String, Choice {
  /// The plain contrast, to compare with.
  case none
  /// R1: ``relevanceCeiling(_:margin:)``.
  case ceiling
  /// R2: ``relevanceOrder(_:strict:)``.
  case order
  /// R3: ``relevanceWeights(_:none:full:)``, in the contrast itself.
  case weights
  /// R4: ``relevanceDistributions(_:groups:scale:temperature:)``.
  case distributions
}

/// The settings of the regularized contrast on weakly aligned pairs. RC3's own are not known; these
/// are ours.
package struct WeakPairSettings: Codable, Sendable, Equatable {
  package var regularizer = RelevanceRegularizer.ceiling
  /// λ, the weight of the ceiling's, the order's or the distributions' penalty beside the contrast.
  package var weight = 1.0
  /// δ of the ceiling, a cosine.
  package var margin = 0.0
  /// The cosine of two texts up to which a pair counts nothing, for the weights.
  package var irrelevant = 0.0
  /// The cosine from which a pair counts fully, for the weights; more than `irrelevant`.
  package var relevant = 1.0
  /// τ_t, the temperature of the texts alone, for the distributions.
  package var temperature = 0.05

  package init(_ regularizer: RelevanceRegularizer = .ceiling) { self.regularizer = regularizer }

  /// Says what does not fit together.
  ///
  /// - Throws: ``SettingsError/unfit(reason:)``
  package func check() throws(SettingsError) {
    guard weight >= 0 else {
      throw .unfit(reason: "The regularizer's weight is \(weight); it must not be below 0.")
    }
    guard irrelevant < relevant else {
      throw .unfit(
        reason:
          "Relevance counts nothing up to \(irrelevant) and fully from \(relevant); the second "
          + "must be larger.")
    }
    guard temperature > 0 else {
      throw .unfit(reason: "The temperature of texts is \(temperature); it must be above 0.")
    }
  }
}

/// What weakly aligned pairs add to the loss.
package struct WeakPairTerms {
  /// The contrast, weighted by relevance if that is the regularizer, in nats, `[]`.
  package let contrast: Tensor
  /// The regularizer's penalty before its weight, `[]`, in its own unit; 0 for those without one.
  package let penalty: Tensor

  fileprivate let weight: Double

  /// contrast + λ · penalty, `[]`.
  package var loss: Tensor { contrast + penalty * weight }
}

/// The regularized cross-lingual visio-textual contrast of weakly aligned pairs (R-XVtCL).
///
///     contrast = 1/n Σ w_i · ½ (ℓ_i + ℓ′_i)
///     loss     = contrast + λ · penalty
///
/// ℓ_i and ℓ′_i are the terms of both directions of ``crossLingualLoss(first:second:groups:scale:others:)``
/// in which other texts of one picture are left out; w = 1 but for ``RelevanceRegularizer/weights``.
/// Relevance has no gradient. It must come from texts that the network has learned to compare: train the
/// textual contrast before this.
///
/// - Parameters:
///   - pairs: Weakly aligned pairs, of all processes.
///   - groups: The picture of each pair as a number, `[n]`, int64; a negative number is of none.
///   - scale: The inverse temperature 1/τ, `[]`.
///   - strict: Strictly aligned pairs of the same step, which ``RelevanceRegularizer/order`` needs.
/// - Source: Zhou et al. 2023 (RC3), abstract, arXiv:2305.07927; the equations are our reading.
package func weakPairTerms(
  _ pairs: PairCloseness, groups: Tensor? = nil, scale: Tensor, settings: WeakPairSettings,
  strict: PairCloseness? = nil
) -> WeakPairTerms {
  let terms = crossLingualTerms(
    first: pairs.first, second: pairs.second, groups: groups, scale: scale, others: .leftOut)
  var both = (terms.images + terms.texts) * 0.5
  var penalty = (pairs.closeness * 0).sum()
  switch settings.regularizer {
  case .none: break
  case .ceiling: penalty = relevanceCeiling(pairs, margin: settings.margin)
  case .order:
    guard let strict else {
      fatalError("The order of relevance compares with strictly aligned pairs, and none are given.")
    }
    penalty = relevanceOrder(pairs, strict: strict)
  case .weights:
    both = both * relevanceWeights(pairs, none: settings.irrelevant, full: settings.relevant)
  case .distributions:
    penalty = relevanceDistributions(
      pairs, groups: groups, scale: scale, temperature: settings.temperature)
  }
  return WeakPairTerms(
    contrast: both.sum() / Double(max(1, pairs.count)), penalty: penalty, weight: settings.weight)
}
