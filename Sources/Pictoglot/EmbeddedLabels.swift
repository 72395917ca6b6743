package import Languages
import Models
package import Search
import Torch
package import Vectors

/// Labels as directions in a model's space, ready to be compared with any number of pictures.
package struct EmbeddedLabels: Sendable {
  /// With the language that each was taken for, if any.
  package let labels: [Query]
  /// How the first prompt of each was taken.
  package let readings: [TextReading]
  /// What they were put into; the first label's where labels are of several languages.
  package let templates: PromptTemplates
  /// How sure their language is where nobody named it; nil where somebody did, or it is not known.
  package let sureness: Double?
  /// `[labels, width]`, rows of length one.
  let vectors: Tensor
}

extension ImageTextModel {
  /// What a label is put into before the model reads it.
  public enum Templates: Sendable, Equatable {
    /// The usual sentences of its language, where there are any; else the label stands alone.
    case usual
    /// The label alone.
    case none
    /// Sentences of your own, with `{}` where the label goes.
    case own([String])
  }

  /// The embedding of each label: the mean of its prompts' embeddings, brought to length one.
  ///
  ///     v = normalized(1/n Σ normalized(text(promptᵢ)))
  ///
  /// If the caller names no language, all labels are taken to be of one language, which is detected
  /// from all of them together: a single word often fits several languages.
  ///
  /// - Parameters:
  ///   - labels: At least one.
  ///   - progress: Called with the number of labels done; return false to stop.
  /// - Throws: ``PromptTemplateError``, ``SearchError/unknownLanguage(_:)``, or ``CancellationError``
  ///   if stopped.
  /// - Source: Radford et al. 2021, section 3.1.4, arXiv:2103.00020; navervision/KELIP's notebook.
  package func embed(
    labels: [Query], templates: Templates = .usual,
    progress: (Int) -> Bool = { _ in true }
  ) async throws -> EmbeddedLabels {
    let unnamed = labels.filter { $0.language == nil }.map(\.text)
    let guess = unnamed.isEmpty ? nil : guessedLanguage(of: unnamed)
    var own: PromptTemplates?
    if case .own(let sentences) = templates { own = try PromptTemplates(sentences) }
    var resolved: [Query] = []
    var prompts: [PromptTemplates] = []
    var usual: [LanguageTag: PromptTemplates] = [:]
    for label in labels {
      let language = label.language ?? guess?.tag
      resolved.append(Query(label.text, language: language))
      if let own {
        prompts.append(own)
      } else if templates == .usual, let language {
        let found = usual[language] ?? .for(language)
        usual[language] = found
        prompts.append(found)
      } else {
        prompts.append(.bare)
      }
    }
    var vectors = VectorRows(width: width)
    var readings: [TextReading] = []
    vectors.reserveCapacity(labels.count)
    let step = max(1, 1024 / (prompts.map(\.templates.count).max() ?? 1))
    for start in stride(from: 0, to: labels.count, by: step) {
      let part = start..<min(start + step, labels.count)
      let texts = part.flatMap { index in
        prompts[index].prompts(for: labels[index].text).map {
          Query($0, language: resolved[index].language)
        }
      }
      var place = 0
      let embedded = try await embed(texts: texts)
      for index in part {
        let count = prompts[index].templates.count
        vectors.append(mean(embedded.vectors[place..<place + count]))
        readings.append(embedded.readings[place])
        place += count
      }
      guard progress(part.upperBound) else { throw CancellationError() }
    }
    return EmbeddedLabels(
      labels: resolved, readings: readings, templates: prompts.first ?? .bare,
      sureness: guess?.sureness, vectors: Tensor(vectors.values, shape: [labels.count, width]))
  }

  /// The mean of vectors of length one, brought to length one.
  private nonisolated func mean(_ vectors: Slice<VectorRows>) -> [Float] {
    var sum = [Float](repeating: 0, count: width)
    for vector in vectors {
      for (place, value) in vector.enumerated() { sum[place] += value }
    }
    let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? sum.map { $0 / length } : sum
  }

  /// The one language of labels, if it can be told: by what they are, else by what the model knows.
  private nonisolated func guessedLanguage(of labels: [String]) -> (
    tag: LanguageTag, sureness: Double?
  )? {
    let found = LanguageDetector.shared.detect(labels.prefix(200).joined(separator: ", "))
    if let tag = found.tag, found.confidence >= 0.8 { return (tag, found.confidence) }
    // A model of one language is asked in it.
    if languages.count == 1, let only = try? LanguageTag(languages[0]) { return (only, nil) }
    guard let tag = found.tag, found.confidence >= 0.5 else { return nil }
    return (tag, found.confidence)
  }
}

extension EmbeddedLabels {
  /// Cosines of pictures with the labels, `[count × labels]`, row after row.
  ///
  /// - Parameter pictures: Of length one.
  /// - Throws: ``TorchError`` if memory runs out.
  package func cosines(of pictures: VectorRows) throws -> [Float] {
    try withoutGradient {
      try catchingTorchErrors {
        matmul(
          Tensor(pictures.values, shape: [pictures.count, pictures.width]), vectors.transposed()
        ).floats
      }
    }
  }

  /// What a person should know about how the labels were taken, one line each.
  package var notes: [String] {
    let notes = readings.compactMap(\.note)
    var notable = Array(notes.prefix(3))
    if notes.count > notable.count {
      notable.append("… and \(notes.count - notable.count) more such labels.")
    }
    return notable
  }
}
