package import Languages

/// What says which of some labels fit a picture.
package protocol PictureClassifier: Sendable {
  /// Compares a picture with labels.
  ///
  /// - Parameters:
  ///   - picture: The bytes of a picture file.
  ///   - labels: At least one, all different, each in the language it names.
  ///   - template: A sentence with `{}` where the label goes; nil for the usual ones of each label's
  ///     language.
  /// - Throws: ``SearchError`` where the asker can mend it.
  func classify(picture: [UInt8], labels: [Query], template: String?) async throws -> LabelReply
}

/// How well labels fit a picture.
package struct LabelReply: Sendable, Equatable {
  /// In the order of the labels.
  package var scores: [LabelScore]
  /// How each label was taken.
  package var readings: [TextReading]
  /// Whether the probabilities add up to one (softmax); if not, each stands for itself (sigmoid).
  package var isExclusive: Bool

  package init(scores: [LabelScore], readings: [TextReading], isExclusive: Bool) {
    self.scores = scores
    self.readings = readings
    self.isExclusive = isExclusive
  }
}

/// How well one label fits a picture.
package struct LabelScore: Sendable, Equatable, Codable {
  package var label: String
  /// The language it was taken for; nil where it can be of any.
  package var language: LanguageTag?
  /// The cosine of picture and label, in [−1, 1].
  package var similarity: Float
  /// In [0, 1].
  package var probability: Float

  package init(label: String, language: LanguageTag?, similarity: Float, probability: Float) {
    self.label = label
    self.language = language
    self.similarity = similarity
    self.probability = probability
  }
}

/// What says where in a picture a text is to be seen.
package protocol PictureMapper: Sendable {
  /// Compares a text with each part of a picture.
  ///
  /// - Parameter picture: The bytes of a picture file.
  /// - Throws: ``SearchError`` where the asker can mend it;
  ///   ``SearchError/noHeatMap(model:reason:)`` for models that see a picture as a whole.
  func heatMap(picture: [UInt8], of text: Query) async throws -> HeatMapReply
}

/// How near each part of a picture is to a text.
package struct HeatMapReply: Sendable, Equatable {
  package var rows: Int
  package var columns: Int
  /// Row after row from the top left, `[rows × columns]`: cosines, weighed by what each part adds to
  /// the whole where a tower adds them up. At most 1; to be compared within one map.
  package var values: [Float]
  /// The part of the upright picture that the rows and columns cover.
  package var region: Region
  package var reading: TextReading

  /// A part of a picture, in fractions of its width and height.
  package struct Region: Sendable, Equatable, Codable {
    package var left: Double
    package var top: Double
    package var width: Double
    package var height: Double

    package init(left: Double, top: Double, width: Double, height: Double) {
      self.left = left
      self.top = top
      self.width = width
      self.height = height
    }

    package static let whole = Region(left: 0, top: 0, width: 1, height: 1)
  }

  package init(
    rows: Int, columns: Int, values: [Float], region: Region, reading: TextReading
  ) {
    self.rows = rows
    self.columns = columns
    self.values = values
    self.region = region
    self.reading = reading
  }
}
