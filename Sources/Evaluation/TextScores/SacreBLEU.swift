import Foundation

/// What a BLEU puts in the place of no common n-gram.
package enum BLEUSmoothing: Sendable, Equatable {
  /// Nothing: the score is 0, as multi-bleu.perl's and fairseq's.
  case none

  /// Half a match for the first such n, a quarter for the next (mteval's, sacreBLEU's default).
  case exponential

  /// So many matches.
  case floor(Double = 0.1)

  /// So many more matches and n-grams for n > 1.
  case add(Double = 1)

  /// As in sacreBLEU's signatures.
  var signature: String {
    switch self {
    case .none: "none"
    case .exponential: "exp"
    case .floor(let value): "floor[\(Format.decimal(value, places: 2))]"
    case .add(let value): "add-k[\(Format.decimal(value, places: 2))]"
    }
  }
}

/// BLEU as sacreBLEU computes it, from 0 to 1.
///
/// - Parameter effectiveOrder: Whether n-grams longer than the text are left out, for the scores of
///   single texts.
/// - Source: Post 2018, arXiv:1804.08771; sacreBLEU 2.6.0.
package func sacreBLEU(
  _ texts: SegmentedTexts, smoothing: BLEUSmoothing = .exponential, effectiveOrder: Bool = false
) -> TextScore {
  let counts = texts.indices.flatMap { place in
    BLEUCounts(texts.hypotheses[place], texts.references[place], length: .closest).numbers
  }
  var score = TextScore(
    "BLEU",
    signature: sacreBLEUSignature(
      texts,
      "eff:\(effectiveOrder ? "yes" : "no")|tok:\(texts.segmentation.name)"
        + "|smooth:\(smoothing.signature)"),
    counts: counts, width: BLEUCounts.width
  ) { sacreBLEU(BLEUCounts($0), smoothing, effectiveOrder).score }
  let sums = BLEUCounts(score.sums)
  let parts = sacreBLEU(sums, smoothing, effectiveOrder)
  score.details =
    parts.precisions.map { Format.percent($0) }.joined(separator: "/")
    + " (BP = \(Format.decimal(parts.brevityPenalty, places: 3)) ratio = "
    + Format.decimal(sums.referenceLength > 0 ? sums.length / sums.referenceLength : 0, places: 3)
    + " hyp_len = \(Int(sums.length)) ref_len = \(Int(sums.referenceLength)))"
  return score
}

/// The signature of a score whose rules are sacreBLEU's; the version is of the one it equals.
func sacreBLEUSignature(_ texts: SegmentedTexts, _ middle: String) -> String {
  let counts = Set(texts.references.map(\.count))
  return "nrefs:\(counts.count == 1 ? "\(counts.first ?? 0)" : "var")"
    + "|case:\(texts.isLowercased ? "lc" : "mixed")|\(middle)|version:2.6.0"
}

private func sacreBLEU(_ counts: BLEUCounts, _ smoothing: BLEUSmoothing, _ effectiveOrder: Bool)
  -> (score: Double, precisions: [Double], brevityPenalty: Double)
{
  var brevityPenalty = 1.0
  if counts.length < counts.referenceLength {
    brevityPenalty = counts.length > 0 ? exp(1 - counts.referenceLength / counts.length) : 0
  }
  var precisions = [Double](repeating: 0, count: BLEUCounts.orders)
  guard counts.correct.contains(where: { $0 > 0 }) else { return (0, precisions, brevityPenalty) }
  var order = BLEUCounts.orders
  var share = 1.0
  for place in precisions.indices {
    var (correct, total) = (counts.correct[place], counts.total[place])
    if case .add(let value) = smoothing, place > 0 {
      correct += value
      total += value
    }
    if total == 0 { break }
    if effectiveOrder { order = place + 1 }
    if correct > 0 {
      precisions[place] = correct / total
    } else if smoothing == .exponential {
      share /= 2
      precisions[place] = share / total
    } else if case .floor(let value) = smoothing {
      precisions[place] = value / total
    }
  }
  let used = precisions[..<order]
  guard !used.contains(0) else { return (0, precisions, brevityPenalty) }
  let score = brevityPenalty * exp(used.reduce(0) { $0 + log($1) } / Double(order))
  return (score, precisions, brevityPenalty)
}
