import Files

/// Measures how well pictures are found by captions, and captions by pictures.
///
/// Text to image, every caption of a language is compared with all pictures; image to text, every
/// picture that has a caption in the language is compared with all captions of the language. All
/// pictures of the query's concept are right answers, and all captions of it. A query counts by its
/// best right answer, and ties count against the model:
///
///     rank = 1 + |{ wrong answers with score ≥ best right score − 1e-6 }|
///
/// The interval of a language comes from drawing its queries again, 1,000 times. The interval of the
/// mean draws *pictures* again, with their captions in all languages: translations of one caption
/// fail together, and drawing each language on its own would promise too much.
///
/// - Parameters:
///   - data: Embeddings of length one; scores are inner products.
///   - options: What to measure.
///   - threads: At most so many threads; `nil` for one per core. The result does not depend on it.
/// - Returns: Recalls in `[0, 1]`, ranks from 1. A language without captions is left out and named in
///   the problems.
/// - Source: Karpathy, Fei-Fei 2015, arXiv:1412.2306, section 4.2 (recall@k, median rank); the
///   intervals are percentiles of Efron's bootstrap, 1979.
/// - Differs: LAION's CLIP_benchmark breaks ties by position and so flatters a model that collapses;
///   it also counts only the own picture of a caption as right.
package func evaluateRetrieval(
  _ data: RetrievalData, options: RetrievalOptions = RetrievalOptions(), threads: Int? = nil
) -> RetrievalReport {
  let groups = ConceptGroups(data.imageConcepts)
  let counter = RankCounter(data, groups: groups, tolerance: options.tieTolerance)
  let ranks = counter.ranks(threads: threads)
  let present = data.languages.indices.filter { !data.languages[$0].texts.isEmpty }
  let measured = concurrentMap(present.count, threads: threads ?? 0) { index in
    LanguageMeasurement(
      data.languages[present[index]], ranks: ranks[present[index]],
      imageCount: data.imageIDs.count, options: options)
  }
  let languages = measured.map(\.result)
  return RetrievalReport(
    subject: [], options: options, images: data.imageIDs.count,
    concepts: groups.imagesOfConcept.count, captions: languages.reduce(0) { $0 + $1.captions },
    mean: mean(of: measured.filter(\.result.isInMean), options: options), languages: languages,
    examples: examples(data, ranks: ranks, results: languages, groups: groups, options: options),
    problems: problems(of: data))
}

/// A language's result, and its values in the resamples that all languages share.
private struct LanguageMeasurement: Sendable {
  let result: LanguageResult

  /// For each resample the values of both directions, `nil` where no picture drawn has a caption.
  let shared: [[Double]?]

  init(
    _ captions: LanguageCaptions, ranks: LanguageRanks, imageCount: Int, options: RetrievalOptions
  ) {
    let tables = [RankTable(ranks.textToImage.ranks), RankTable(ranks.imageToText.ranks)]
    let isInMean = captions.texts.count >= options.minimumCaptions
    // The stream depends on the tag and not on the place, so that leaving out a language moves
    // no other language's interval.
    let path = captions.language.utf8.reduce(5381) { ($0 as UInt64) &* 33 &+ UInt64($1) }
    let recallAt = options.recallAt
    func measure(_ queries: QueryRanks, _ table: RankTable, _ path: UInt64) -> RankingResult {
      RankingResult(
        queries, table, options: options,
        resampled: table.resampledByQuery(
          options.resamples, seed: options.seed, path: path, recallAt: recallAt))
    }
    result = LanguageResult(
      language: captions.language, captions: captions.texts.count,
      captionedImages: ranks.imageToText.images.count, isInMean: isInMean,
      textToImage: measure(ranks.textToImage, tables[0], path &* 2),
      imageToText: measure(ranks.imageToText, tables[1], path &* 2 &+ 1))
    shared = (0..<(isInMean ? options.resamples : 0)).map { resample in
      let weights = drawnPictures(imageCount, seed: options.seed, resample: resample)
      let forth = tables[0].values(
        images: ranks.textToImage.images, weights: weights, recallAt: recallAt)
      let back = tables[1].values(
        images: ranks.imageToText.images, weights: weights, recallAt: recallAt)
      guard let forth, let back else { return nil }
      return forth + back
    }
  }
}

extension RankingResult {
  init(
    _ queries: QueryRanks, _ table: RankTable, options: RetrievalOptions, resampled: [[Double]]
  ) {
    let recallAt = options.recallAt
    let values =
      table.values(table.counts, recallAt: recallAt)
      ?? [Double](repeating: 0, count: recallAt.count + 2)
    let count = Double(max(1, queries.ranks.count))
    // Queries of one concept have the same chance, and there are few different counts.
    let occurrences = queries.relevant.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
      .sorted { $0.key < $1.key }
    func chance(_ one: (Int) -> Double) -> Double {
      occurrences.reduce(0) { $0 + Double($1.value) * one($1.key) } / count
    }
    self.init(
      queries: queries.ranks.count, candidates: Double(queries.candidates),
      recallAt: recallAt,
      estimates: values.indices.map { index in
        Estimate(values[index], resampled.map { $0[index] }, confidence: options.confidence)
      },
      chances: recallAt.map { k in
        chance { chanceOfRecall(at: k, relevant: $0, candidates: queries.candidates) }
      },
      chanceMeanRank: chance {
        chanceOfMeanRank(relevant: $0, candidates: queries.candidates)
      })
  }

  fileprivate init(
    queries: Int, candidates: Double, recallAt: [Int], estimates: [Estimate], chances: [Double],
    chanceMeanRank: Double
  ) {
    self.init(
      queries: queries, candidates: candidates,
      recall: recallAt.indices.map {
        Recall(k: recallAt[$0], value: estimates[$0], chance: chances[$0])
      },
      meanRank: estimates[recallAt.count], medianRank: estimates[recallAt.count + 1],
      chanceMeanRank: chanceMeanRank)
  }
}

extension Estimate {
  fileprivate init(_ value: Double, _ resampled: [Double], confidence: Double) {
    let interval = percentileInterval(resampled, confidence: confidence)
    self.init(value, low: interval?.low, high: interval?.high)
  }
}

/// The mean over languages, each language counting the same.
private func mean(of languages: [LanguageMeasurement], options: RetrievalOptions) -> MeanResult? {
  guard !languages.isEmpty else { return nil }
  let recallAt = options.recallAt
  let width = recallAt.count + 2
  let resampled = (0..<options.resamples).compactMap { resample in
    let drawn = languages.compactMap { $0.shared[resample] }
    return drawn.isEmpty
      ? nil : (0..<width * 2).map { index in average(drawn.map { $0[index] }) }
  }
  func direction(_ results: [RankingResult], _ offset: Int) -> RankingResult {
    let values =
      recallAt.indices.map { k in average(results.map { $0.recall[k].value.value }) } + [
        average(results.map(\.meanRank.value)), average(results.map(\.medianRank.value)),
      ]
    return RankingResult(
      queries: results.reduce(0) { $0 + $1.queries },
      candidates: average(results.map(\.candidates)), recallAt: recallAt,
      estimates: values.indices.map { index in
        Estimate(
          values[index], resampled.map { $0[offset + index] }, confidence: options.confidence)
      },
      chances: recallAt.indices.map { k in average(results.map { $0.recall[k].chance }) },
      chanceMeanRank: average(results.map(\.chanceMeanRank)))
  }
  return MeanResult(
    languages: languages.count, textToImage: direction(languages.map(\.result.textToImage), 0),
    imageToText: direction(languages.map(\.result.imageToText), width))
}

private func average(_ values: [Double]) -> Double {
  values.reduce(0, +) / Double(max(1, values.count))
}
