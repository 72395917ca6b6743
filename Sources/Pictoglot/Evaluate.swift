package import Corpora
package import Evaluation
import Languages
import Models

extension ImageTextModel {
  /// Measures retrieval on a corpus in both directions, language by language.
  ///
  /// Pictures are embedded once for all languages. A language that a picture lacks is left out for
  /// it, never replaced.
  ///
  /// - Parameters:
  ///   - languages: BCP 47 tags to measure; empty for all that the corpus has.
  ///   - progress: What is being done, how much of it is done, and how much there is.
  /// - Throws: An error if the network fails.
  package func evaluate(
    on corpus: Corpus, languages: [String] = [], options: RetrievalOptions,
    progress: (_ what: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws -> RetrievalReport {
    let pictures = try embed(picturesOf: corpus.samples, in: corpus) {
      progress("pictures", $0, corpus.samples.count)
    }
    let kept = Corpus(path: corpus.path, samples: pictures.samples)
    let captions = try embed(captionsOf: kept, in: languages) { progress("languages", $0, $1) }
    var report = evaluateRetrieval(
      RetrievalData(
        images: pictures.vectors, imageIDs: pictures.samples.map(\.id),
        imageConcepts: kept.relevanceGroups, languages: captions.languages),
      options: options)
    report.problems += pictures.problems + captions.problems
    return report
  }

  /// Measures how well texts of each language find their translations in the others.
  ///
  /// - Parameters:
  ///   - languages: BCP 47 tags to measure; empty for all that the corpus has.
  ///   - progress: What is being done, how much of it is done, and how much there is.
  /// - Throws: An error if the network fails.
  package func evaluateTextSpace(
    on corpus: Corpus, languages: [String] = [],
    progress: (_ what: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws -> TextSpaceReport {
    let captions = try embed(captionsOf: corpus, in: languages) { progress("languages", $0, $1) }
    var report = Evaluation.evaluateTextSpace(
      captions.languages, concepts: corpus.relevanceGroups
    ) { progress("pairs", $0, $1) }
    report.problems += captions.problems
    return report
  }

  /// The captions of a corpus as vectors, language by language, and what was not as it should be.
  private func embed(
    captionsOf corpus: Corpus, in languages: [String], progress: (Int, Int) -> Void
  ) throws -> (languages: [LanguageCaptions], problems: [String]) {
    let tags = languages.isEmpty ? corpus.languageCounts.keys.sorted() : languages
    var captions: [LanguageCaptions] = []
    var problems: [String] = []
    for (done, tag) in tags.enumerated() {
      var texts: [String] = []
      var owners: [Int] = []
      for (index, sample) in corpus.samples.enumerated() {
        for text in sample.captions[tag] ?? [] {
          texts.append(text)
          owners.append(index)
        }
      }
      if !texts.isEmpty {
        do {
          let language = try LanguageTag(tag)
          let tokens = try texts.map { try model.tokens(of: $0, in: language) }
          let cut = tokens.count(where: \.isTruncated)
          if cut > 0 {
            problems.append("\(tag): \(cut) captions are longer than the model reads and were cut.")
          }
          if model.hasLearned(language) == false {
            problems.append("\(tag): the model has not learned \(language.englishName).")
          }
          captions.append(
            LanguageCaptions(
              language: tag, texts: texts,
              embeddings: try model.embed(ids: tokens.map(\.ids)), imageIndices: owners))
        } catch let error as ModelError {
          problems.append("\(tag) was left out: \(error)")
        }
      }
      progress(done + 1, tags.count)
    }
    return (captions, problems)
  }
}
