/// How good texts are by several metrics, with how each was computed.
package struct TextScoreReport: Codable, Sendable, Equatable {
  /// The number of texts.
  package var texts: Int

  /// The share of resamples that an interval covers.
  package var confidence: Double
  package var scores: [Score]

  /// What is wrong with the texts, one line each.
  package var problems: [String]

  /// The score of one metric.
  package struct Score: Codable, Sendable, Equatable {
    package var name: String

    /// As a share: 1 is what papers print as 100. CIDEr's best is 10.
    package var value: Estimate

    /// How the texts were cut, and what else the number depends on.
    package var signature: String

    /// A BLEU's precisions and lengths, or nothing.
    package var details: String

    package init(name: String, value: Estimate, signature: String, details: String = "") {
      self.name = name
      self.value = value
      self.signature = signature
      self.details = details
    }
  }
}

/// Scores texts.
///
/// - Parameters:
///   - segmentation: How the texts are cut; `nil` for each metric's usual way.
///   - language: The subtag of the texts' language, which chooses the usual way.
///   - resamples: How often the texts are drawn again for the intervals; all metrics see the same
///     draws. CIDEr's weights stay those of all texts.
package func scoreTexts(
  _ set: TextSet, metrics: [TextMetric], segmentation: Segmentation? = nil,
  language: String? = nil, lowercase: Bool = false, length: BLEULength = .closest,
  resamples: Int = 1000, confidence: Double = 0.95, seed: UInt64 = 0
) -> TextScoreReport {
  var cut: [Segmentation: SegmentedTexts] = [:]
  let draws = (0..<resamples).map {
    drawnPictures(set.hypotheses.count, seed: seed, resample: $0).map { UInt16(clamping: $0) }
  }
  var scores: [TextScoreReport.Score] = []
  for metric in metrics {
    let usual = metric.usualSegmentation(of: language)
    let chosen = metric.cutsItself ? usual : segmentation ?? usual
    let texts =
      cut[chosen]
      ?? SegmentedTexts(
        set.hypotheses, references: set.references, chosen, lowercase: lowercase)
    cut[chosen] = texts
    for score in metric.scores(of: texts, length: length) {
      let interval = percentileInterval(score.values(drawn: draws), confidence: confidence)
      scores.append(
        .init(
          name: score.name,
          value: Estimate(score.value, low: interval?.low, high: interval?.high),
          signature: score.signature, details: score.details))
    }
  }
  return TextScoreReport(
    texts: set.hypotheses.count, confidence: confidence, scores: scores, problems: set.problems)
}

extension TextScoreReport {
  /// The report as a table for a terminal, scores times 100.
  package func table() -> String {
    let hasIntervals = scores.contains { $0.value.low != nil }
    var columns = [TextTable.Column("metric", alignment: .left), .init("score")]
    if hasIntervals { columns.append(.init("\(Format.rank(confidence * 100)) %")) }
    columns.append(.init("computed with", alignment: .left, maximumWidth: 100))
    var table = TextTable(columns)
    func hundredfold(_ value: Double) -> String { Format.decimal(value * 100, places: 2) }
    for score in scores {
      table.append(
        [score.name, hundredfold(score.value.value)]
          + (hasIntervals ? [Format.interval(score.value, hundredfold)] : [])
          + [score.signature])
    }
    let details = scores.filter { !$0.details.isEmpty }.map { "\($0.name): \($0.details)\n" }
    return table.rendered() + details.joined()
      + "\(texts) texts. Scores are times 100, as papers print them.\n"
  }
}
