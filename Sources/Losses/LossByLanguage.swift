package import Torch

/// The mean loss of the texts of each language, gathered over steps.
package struct LossByLanguage {
  private var sums: [String: (loss: Double, texts: Int)] = [:]

  package init() {}

  /// - Parameters:
  ///   - terms: The loss of each text, `[m]`.
  ///   - languages: The language of each text, m of them.
  /// - Throws: ``TorchError`` if the terms cannot be copied to the CPU.
  package mutating func add(_ terms: Tensor, _ languages: [String]) throws(TorchError) {
    for (loss, language) in zip(try terms.array(of: Double.self), languages) {
      let sum = sums[language] ?? (0, 0)
      sums[language] = (sum.loss + loss, sum.texts + 1)
    }
  }

  /// Of each language that a text was added of, in the terms' unit.
  package var means: [String: Double] { sums.mapValues { $0.loss / Double($0.texts) } }
}
