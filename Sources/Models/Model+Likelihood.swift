import Foundation
import Torch
package import Towers

extension Model {
  /// What turns cosines of a picture with texts into probabilities.
  package var likelihood: Likelihood {
    let bias = encoder.bias.value.item
    // Only a sigmoid loss moves the bias from where it began.
    let learned: PairScoring =
      Float(bias) == Float(card.encoder.bias) ? .softmax : .sigmoid
    return Likelihood(scoring: card.scoring ?? learned, scale: encoder.scale.item, bias: bias)
  }
}

/// What turns cosines of a picture with texts into probabilities.
package struct Likelihood: Sendable, Equatable {
  package let scoring: PairScoring
  /// 1/τ.
  package let scale: Double
  /// What a sigmoid adds.
  package let bias: Double

  package init(scoring: PairScoring, scale: Double, bias: Double) {
    self.scoring = scoring
    self.scale = scale
    self.bias = bias
  }

  /// The probability of each of a picture's texts: of each alone by a sigmoid, of each among all by
  /// softmax.
  ///
  ///     softmax: exp(scale · cᵢ) / Σⱼ exp(scale · cⱼ)
  ///     sigmoid: 1 / (1 + exp(−scale · cᵢ − bias))
  ///
  /// - Source: Radford et al. 2021, figure 3, arXiv:2103.00020; Zhai et al. 2023, section 3,
  ///   arXiv:2303.15343.
  package func probabilities(of cosines: ArraySlice<Float>) -> [Float] {
    switch scoring {
    case .softmax:
      let highest = Double(cosines.max() ?? 0)
      let powers = cosines.map { exp(scale * (Double($0) - highest)) }
      let sum = powers.reduce(0, +)
      return powers.map { Float($0 / sum) }
    case .sigmoid:
      return cosines.map { Float(1 / (1 + exp(-scale * Double($0) - bias))) }
    }
  }
}
