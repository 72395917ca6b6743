package import Corpora
package import Evaluation
import Models
import Tokens

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
    let tags = languages.isEmpty ? kept.languageCounts.keys.sorted() : languages
    var captions: [LanguageCaptions] = []
    var unread: [String] = []
    for (done, tag) in tags.enumerated() {
      var texts: [String] = []
      var owners: [Int] = []
      for (index, sample) in kept.samples.enumerated() {
        for text in sample.captions[tag] ?? [] {
          texts.append(text)
          owners.append(index)
        }
      }
      if !texts.isEmpty {
        do {
          let language = try LanguageTag(tag)
          captions.append(
            LanguageCaptions(
              language: tag, texts: texts,
              embeddings: try model.embed(
                texts: texts, languages: Array(repeating: language, count: texts.count)),
              imageIndices: owners))
        } catch let error as ModelError {
          unread.append("\(tag) was left out: \(error)")
        }
      }
      progress("languages", done + 1, tags.count)
    }
    var report = evaluateRetrieval(
      RetrievalData(
        width: width, images: pictures.vectors, imageIDs: pictures.samples.map(\.id),
        imageConcepts: kept.relevanceGroups, languages: captions),
      options: options)
    report.problems += pictures.problems + unread
    return report
  }
}
