import Languages
import Search

/// The pictures that a question found, the best first.
public struct PictureHits: RandomAccessCollection, Sendable {
  /// A picture found.
  public struct Hit: Sendable {
    /// The picture's name in the index.
    public let name: String
    /// The cosine of question and picture, from −1 to 1.
    public let score: Float
    /// The file that holds the picture: its own, or the shard that it is a part of.
    public let file: String
    /// One line on the picture, in the language asked for where it has one.
    public let caption: String?

    init(_ hit: Search.Hit) {
      name = hit.entry.name
      score = hit.score
      file = hit.entry.location.path
      caption = hit.caption?.text
    }
  }

  private let hits: [Hit]
  /// The language that each text was taken for, as a BCP 47 tag; nil where it can be of any.
  public let languages: [String?]
  /// What a person should know about how the texts were taken: what was cut off, and languages that
  /// the model has not learned.
  public let notes: [String]
  /// The names of pictures that are left out because the question is made of them.
  public let leftOut: [String]

  init(_ answer: SearchAnswer) {
    hits = answer.hits.map(Hit.init)
    languages = answer.readings.map { $0.language?.text }
    notes = answer.readings.compactMap(\.note)
    leftOut = answer.leftOut.map(\.name)
  }

  /// The place of the best hit.
  public var startIndex: Int { 0 }
  /// The place after the last hit.
  public var endIndex: Int { hits.count }
  /// The hit at a place, 0 for the best.
  public subscript(place: Int) -> Hit { hits[place] }
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
