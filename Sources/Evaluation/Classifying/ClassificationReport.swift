/// How pictures were classified by labels, language by language.
package struct ClassificationReport: Codable, Sendable, Equatable {
  /// What was measured, in the words of the caller.
  package var subject: [RetrievalReport.Fact]
  /// Pictures that were classified.
  package var pictures: Int
  /// Those of them whose right class is known and among the labels.
  package var knownPictures: Int
  /// Classes in all languages together.
  package var classes: Int
  /// Whether probabilities add up to one (softmax), or each label stands for itself (sigmoid).
  package var isExclusive: Bool
  /// In the order of the labels' file.
  package var languages: [LanguageClassification]
  /// The share of pictures for which two languages chose the same class; empty for one language.
  package var agreement: [[Double?]]
  /// Some of the pictures.
  package var examples: [ClassifiedExample]
  /// What was left out and why, one line each.
  package var problems: [String]

  package init(
    subject: [RetrievalReport.Fact] = [], pictures: Int, knownPictures: Int, classes: Int,
    isExclusive: Bool, languages: [LanguageClassification], agreement: [[Double?]] = [],
    examples: [ClassifiedExample] = [], problems: [String] = []
  ) {
    self.subject = subject
    self.pictures = pictures
    self.knownPictures = knownPictures
    self.classes = classes
    self.isExclusive = isExclusive
    self.languages = languages
    self.agreement = agreement
    self.examples = examples
    self.problems = problems
  }
}

/// What one language's labels came to.
package struct LanguageClassification: Codable, Sendable, Equatable {
  /// The BCP 47 tag; `und` if unknown.
  package var language: String
  /// How sure that is, from 0 to 1; nil where it was named.
  package var sureness: Double?
  /// What each label was put into.
  package var templates: [String]
  /// Classes that have a label in this language.
  package var classes: Int
  /// Nil where no picture's right class is known.
  package var result: ClassificationResult?
  /// The classes chosen most often.
  package var choices: [ClassChoice]
  /// What a person should know about the labels, one line each.
  package var notes: [String]

  package init(
    language: String, sureness: Double? = nil, templates: [String], classes: Int,
    result: ClassificationResult?, choices: [ClassChoice], notes: [String] = []
  ) {
    self.language = language
    self.sureness = sureness
    self.templates = templates
    self.classes = classes
    self.result = result
    self.choices = choices
    self.notes = notes
  }
}

/// How often the right class was found.
package struct ClassificationResult: Codable, Sendable, Equatable {
  /// Pictures whose right class is known.
  package var pictures: Int
  /// Share of pictures whose right class scores highest, with the 95 % interval.
  package var acc1: Estimate
  /// Share of pictures whose right class is among the five highest; nil for fewer than five classes.
  package var acc5: Double?
  /// The mean of `acc1` over the classes that pictures have.
  package var meanPerClassRecall: Double
  package var classesWithPictures: Int
  /// What guessing would reach in `acc1`.
  package var chance: Double
  /// The classes that pictures have.
  package var recalls: [ClassRecall]
  /// The commonest mistakes, at most ten.
  package var mistakes: [ClassMistake]
}

/// How many pictures of a class were recognised.
package struct ClassRecall: Codable, Sendable, Equatable {
  package var label: String
  package var pictures: Int
  package var recognised: Int
}

/// A class taken for another.
package struct ClassMistake: Codable, Sendable, Equatable {
  package var truth: String
  package var taken: String
  package var pictures: Int
}

/// How often a class was chosen.
package struct ClassChoice: Codable, Sendable, Equatable {
  package var label: String
  package var pictures: Int
}

/// A picture and its likeliest labels, for people to look at.
package struct ClassifiedExample: Codable, Sendable, Equatable {
  package var imageID: String
  /// What it is called in the first language; nil if unknown.
  package var truth: String?
  /// In the order of the report's languages, at most a few.
  package var answers: [Answer]

  package struct Answer: Codable, Sendable, Equatable {
    package var language: String
    package var labels: [Label]
    /// Whether the first label is right; nil if unknown.
    package var isRight: Bool?

    package init(language: String, labels: [Label], isRight: Bool?) {
      self.language = language
      self.labels = labels
      self.isRight = isRight
    }
  }

  package struct Label: Codable, Sendable, Equatable {
    package var text: String
    package var probability: Double

    package init(_ text: String, _ probability: Double) {
      self.text = text
      self.probability = probability
    }
  }

  package init(imageID: String, truth: String?, answers: [Answer]) {
    self.imageID = imageID
    self.truth = truth
    self.answers = answers
  }
}
