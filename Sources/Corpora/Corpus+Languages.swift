extension Corpus {
  /// The samples with their captions in `languages` alone; those that have none are left out.
  ///
  /// - Parameters:
  ///   - languages: BCP 47 tags as the corpus writes them.
  package func keeping(languages: Set<String>) -> Corpus {
    Corpus(
      path: path,
      samples: samples.compactMap { sample in
        let captions = sample.captions.filter { languages.contains($0.key) }
        guard !captions.isEmpty else { return nil }
        return Sample(
          id: sample.id, captions: captions, concept: sample.concept, split: sample.split,
          source: sample.source, license: sample.license, kind: sample.kind,
          keywords: sample.keywords, boxes: sample.boxes, picture: sample.picture)
      })
  }
}
