import Foundation

/// BLEU-1 to BLEU-4 as COCO's evaluation computes them, over all pictures together.
///
/// p_k = (correct_k + 1e−15) / (total_k + 1e−9) and BLEU-k = (p_1 … p_k)^(1/k), times
/// exp(1 − 1/ratio) if the ratio of lengths is below 1. No other smoothing: a single caption without
/// a common 4-gram has a BLEU-4 near 0 and not 0.
///
/// - Source: Papineni et al. 2002; pycocoevalcap 1.2, `bleu/bleu_scorer.py`.
package func cocoBLEU(_ texts: SegmentedTexts, length: BLEULength = .closest) -> [TextScore] {
  let counts = texts.indices.flatMap { picture in
    BLEUCounts(texts.hypotheses[picture], texts.references[picture], length: length).numbers
  }
  return (1...BLEUCounts.orders).map { order in
    TextScore(
      "BLEU-\(order)",
      signature: texts.signature + (length == .closest ? "" : "|length:\(length.rawValue)"),
      counts: counts, width: BLEUCounts.width
    ) { cocoBLEU(BLEUCounts($0), order: order) }
  }
}

private func cocoBLEU(_ counts: BLEUCounts, order: Int) -> Double {
  var product = 1.0
  for place in 0..<order {
    product *= (counts.correct[place] + 1e-15) / (counts.total[place] + 1e-9)
  }
  let ratio = (counts.length + 1e-15) / (counts.referenceLength + 1e-9)
  return pow(product, 1 / Double(order)) * (ratio < 1 ? exp(1 - 1 / ratio) : 1)
}
