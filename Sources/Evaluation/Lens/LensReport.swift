/// What one concept finds in several languages, side by side.
package struct LensReport: Codable, Sendable, Equatable {
  /// Something to know about the report: which index, which model.
  package struct Fact: Codable, Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What one text finds.
  package struct Column: Codable, Sendable, Equatable {
    package var text: String
    /// The language it was taken for, as a BCP 47 tag; nil where it can be of any.
    package var language: String?
    /// The language's name, for people.
    package var languageName: String?
    /// How sure the language is, from 0 to 1; nil where it was named.
    package var sureness: Double?
    /// What a person should know about how the text was taken.
    package var note: String?
    /// The first pictures, the best first.
    package var hits: [Hit]

    package init(
      text: String, language: String?, languageName: String?, sureness: Double?, note: String?,
      hits: [Hit]
    ) {
      self.text = text
      self.language = language
      self.languageName = languageName
      self.sureness = sureness
      self.note = note
      self.hits = hits
    }
  }

  /// A picture found.
  package struct Hit: Codable, Sendable, Equatable {
    package var name: String
    package var caption: String?
    /// A BCP 47 tag, or nil if unknown.
    package var captionLanguage: String?
    /// The cosine of text and picture, from −1 to 1.
    package var score: Float
    /// Its rank, from 1, in each column.
    package var ranks: [Int]
    /// Whether only this text has it among the first ``LensReport/top``.
    package var isAlone: Bool

    package init(
      name: String, caption: String?, captionLanguage: String?, score: Float, ranks: [Int],
      isAlone: Bool
    ) {
      self.name = name
      self.caption = caption
      self.captionLanguage = captionLanguage
      self.score = score
      self.ranks = ranks
      self.isAlone = isAlone
    }
  }

  /// Pictures that both of two texts have among their first `k`.
  package struct Overlap: Codable, Sendable, Equatable {
    package var k: Int
    package var shared: Int
    /// How many there would be by chance: k²/n.
    package var chance: Double

    package init(k: Int, shared: Int, chance: Double) {
      self.k = k
      self.shared = shared
      self.chance = chance
    }
  }

  /// How far two columns, by their places, agree.
  package struct Pair: Codable, Sendable, Equatable {
    package var first: Int
    package var second: Int
    /// The cosine of the two texts.
    package var textSimilarity: Float
    package var overlaps: [Overlap]
    /// Spearman's ρ over all pictures; nil if a text gives all of them the same score.
    package var spearman: Double?
    /// Kendall's τ-b over all pictures; nil as above.
    package var kendall: Double?
    /// Rank-biased overlap with persistence 0.9, from 0 to 1.
    package var biasedOverlap: Double

    package init(
      first: Int, second: Int, textSimilarity: Float, overlaps: [Overlap], spearman: Double?,
      kendall: Double?, biasedOverlap: Double
    ) {
      self.first = first
      self.second = second
      self.textSimilarity = textSimilarity
      self.overlaps = overlaps
      self.spearman = spearman
      self.kendall = kendall
      self.biasedOverlap = biasedOverlap
    }
  }

  package var subject: [Fact] = []
  /// How many of the first pictures count as found.
  package var top: Int
  /// How many pictures were ranked.
  package var pictures: Int
  /// One for each text.
  package var columns: [Column]
  /// Each two of the columns.
  package var pairs: [Pair]

  package init(top: Int, pictures: Int, columns: [Column], pairs: [Pair]) {
    self.top = top
    self.pictures = pictures
    self.columns = columns
    self.pairs = pairs
  }

  /// Writes `lens.json` and `lens.html` into a folder, making it if need be.
  ///
  /// - Returns: The paths of the JSON file and the page.
  package func write(
    toFolder folder: String,
    thumbnail: @escaping (_ imageID: String) -> (bytes: [UInt8], mediaType: String)? = { _ in nil }
  ) throws(ReportError) -> (json: String, page: String) {
    try ReportFile.write(
      json: try ReportFile.json(self), page: page(thumbnail: thumbnail), named: "lens",
      toFolder: folder)
  }
}

extension LensReport.Column {
  /// What stands over the column: its language's tag, or what it was read as.
  var tag: String { language ?? "any language" }
}
