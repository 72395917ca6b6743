package import Languages

/// What the page and the commands ask: it answers searches and hands out pictures.
package protocol SearchEngine: Sendable {
  /// What is searched, and with which model.
  var info: SearchInfo { get }

  /// Finds the pictures nearest to a query.
  ///
  /// - Throws: ``SearchError`` where the asker can mend it.
  func search(_ request: SearchRequest) async throws -> SearchAnswer

  /// Ranks all pictures by each of several texts and compares the rankings.
  ///
  /// - Throws: ``SearchError`` where the asker can mend it.
  func lens(_ request: ComparisonRequest) async throws -> LanguageComparison

  /// The file of a hit's picture, shrunk to `longestSide` pixels if that is given and the engine
  /// can.
  ///
  /// Throws ``SearchError/unknownPicture(id:)`` for anything that is not in the index.
  func picture(of id: Int, longestSide: Int?) async throws -> PictureFile
}

/// What a search engine searches.
package struct SearchInfo: Sendable, Equatable, Codable {
  package var modelName: String
  /// The number of pictures.
  package var count: Int
  /// The numbers of an embedding.
  package var width: Int
  /// The languages of the captions as BCP 47 tags, the most frequent first.
  package var languages: [String]
  /// Changes whenever the contents do.
  package var version: String

  package init(
    modelName: String, count: Int, width: Int, languages: [String], version: String
  ) {
    self.modelName = modelName
    self.count = count
    self.width = width
    self.languages = languages
    self.version = version
  }
}

/// A query of one or more parts, and what is wanted of the answer.
package struct SearchRequest: Sendable, Equatable {
  /// How many hits may be asked for.
  package static let limits = 1...500

  /// One part of a query.
  package struct Operand: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
      case text(Query)
      /// The bytes of a picture file.
      case picture([UInt8])
      /// A picture of the index itself, by its hit's number.
      case indexed(Int)
    }

    package var content: Content
    /// Its share; less than zero to lead away from it.
    package var weight: Float
    /// The file that a picture was read from, if it was one.
    package var file: String?

    package init(_ content: Content, weight: Float = 1, file: String? = nil) {
      self.content = content
      self.weight = weight
      self.file = file
    }
  }

  /// Each part's embedding is brought to length one, weighted and added; then the sum is, too.
  package var operands: [Operand]
  package var limit: Int
  package var filter: SearchFilter
  /// The language wanted for the hits' captions.
  package var language: LanguageTag?
  /// Whether the pictures that the query is made of are left out of the hits.
  package var leavesOutItsPictures: Bool

  package init(
    operands: [Operand], limit: Int = 20, filter: SearchFilter = SearchFilter(),
    language: LanguageTag? = nil, leavesOutItsPictures: Bool = false
  ) {
    self.leavesOutItsPictures = leavesOutItsPictures
    self.operands = operands
    self.limit = limit
    self.filter = filter
    self.language = language
  }

  /// A search for a text alone.
  package init(text: String, language: LanguageTag? = nil, limit: Int = 20) {
    self.init(
      operands: [Operand(.text(Query(text, language: language)))], limit: limit,
      language: language)
  }
}

/// The hits of a search, the best first.
package struct SearchAnswer: Sendable, Equatable {
  package var hits: [Hit]
  /// How the request's texts were taken, in their order.
  package var readings: [TextReading]
  /// Pictures that are not among the hits because the query is made of them.
  package var leftOut: [LeftOut]
  /// Seconds that the model took for the query's parts.
  package var embeddingTime: Double
  /// Seconds that finding the hits took.
  package var scanningTime: Double

  package init(
    hits: [Hit], readings: [TextReading] = [], leftOut: [LeftOut] = [],
    embeddingTime: Double = 0, scanningTime: Double = 0
  ) {
    self.hits = hits
    self.readings = readings
    self.leftOut = leftOut
    self.embeddingTime = embeddingTime
    self.scanningTime = scanningTime
  }
}

/// A picture of the index that a query is made of, and how it was known again.
package struct LeftOut: Sendable, Equatable, Codable {
  package enum Reason: String, Sendable, Codable {
    /// It was asked for by its name or number.
    case asked
    /// It is the file that was given.
    case path
    /// It is the same file in another place.
    case bytes
    /// The model cannot tell it from the one given.
    case embedding
  }

  package var id: Int
  package var name: String
  package var reason: Reason

  package init(id: Int, name: String, reason: Reason) {
    self.id = id
    self.name = name
    self.reason = reason
  }
}

/// One picture found.
package struct Hit: Sendable, Equatable {
  /// The picture's number in this state of the index.
  package var id: Int
  /// The cosine of query and picture, in [−1, 1].
  package var score: Float
  /// What the index knows; of the captions only those asked for.
  package var entry: IndexEntry
  /// The caption to show, in the language asked for where there is one.
  package var caption: Caption?

  package struct Caption: Sendable, Equatable {
    package var text: String
    /// A BCP 47 tag, or nil if unknown.
    package var language: String?

    package init(_ text: String, language: String?) {
      self.text = text
      self.language = language
    }
  }

  package init(id: Int, score: Float, entry: IndexEntry, caption: Caption? = nil) {
    self.id = id
    self.score = score
    self.entry = entry
    self.caption = caption
  }
}

/// The bytes of a picture file and what they are.
package struct PictureFile: Sendable, Equatable {
  package var bytes: [UInt8]
  /// Such as `image/png`.
  package var mediaType: String

  package init(bytes: [UInt8], mediaType: String) {
    self.bytes = bytes
    self.mediaType = mediaType
  }
}
