import Vectors

/// How well texts of one language find their translations in another through the shared space.
///
/// No picture is looked at. Every text of the query's language is compared with all texts of the
/// other; those of the same concept are right answers, and a query counts by its best one. A text
/// whose concept has none in the other language is not asked. Ties count against the model, as in
/// ``evaluateRetrieval(_:options:threads:)``.
///
/// A model that never saw a pair of translations shows here what pictures alone have taught it.
///
/// - Parameters:
///   - languages: Texts with embeddings of length one; ``LanguageCaptions/imageIndices`` counts in
///     `concepts`.
///   - concepts: The concept of each picture that texts belong to.
///   - progress: How many languages are done, and of how many.
/// - Source: Ko, Gu 2022, arXiv:2203.14463 (KELIP), the question of section 4.4.
package func evaluateTextSpace(
  _ languages: [LanguageCaptions], concepts: [Int],
  options: RetrievalOptions = .quick, threads: Int? = nil,
  progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
) -> TextSpaceReport {
  var pairs: [LanguagePair] = []
  for (done, candidates) in languages.enumerated() {
    // The texts to choose from stand where pictures do elsewhere.
    let conceptOfText = candidates.imageIndices.map { concepts[$0] }
    let place = Dictionary(
      conceptOfText.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let queries = languages.filter { $0.language != candidates.language }.map { query in
      let asked = query.imageIndices.indices.filter {
        place[concepts[query.imageIndices[$0]]] != nil
      }
      return LanguageCaptions(
        language: query.language, texts: asked.map { query.texts[$0] },
        embeddings: query.embeddings.rows(asked),
        imageIndices: asked.compactMap { place[concepts[query.imageIndices[$0]]] })
    }
    let data = RetrievalData(
      images: candidates.embeddings,
      imageIDs: candidates.texts.indices.map(String.init), imageConcepts: conceptOfText,
      languages: queries)
    let ranks = RankCounter(
      data, groups: ConceptGroups(conceptOfText), tolerance: options.tieTolerance
    ).ranks(threads: threads)
    for (query, ranks) in zip(queries, ranks) where !query.texts.isEmpty {
      let table = RankTable(ranks.textToImage.ranks)
      pairs.append(
        LanguagePair(
          from: query.language, to: candidates.language,
          result: RankingResult(ranks.textToImage, table, options: options, resampled: [])))
    }
    progress(done + 1, languages.count)
  }
  return TextSpaceReport(
    subject: [], recallAt: options.recallAt, languages: languages.map(\.language),
    texts: languages.map(\.texts.count), pairs: pairs, problems: [])
}

/// How well the texts of each language find their translations in each other one.
package struct TextSpaceReport: Codable, Sendable, Equatable {
  /// What was measured, in the words of the caller.
  package var subject: [RetrievalReport.Fact]
  /// The numbers of answers looked at, ascending.
  package var recallAt: [Int]
  /// BCP 47 tags, in the order of the data.
  package var languages: [String]
  /// How many texts each language has.
  package var texts: [Int]
  /// Every ordered pair of languages that has a query; the queries' languages vary fastest.
  package var pairs: [LanguagePair]
  /// What is wrong with the data, one line each.
  package var problems: [String]

  /// The mean recall over pairs at the place `index` of ``recallAt``, each pair counting the same.
  package func meanRecall(_ index: Int, where isMeant: (LanguagePair) -> Bool = { _ in true })
    -> (value: Double, chance: Double)?
  {
    let meant = pairs.filter(isMeant).map { $0.result.recall[index] }
    guard !meant.isEmpty else { return nil }
    let count = Double(meant.count)
    return (
      meant.reduce(0) { $0 + $1.value.value } / count, meant.reduce(0) { $0 + $1.chance } / count
    )
  }
}

/// How well texts of one language find those of another.
package struct LanguagePair: Codable, Sendable, Equatable {
  /// The queries' language, as a BCP 47 tag.
  package var from: String
  /// The answers' language.
  package var to: String
  package var result: RankingResult
}
