import Languages
import Models
import Search

extension ImageTextModel {
  /// The least confidence of a detection that leads to a note about an unknown language.
  private static let sureEnough = 0.8

  /// A text's ids, and how this model takes it: its language, named or detected, and whether the
  /// model reads all of it.
  ///
  /// - Throws: An error if the model has no text tower, or cannot take the language.
  func read(_ query: Query) throws -> (ids: [Int32], reading: TextReading) {
    let text = query.text
    let language = model.reader?.language(of: text, named: query.language)
    let tokens = try model.tokens(of: text, in: language?.tag)
    let isUnseen = language?.tag.flatMap { model.hasLearned($0) } == false
    var notes: [String] = []
    if tokens.isUnknown {
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
    return (
      tokens.ids,
      TextReading(
        text: text, language: language?.tag, sureness: language?.sureness,
        isTruncated: tokens.isTruncated, isUnseen: isUnseen,
        note: notes.isEmpty ? nil : notes.joined(separator: " "))
    )
  }
}
