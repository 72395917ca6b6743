/// ROUGE-L as COCO's evaluation computes it: how long a subsequence two captions share.
///
/// F = (1 + β²)PR / (R + β²P) with β = 1.2 and P = LCS / length of the caption, R = LCS / length of
/// the reference. The greatest P and the greatest R are taken separately, so they may belong to
/// different references. The score is the mean over pictures.
///
/// - Source: Lin 2004; pycocoevalcap 1.2, `rouge/rouge.py`. Its words lie between single blanks: an
///   empty caption has the length 1.
package func rougeL(_ texts: SegmentedTexts) -> TextScore {
  let squaredBeta = 1.2 * 1.2
  var table = WordTable()
  let scores = texts.indices.map { picture -> Double in
    let caption = table.numbers(of: texts.hypotheses[picture].wordsBetweenSingleBlanks)
    var precision = 0.0
    var recall = 0.0
    for reference in texts.references[picture] {
      let reference = table.numbers(of: reference.wordsBetweenSingleBlanks)
      let shared = Double(longestCommonSubsequence(caption, reference))
      precision = max(precision, shared / Double(caption.count))
      recall = max(recall, shared / Double(reference.count))
    }
    guard precision > 0, recall > 0 else { return 0 }
    return (1 + squaredBeta) * precision * recall / (recall + squaredBeta * precision)
  }
  return TextScore("ROUGE-L", signature: texts.signature, meanOf: scores)
}

/// The length of the longest subsequence that both have.
///
/// - Complexity: the product of their lengths.
private func longestCommonSubsequence(_ a: [Int32], _ b: [Int32]) -> Int {
  var lengths = [Int](repeating: 0, count: b.count + 1)
  for first in a {
    var diagonal = 0
    for (place, second) in b.enumerated() {
      let above = lengths[place + 1]
      lengths[place + 1] = first == second ? diagonal + 1 : max(above, lengths[place])
      diagonal = above
    }
  }
  return lengths[b.count]
}
