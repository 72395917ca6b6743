/// Dropout rates of a tower while it trains, as in its `config.json`; inference has none.
///
/// They are stored in the tower's settings, so further training keeps them.
package struct DropoutRates: Codable, Sendable, Equatable {
  /// Probability that an output of the embeddings, of attention or of a perceptron is zeroed.
  package var hidden: Double
  /// Probability that an attention weight is zeroed.
  package var attention: Double
  /// Probability that a hidden activation of a perceptron is zeroed.
  package var activation: Double
  /// Probability that a sample skips the last block; it falls linearly to 0 at the first block
  /// (stochastic depth: Huang et al. 2016, arXiv:1603.09382).
  package var path: Double
  /// Share of a picture's patches that is left out (FLIP: Li et al. 2022, arXiv:2212.00794).
  package var patches: Double

  package init(
    hidden: Double = 0, attention: Double = 0, activation: Double = 0, path: Double = 0,
    patches: Double = 0
  ) {
    self.hidden = hidden
    self.attention = attention
    self.activation = activation
    self.path = path
    self.patches = patches
  }

  package static let none = DropoutRates()

  /// The rates of block `index` of `depth`; ``path`` grows linearly to the last block.
  package func ofBlock(_ index: Int, of depth: Int) -> DropoutRates {
    var rates = self
    rates.path = path * Double(index) / Double(max(1, depth - 1))
    return rates
  }

  /// Each rate by its key.
  package var byKey: [(key: String, rate: Double)] {
    [
      ("hidden", hidden), ("attention", attention), ("activation", activation), ("path", path),
      ("patches", patches),
    ]
  }
}

extension DropoutRates {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Decodes rates; those that are missing are 0.
  ///
  /// - Throws: `DecodingError`, also for a key that they do not have.
  package init(from decoder: any Decoder) throws {
    let names = try decoder.container(keyedBy: Name.self)
    let known = Self.none.byKey.map(\.key)
    if let unknown = names.allKeys.first(where: { !known.contains($0.stringValue) }) {
      throw DecodingError.dataCorruptedError(
        forKey: unknown, in: names,
        debugDescription: "dropout has the rates \(known.joined(separator: ", "))")
    }
    func rate(_ key: String) throws -> Double {
      try names.decodeIfPresent(Double.self, forKey: Name(stringValue: key)) ?? 0
    }
    self.init(
      hidden: try rate("hidden"), attention: try rate("attention"),
      activation: try rate("activation"), path: try rate("path"), patches: try rate("patches"))
  }
}
