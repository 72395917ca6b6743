import Layers

extension PublishedSettings {
  /// What a tower drops while it learns, as transformers' `config.json` has it.
  ///
  /// - Parameters:
  ///   - place: The object that describes the tower, with a point behind; empty if it is the whole file.
  ///   - hidden: The field of what embeddings, attention and perceptrons drop; nil for towers without.
  ///   - attention: The field of what shares of attention are dropped.
  ///   - standard: What both are if the file does not say.
  /// - Throws: ``ModelError/unreadable(path:reason:)``
  func dropout(
    _ place: String, hidden: String? = "hidden_dropout_prob",
    attention: String = "attention_probs_dropout_prob", standard: Double
  ) throws(ModelError) -> DropoutRates {
    var rates = DropoutRates(attention: try double(place + attention, standard))
    if let hidden { rates.hidden = try double(place + hidden, standard) }
    return rates
  }
}
