extension Corpus {
  /// The samples with their captions in `languages` alone; those that have none are left out.
  ///
  /// - Parameters:
  ///   - languages: BCP 47 tags as the corpus writes them; none named: all.
  /// - Throws: ``CorpusError/absentLanguage(_:path:present:)`` for one that no caption is in.
  package func keeping(languages: [String]) throws(CorpusError) -> Corpus {
    guard !languages.isEmpty else { return self }
    let counts = languageCounts
    if let absent = languages.first(where: { counts[$0] == nil }) {
      let present = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
      throw .absentLanguage(absent, path: path, present: present)
    }
    return Corpus(
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
