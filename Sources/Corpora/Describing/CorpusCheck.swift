internal import Files
internal import Pictures

/// What is wrong with a corpus, every picture decoded.
package struct CorpusCheck: Codable, Sendable, Equatable {
  package var path: String
  /// Samples that can be used as they are.
  package var good: Int
  /// Everything that was found while opening and decoding, one line each.
  package var problems: [CorpusProblem]
  /// What lies in its folder and is no part of it.
  package var passedOver: [PassedOver]
  /// The smallest and largest sides of the pictures, in pixels.
  package var smallestSide: Int
  package var largestSide: Int

  /// Whether nothing is wrong.
  package var isClean: Bool { problems.isEmpty }

  /// Decodes every picture of `corpus`, on all cores.
  ///
  /// Captions, tags, ids and encodings were checked when the corpus was opened; their problems
  /// come first.
  ///
  /// - Parameters:
  ///   - corpus: An opened corpus.
  ///   - threads: The most threads that decode at once; 0 for as many as there are cores.
  ///   - progress: Called with the number of pictures done so far.
  package init(_ corpus: Corpus, threads: Int = 0, progress: ((Int) -> Void)? = nil) {
    let results = concurrentMap(corpus.samples.count, threads: threads, progress: progress) {
      index in
      Result {
        let picture = try corpus.picture(of: corpus.samples[index])
        return (min(picture.width, picture.height), max(picture.width, picture.height))
      }
    }
    path = corpus.path
    problems = corpus.problems
    passedOver = corpus.passedOver
    (good, smallestSide, largestSide) = (0, Int.max, 0)
    for (sample, result) in zip(corpus.samples, results) {
      switch result {
      case .success(let (short, long)):
        good += 1
        smallestSide = min(smallestSide, short)
        largestSide = max(largestSide, long)
      case .failure(let error):
        problems.append(CorpusProblem(brokenPictureOf: sample, error))
      }
    }
    if good == 0 { smallestSide = 0 }
  }

  /// One line: how many are good, and what is not.
  package var summary: String {
    let sizes = good > 0 ? ", sides of \(smallestSide) to \(largestSide) pixels" : ""
    let found = problems.isEmpty ? "Nothing is wrong." : problems.summary ?? ""
    return "\(grouped(good)) good pictures\(sizes). \(found)"
  }
}
