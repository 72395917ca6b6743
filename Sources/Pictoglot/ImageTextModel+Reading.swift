import Languages
import Models
import Search
import Tokens

extension ImageTextModel {
  /// The least confidence of a detection that leads to a note about an unknown language.
  private static let sureEnough = 0.8

  /// How this model takes a text: its language, named or detected, and whether the model reads all
  /// of it.
  ///
  /// - Parameter tokens: What the model makes of the text in that language.
  func reading(
    of text: String, named: LanguageTag?, tokens: TextReader.Tokenized
  ) -> TextReading {
    let language = model.reader?.language(of: text, named: named)
    let isUnseen = language?.tag.flatMap { model.hasLearned($0) } == false
    var notes: [String] = []
    if let reader = model.reader, reader.tokenizer.isUnknown(reader.treatment.cleaning(text)) {
      notes.append(
        "No character of “\(text.prefix(30))” is in \(name)'s vocabulary; its embedding may mean "
          + "little.")
    }
    if tokens.isTruncated {
      notes.append(
        "“\(text.prefix(30))…” is longer than the \(card.text.contextLength) tokens that \(name) "
          + "reads; its end was left out.")
    }
    if let tag = language?.tag, isUnseen, language?.sureness ?? 1 >= Self.sureEnough {
      notes.append(
        "\(name) has not learned \(tag.englishName) (\(tag)); its embedding of "
          + "“\(text.prefix(30))” may mean little.")
    }
    return TextReading(
      text: text, language: language?.tag, sureness: language?.sureness,
      isTruncated: tokens.isTruncated, isUnseen: isUnseen,
      note: notes.isEmpty ? nil : notes.joined(separator: " "))
  }
}
