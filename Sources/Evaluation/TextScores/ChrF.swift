/// chrF: an F-score of character n-grams, n = 1…6, without blanks; chrF++ has words and pairs of
/// words, too. From 0 to 1, with β = 2: recall counts twice.
///
/// The reference with the best F of each text counts. Precision and recall are means over the n for
/// which both have n-grams.
///
/// - Parameter wordOrder: 0 for chrF, 2 for chrF++.
/// - Source: Popović 2015, 2017; sacreBLEU 2.6.0, `metrics/chrf.py`.
package func chrF(_ texts: SegmentedTexts, wordOrder: Int = 0) -> TextScore {
  let orders = ChrFCounts.characterOrder + wordOrder
  let counts = texts.indices.flatMap { place -> [Double] in
    let text = ChrFCounts(wordOrder: wordOrder)
    return text.best(of: texts.references[place], for: texts.hypotheses[place])
  }
  return TextScore(
    "chrF2" + String(repeating: "+", count: wordOrder),
    signature: sacreBLEUSignature(
      texts, "eff:yes|nc:\(ChrFCounts.characterOrder)|nw:\(wordOrder)|space:no"),
    counts: counts, width: 3 * orders
  ) { chrF($0) }
}

/// The score of the n-grams of a text, of its reference, and of both, for each order.
private func chrF(_ counts: [Double]) -> Double {
  var precision = 0.0
  var recall = 0.0
  var orders = 0.0
  for place in stride(from: 0, to: counts.count, by: 3)
  where counts[place] > 0 && counts[place + 1] > 0 {
    precision += counts[place + 2] / counts[place]
    recall += counts[place + 2] / counts[place + 1]
    orders += 1
  }
  guard precision + recall > 0 else { return 0 }
  return 5 * precision * recall / (4 * precision + recall) / orders
}

/// Counts the n-grams that one text shares with its references.
private struct ChrFCounts {
  static let characterOrder = 6
  let wordOrder: Int

  /// The n-grams of a text, of the best reference, and of both, for each order.
  func best(of references: [Scalars], for text: Scalars) -> [Double] {
    var characters = NGramTable()
    var words = NGramTable()
    var numbers = WordTable()
    func counts(_ text: Scalars) -> [[NGramTable.Counted]] {
      let letters = text.lazy.filter { !$0.isBlank }.map { Int32($0.value) }
      let counts = [characters.counts(of: Array(letters), upTo: Self.characterOrder)]
      guard wordOrder > 0 else { return counts }
      return counts + [words.counts(of: numbers.numbers(of: separated(text)), upTo: wordOrder)]
    }
    let own = counts(text)
    var best = [Double](repeating: 0, count: 3 * (Self.characterOrder + wordOrder))
    var bestScore = -1.0
    for reference in references {
      let numbers = shared(own, counts(reference))
      let score = chrF(numbers)
      if score > bestScore {
        bestScore = score
        best = numbers
      }
    }
    return best
  }

  private func shared(_ text: [[NGramTable.Counted]], _ reference: [[NGramTable.Counted]])
    -> [Double]
  {
    var numbers = [Double](repeating: 0, count: 3 * (Self.characterOrder + wordOrder))
    for (kind, (text, reference)) in zip(text, reference).enumerated() {
      let first = kind * Self.characterOrder
      for gram in text {
        let place = 3 * (first + gram.order - 1)
        numbers[place] += Double(gram.count)
        numbers[place + 2] += Double(min(gram.count, reference.count(of: gram.gram)))
      }
      for gram in reference { numbers[3 * (first + gram.order - 1) + 1] += Double(gram.count) }
    }
    // A text's n-grams do not count where its reference has none of that length.
    for place in stride(from: 0, to: numbers.count, by: 3) where numbers[place + 1] == 0 {
      numbers[place] = 0
    }
    return numbers
  }

  /// The words, with a mark of ASCII at the end of one apart from it, or else one at its beginning:
  /// “(hi)” is “(hi” and “)”.
  private func separated(_ text: Scalars) -> [ArraySlice<Unicode.Scalar>] {
    text.words.flatMap { word -> [ArraySlice<Unicode.Scalar>] in
      guard word.count > 1, let first = word.first, let last = word.last else { return [word] }
      if last.isMark { return [word.dropLast(), word.suffix(1)] }
      return first.isMark ? [word.prefix(1), word.dropFirst()] : [word]
    }
  }
}

extension Unicode.Scalar {
  /// Whether this is in Python's `string.punctuation`.
  fileprivate var isMark: Bool {
    switch self {
    case "!"..."/", ":"..."@", "["..."`", "{"..."~": true
    default: false
    }
  }
}
