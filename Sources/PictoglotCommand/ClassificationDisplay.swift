import Corpora
import Evaluation
import Files
import Foundation
import Languages
import Pictoglot
import Search

/// Prints what `pictoglot classify` finds, as it finds it.
struct ClassificationDisplay: Sendable {
  let languages: [ClassifierLanguage]
  /// How many there will be: few are shown in full.
  let pictures: Int
  let json: Bool

  private static let few = 20

  /// The JSON of one picture in one language.
  private struct Line: Encodable {
    let picture: String
    let path: String
    let language: String
    let sureness: Double?
    let templates: [String]
    let notes: [String]
    let truth: String?
    let isRight: Bool?
    let scores: [Score]

    struct Score: Encodable {
      let label: String
      let similarity: Float
      let probability: Float
    }
  }

  /// The JSON of the whole report.
  private struct Summary: Encodable {
    let report: ClassificationReport
  }

  /// Says what the labels were taken for.
  func noteLanguages() {
    for language in languages {
      let labels = language.labels
      if let sureness = labels.sureness, let tag = try? LanguageTag(language.tag) {
        Console.note(
          "The labels were read as \(tag.englishName) (\(tag)), "
            + "\(Int((sureness * 100).rounded(.down))) % sure; --language names another.")
      }
      if language.tag == "und" {
        Console.note(
          "The labels' language is uncertain, so they are embedded without a template; name it "
            + "with --language to use its usual templates.")
      }
      // What a person asked for and did not get must not be missed.
      for note in labels.notes { Console.error(note) }
    }
  }

  /// Shows one picture in one language.
  func show(_ picture: ClassifiedPicture) throws {
    let labels = languages[picture.language].labels
    if json {
      try Console.print(
        json: Line(
          picture: picture.sample.id, path: picture.sample.picture.path,
          language: languages[picture.language].tag, sureness: labels.sureness,
          templates: labels.templates.templates, notes: labels.notes, truth: picture.truth,
          isRight: picture.isRight,
          scores: picture.scores.map {
            .init(label: $0.label, similarity: $0.similarity, probability: $0.probability)
          }))
    } else if pictures <= Self.few {
      if picture.language == 0 { Console.print(picture.sample.id.printable) }
      if languages.count > 1 { Console.print("  \(languages[picture.language].tag)") }
      let indent = languages.count > 1 ? "    " : "  "
      for score in picture.scores {
        Console.print("\(indent)\(percent(score.probability)) %  \(score.label)")
      }
    } else if languages.count == 1, let best = picture.scores.first {
      Console.print("\(percent(best.probability)) %  \(best.label)  \(picture.sample.id.printable)")
    }
  }

  /// Shows what all pictures come to.
  func finish(_ report: ClassificationReport) throws {
    if json {
      try Console.print(json: Summary(report: report))
    } else if report.knownPictures > 0 || (languages.count > 1 && pictures > Self.few) {
      Console.print(
        report.table(languageNames: languageNames(of: report.languages.map(\.language))))
    }
  }

  /// A probability in per cent with one decimal, five characters wide.
  private func percent(_ probability: Float) -> String {
    let text = String(format: "%.1f", Double(probability) * 100)
    return String(repeating: " ", count: max(0, 5 - text.count)) + text
  }
}
