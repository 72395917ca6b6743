extension Corpus {
  /// A number for each sample, the same for samples of the same concept.
  ///
  /// Captions and pictures of one group are positives of each other, in losses as in evaluation.
  /// A sample without a concept is a group of its own. Groups are numbered as they first appear.
  package var relevanceGroups: [Int] {
    var numbers: [[UInt8]: Int] = [:]
    var next = 0
    return samples.map { sample in
      // Keyed by bytes: String takes canonically equal concepts for one.
      let key = Array(sample.concept.utf8)
      if !key.isEmpty, let known = numbers[key] { return known }
      defer { next += 1 }
      if !key.isEmpty { numbers[key] = next }
      return next
    }
  }

  /// In how many samples each language has captions.
  package var languageCounts: [String: Int] {
    var counts: [String: Int] = [:]
    for sample in samples {
      for language in sample.languages { counts[language, default: 0] += 1 }
    }
    return counts
  }
}
