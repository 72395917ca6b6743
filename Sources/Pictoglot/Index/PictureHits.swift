import Languages
import Search

/// The pictures that a question found, the best first.
public struct PictureHits: RandomAccessCollection, Sendable {
  /// A picture found.
  public struct Hit: Sendable {
    let found: Search.Hit

    /// The picture's name in the index.
    public var name: String { found.entry.name }
    /// The cosine of question and picture, from −1 to 1.
    public var score: Float { found.score }
    /// The file that holds the picture: its own, or the shard that it is a part of.
    public var file: String { found.entry.location.path }
    /// One line on the picture, in the language asked for where it has one.
    public var caption: String? { found.caption?.text }
  }

  let answer: SearchAnswer

  /// The language that each text was taken for, as a BCP 47 tag; nil where it can be of any.
  public var languages: [String?] { answer.readings.map { $0.language?.text } }
  /// What a person should know about how the texts were taken: what was cut off, and languages that
  /// the model has not learned.
  public var notes: [String] { answer.readings.compactMap(\.note) }
  /// The names of pictures that are left out because the question is made of them.
  public var leftOut: [String] { answer.leftOut.map(\.name) }

  /// The place of the best hit.
  public var startIndex: Int { 0 }
  /// The place after the last hit.
  public var endIndex: Int { answer.hits.count }
  /// The hit at a place, 0 for the best.
  public subscript(place: Int) -> Hit { Hit(found: answer.hits[place]) }
}

/// A part of a question that is made of several: a text or a picture, added or taken away.
public struct QueryTerm: Sendable {
  enum Content: Sendable {
    case text(String, language: String?)
    case file(String)
    case name(String)
  }

  let content: Content
  /// Its share; less than zero leads away from it.
  public let weight: Float

  /// A text to lead towards.
  public static func plus(
    _ text: String, by weight: Float = 1, language: String? = nil
  ) -> QueryTerm {
    QueryTerm(content: .text(text, language: language), weight: weight)
  }

  /// A text to lead away from.
  public static func minus(
    _ text: String, by weight: Float = 1, language: String? = nil
  ) -> QueryTerm {
    QueryTerm(content: .text(text, language: language), weight: -weight)
  }

  /// A picture in a file to lead towards.
  public static func plus(pictureFile path: String, by weight: Float = 1) -> QueryTerm {
    QueryTerm(content: .file(path), weight: weight)
  }

  /// A picture in a file to lead away from.
  public static func minus(pictureFile path: String, by weight: Float = 1) -> QueryTerm {
    QueryTerm(content: .file(path), weight: -weight)
  }

  /// A picture of the index to lead towards.
  public static func plus(pictureNamed name: String, by weight: Float = 1) -> QueryTerm {
    QueryTerm(content: .name(name), weight: weight)
  }

  /// A picture of the index to lead away from.
  public static func minus(pictureNamed name: String, by weight: Float = 1) -> QueryTerm {
    QueryTerm(content: .name(name), weight: -weight)
  }
}
