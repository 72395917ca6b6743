/// Which language a text is written in, as far as the text itself tells.
package struct Detection: Sendable, Equatable {
  /// A language that a text may be in.
  package struct Candidate: Sendable, Equatable {
    package let tag: LanguageTag
    /// From 0 to 1: of many texts with this number, about this share is in this language.
    package let confidence: Double
  }

  /// The languages that come into question, the likeliest first; at most five.
  package let candidates: [Candidate]

  /// The likeliest language, or nil where there is nothing to go by: digits, signs and emoji.
  package var tag: LanguageTag? { candidates.first?.tag }

  /// How sure ``tag`` is, from 0 to 1; 0 where there is none.
  package var confidence: Double { candidates.first?.confidence ?? 0 }

  /// The other languages that come into question.
  package var runnersUp: ArraySlice<Candidate> { candidates.dropFirst() }

  /// What is found in a text without letters.
  package static let unknown = Detection(candidates: [])
}

/// Finds the language of a text without any service: by script, then by runs of letters.
///
/// Made for short texts such as queries and captions. A single word is often a word of several
/// languages; the confidence says so.
///
/// - Source: CLDR's names and messages of free programs, by `Tools/languages`; NOTICE lists them.
package final class LanguageDetector: Sendable {
  /// The one detector; its tables are read when it is first asked.
  package static let shared = LanguageDetector()

  private let model: LanguageModel

  private init() { model = LanguageModel() }

  /// The language of a text.
  package func detect(_ text: String) -> Detection {
    var text = text
    let letters = text.withUTF8 { Letters($0) }
    guard let script = letters.main else { return .unknown }
    if script == .han || script == .japanese { return Ideographs.detect(letters) }
    if let tags = Script.languages[script] {
      return Detection(candidates: tags.map { Detection.Candidate(tag: $0, confidence: 0.99) })
    }
    let bytes = NormalizationForm.nfc.normalized(Array(text.utf8))
    return Detection(candidates: model.candidates(bytes, in: script))
  }

  /// The languages that it can find.
  package var languages: [LanguageTag] {
    let byScript = Script.languages.values.flatMap(\.self)
    return Set(byScript + model.languages + Ideographs.languages).sorted()
  }
}
