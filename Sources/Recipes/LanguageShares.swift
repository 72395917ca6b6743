import Foundation
package import Pictures
package import Settings

/// How often texts of each language are drawn from collections of very unlike sizes.
///
///     p(language) = nᵅ / Σ nᵅ
///
/// - Source: Conneau & Lample 2019 (XLM), §3.1, arXiv:1901.07291 (α = 0.5); Conneau et al. 2019
///   (XLM-R), §3.1, arXiv:1911.02116 (0.3); e-bug/iglue at 43cbac9, xUNITER (0.7).
package struct LanguageShares: Sendable, Equatable {
  /// In the order of their tags.
  package let languages: [String]
  /// The probability of each.
  package let probabilities: [Double]

  /// - Parameters:
  ///   - counts: Texts of each language; those without any are never drawn.
  ///   - exponent: α, from 0 (all languages alike) to 1 (as there are texts).
  /// - Throws: ``SettingsError/unfit(reason:)`` if α is not from 0 to 1 or no language has a text.
  package init(counts: [String: Int], exponent: Double) throws(SettingsError) {
    guard (0...1).contains(exponent) else {
      throw .unfit(
        reason: "Languages are drawn by their size to the power \(exponent); use 0 to 1.")
    }
    let known = counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }
    guard !known.isEmpty else { throw .unfit(reason: "There is no language to draw texts of.") }
    let powers = known.map { pow(Double($0.value), exponent) }
    let sum = powers.reduce(0, +)
    languages = known.map(\.key)
    probabilities = powers.map { $0 / sum }
  }

  /// A language for one sample.
  package func draw(by random: inout RandomStream) -> String {
    languages[drawnPlace(probabilities, by: &random) ?? 0]
  }
}
