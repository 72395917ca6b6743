package import Corpora
import Files
package import Models

extension CaptionNeighbours {
  /// The neighbours of a corpus's samples by all their captions, read as a run reads them.
  package init(of corpus: Corpus, read reader: TextReader, count: Int) {
    let captions = concurrentMap(corpus.samples.count) { index in
      let sample = corpus.samples[index]
      return sample.languages.flatMap { language in
        (sample.captions[language] ?? []).map {
          (language: language, ids: reader.ids(of: $0, in: language))
        }
      }
    }
    self.init(of: captions, groups: corpus.relevanceGroups, count: count)
  }
}
