package import Corpora
package import Evaluation
import Languages
import Models
package import Search
import Towers
import Vectors

/// A picture and its likeliest labels in one language.
package struct ClassifiedPicture: Sendable, Equatable {
  package let sample: Sample
  /// The number of the language among those asked for.
  package let language: Int
  /// The likeliest first.
  package let scores: [LabelScore]
  /// What the right class is called in this language; nil if unknown.
  package let truth: String?
  /// Whether the likeliest label is the right one; nil if unknown.
  package let isRight: Bool?
}

/// Labels of one language, ready to be compared with pictures.
package struct ClassifierLanguage: Sendable {
  package let names: LabelList.Names
  package let labels: EmbeddedLabels
  /// The tag of the language that the labels were taken for; `und` if unknown.
  package var tag: String { labels.labels.first?.language?.text ?? "und" }
}

extension ImageTextModel {
  /// Embeds what classes are called in each language.
  ///
  /// - Parameters:
  ///   - templates: What each label is put into, or by language where `byLanguage` has an entry.
  ///   - progress: Labels done and labels in all; return false to stop.
  /// - Throws: As ``embed(labels:templates:progress:)``.
  package func classifier(
    _ list: LabelList, templates: Templates = .usual, byLanguage: [String: [String]] = [:],
    progress: (Int, Int) -> Bool = { _, _ in true }
  ) async throws -> [ClassifierLanguage] {
    let total = list.languages.reduce(0) { $0 + $1.labels.count }
    var done = 0
    var languages: [ClassifierLanguage] = []
    for names in list.languages {
      let own = names.language.flatMap { byLanguage[$0.text] }
      let labels = try await embed(
        labels: names.labels.map { Query($0, language: names.language) },
        templates: own.map(Templates.own) ?? templates
      ) { progress(done + $0, total) }
      done += names.labels.count
      languages.append(ClassifierLanguage(names: names, labels: labels))
    }
    return languages
  }

  /// Classifies every picture of a corpus by the labels of every language, batch by batch.
  ///
  /// Memory holds the labels' vectors, one batch of pictures, and counts: pictures may be any number.
  /// A picture that cannot be read is named in the report and the others are still processed.
  ///
  /// - Parameters:
  ///   - limit: Labels that each picture is given at most.
  ///   - progress: Called after every batch with the number of pictures done; return false to stop.
  ///   - each: Called for every picture and language.
  /// - Throws: ``CancellationError`` if stopped; an error if the network fails.
  package func classify(
    _ corpus: Corpus, by languages: [ClassifierLanguage], of list: LabelList, limit: Int,
    fast: Bool = false, progress: (Int) -> Bool = { _ in true },
    each: (ClassifiedPicture) throws -> Void = { _ in }
  ) throws -> ClassificationReport {
    let concepts = corpus.samples.map(\.concept)
    let truths = Dictionary(
      zip(concepts, list.classNumbers(of: concepts)), uniquingKeysWith: { first, _ in first })
    var run = ClassificationRun(
      languages, likelihood: model.likelihood, limit: limit, truths: truths.compactMapValues(\.self)
    )
    try embed(picturesOf: corpus.samples, in: corpus, fast: fast) { batch, done in
      try run.add(batch, each: each)
      guard progress(done) else { throw CancellationError() }
      return true
    }
    return run.report(classes: list.ids.count)
  }
}

/// What has been counted so far.
private struct ClassificationRun {
  let languages: [ClassifierLanguage]
  let likelihood: Likelihood
  let limit: Int
  /// The class of each concept.
  let truths: [String: Int]
  /// For each language the place of each class among its labels.
  let places: [[Int: Int]]
  var tallies: [ClassificationTally]
  var agreement: LanguageAgreement
  var pictures = 0
  var known = 0
  var problems: [String] = []
  var right: [ClassifiedExample] = []
  var others: [ClassifiedExample] = []

  private static let examples = 12
  /// Scores that are in memory at once, about.
  private static let scoresAtOnce = 1 << 24

  init(
    _ languages: [ClassifierLanguage], likelihood: Likelihood, limit: Int, truths: [String: Int]
  ) {
    self.languages = languages
    self.likelihood = likelihood
    self.limit = limit
    self.truths = truths
    places = languages.map { language in
      Dictionary(
        uniqueKeysWithValues: language.names.classes.enumerated().map { ($1, $0) })
    }
    tallies = languages.map { ClassificationTally(classes: $0.names.labels.count) }
    agreement = LanguageAgreement(languages: languages.count)
  }

  mutating func add(
    _ batch: EmbeddedPictures, each: (ClassifiedPicture) throws -> Void
  ) throws {
    problems += batch.problems
    let counts = languages.map(\.names.labels.count)
    let step = max(1, Self.scoresAtOnce / (counts.max() ?? 1))
    for start in stride(from: 0, to: batch.samples.count, by: step) {
      let part = start..<min(start + step, batch.samples.count)
      let vectors = batch.vectors.rows(part)
      let cosines = try languages.map { try $0.labels.cosines(of: vectors) }
      for (row, index) in part.enumerated() {
        try add(
          batch.samples[index],
          cosines: counts.indices.map { language in
            cosines[language][row * counts[language]..<(row + 1) * counts[language]]
          }, each: each)
      }
    }
  }

  private mutating func add(
    _ sample: Sample, cosines: [ArraySlice<Float>], each: (ClassifiedPicture) throws -> Void
  ) throws {
    let truth = truths[sample.concept]
    var choices: [Int] = []
    var answers: [ClassifiedPicture] = []
    for (number, language) in languages.enumerated() {
      let cosines = cosines[number]
      let place = truth.flatMap { places[number][$0] }
      let taken = tallies[number].add(scores: cosines, truth: place)
      choices.append(language.names.classes[taken])
      let probabilities = likelihood.probabilities(of: cosines)
      let scores = highest(cosines, count: limit).map { label in
        LabelScore(
          label: language.names.labels[label], language: language.labels.labels[label].language,
          similarity: cosines[cosines.startIndex + label], probability: probabilities[label])
      }
      answers.append(
        ClassifiedPicture(
          sample: sample, language: number, scores: scores,
          truth: place.map { language.names.labels[$0] }, isRight: place.map { $0 == taken }))
    }
    pictures += 1
    if answers.contains(where: { $0.isRight != nil }) { known += 1 }
    agreement.add(choices)
    keep(answers)
    for answer in answers { try each(answer) }
  }

  /// Keeps the first few pictures that were recognised, and the first few others.
  private mutating func keep(_ answers: [ClassifiedPicture]) {
    guard let first = answers.first else { return }
    let isRight = first.isRight == true
    guard (isRight ? right : others).count < Self.examples else { return }
    let example = ClassifiedExample(
      imageID: first.sample.id,
      truth: answers.lazy.compactMap(\.truth).first,
      answers: answers.prefix(6).map { answer in
        ClassifiedExample.Answer(
          language: languages[answer.language].tag,
          labels: answer.scores.prefix(3).map { .init($0.label, Double($0.probability)) },
          isRight: answer.isRight)
      })
    if isRight { right.append(example) } else { others.append(example) }
  }

  func report(classes: Int) -> ClassificationReport {
    ClassificationReport(
      pictures: pictures, knownPictures: known, classes: classes,
      isExclusive: likelihood.scoring == .softmax,
      languages: languages.indices.map { number in
        let (names, labels) = (languages[number].names, languages[number].labels)
        return LanguageClassification(
          language: languages[number].tag, sureness: labels.sureness,
          templates: labels.templates.templates, classes: names.labels.count,
          result: tallies[number].result(labels: names.labels),
          choices: tallies[number].choices(labels: names.labels, limit: 30),
          notes: notes(names, labels))
      }, agreement: languages.count > 1 && pictures > 0 ? agreement.shares : [],
      examples: right + others, problems: problems)
  }

  private func notes(_ names: LabelList.Names, _ labels: EmbeddedLabels) -> [String] {
    let shared = LabelList.sharedNames(names)
    return
      (shared > 0
      ? ["\(shared) classes share their name with another, so predictions cannot distinguish them."]
      : []) + labels.notes
  }
}
