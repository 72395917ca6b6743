/// Counts, picture after picture, how often the right class scores highest.
///
/// A picture's classes are ordered by their scores; of equal scores the earlier class comes first:
///
///     acc1 = share of pictures whose right class stands first
///     acc5 = share of pictures whose right class stands among the first five
///     mean per-class recall = mean, over the classes that pictures have, of acc1 in that class
///
/// - Source: LAION-AI/CLIP_benchmark at 48de38c, `clip_benchmark/metrics/zeroshot_classification.py`
///   (`accuracy`, `evaluate`) and scikit-learn's `balanced_accuracy_score`, which it calls.
/// - Differs: among equal scores it takes whichever `torch.topk` puts first, which is left open
///   there; its `argmax` takes the earlier, as is done here throughout.
package struct ClassificationTally: Sendable {
  private let classes: Int
  private var first = 0
  private var amongFive = 0
  /// Pictures of each class, and those of them that were recognised.
  private var pictures: [Int]
  private var recognised: [Int]
  /// How often each class scored highest, for pictures whose class is known or not.
  private var chosen: [Int]
  private var mistakes: [Mistake: Int] = [:]

  private struct Mistake: Hashable {
    let truth: Int
    let taken: Int
  }

  /// - Parameter classes: How many there are, at least one.
  package init(classes: Int) {
    self.classes = classes
    pictures = Array(repeating: 0, count: classes)
    recognised = pictures
    chosen = pictures
  }

  /// Adds a picture.
  ///
  /// - Parameters:
  ///   - scores: One for each class, the larger the likelier.
  ///   - truth: The number of the picture's class, or nil if unknown.
  /// - Returns: The number of the class that scores highest.
  @discardableResult
  package mutating func add(scores: ArraySlice<Float>, truth: Int?) -> Int {
    precondition(scores.count == classes, "\(scores.count) scores of \(classes) classes")
    let taken = highest(scores, count: 1).first ?? 0
    chosen[taken] += 1
    guard let truth else { return taken }
    let start = scores.startIndex
    let own = scores[start + truth]
    var better = 0
    for (place, score) in scores.enumerated() where score > own || (score == own && place < truth) {
      better += 1
    }
    pictures[truth] += 1
    if better < 5 { amongFive += 1 }
    if taken == truth {
      first += 1
      recognised[truth] += 1
    } else {
      mistakes[Mistake(truth: truth, taken: taken), default: 0] += 1
    }
    return taken
  }

  /// What the pictures with a known class come to; nil if there were none.
  package func result(labels: [String]) -> ClassificationResult? {
    let count = pictures.reduce(0, +)
    guard count > 0 else { return nil }
    let present = (0..<classes).filter { pictures[$0] > 0 }
    let recalls = present.map { Double(recognised[$0]) / Double(pictures[$0]) }
    let interval = scoreInterval(first, of: count)
    return ClassificationResult(
      pictures: count,
      acc1: Estimate(Double(first) / Double(count), low: interval.low, high: interval.high),
      acc5: classes >= 5 ? Double(amongFive) / Double(count) : nil,
      meanPerClassRecall: recalls.reduce(0, +) / Double(recalls.count),
      classesWithPictures: present.count, chance: 1 / Double(classes),
      recalls: present.map {
        ClassRecall(label: labels[$0], pictures: pictures[$0], recognised: recognised[$0])
      },
      mistakes: mistakes.sorted { a, b in
        (b.value, a.key.truth, a.key.taken) < (a.value, b.key.truth, b.key.taken)
      }.prefix(10).map {
        ClassMistake(truth: labels[$0.key.truth], taken: labels[$0.key.taken], pictures: $0.value)
      })
  }

  /// The classes that scored highest most often, at most `limit`.
  package func choices(labels: [String], limit: Int) -> [ClassChoice] {
    chosen.indices.filter { chosen[$0] > 0 }.sorted { (chosen[$1], $0) < (chosen[$0], $1) }
      .prefix(limit).map { ClassChoice(label: labels[$0], pictures: chosen[$0]) }
  }
}

/// The numbers of the `count` highest scores, the highest first; of equal ones the earlier first.
package func highest(_ scores: ArraySlice<Float>, count: Int) -> [Int] {
  guard count > 0 else { return [] }
  var best: [(place: Int, score: Float)] = []
  best.reserveCapacity(min(count, scores.count) + 1)
  for (place, score) in scores.enumerated() {
    if best.count == count, let last = best.last, !(score > last.score) { continue }
    var at = best.count
    while at > 0, score > best[at - 1].score { at -= 1 }
    best.insert((place, score), at: at)
    if best.count > count { best.removeLast() }
  }
  return best.map(\.place)
}

/// The interval of a share that was counted, 95 % of times holding the true one.
///
/// - Source: Wilson 1927, “Probable inference, the law of succession, and statistical inference”.
package func scoreInterval(_ hits: Int, of count: Int) -> (low: Double, high: Double) {
  guard count > 0 else { return (0, 1) }
  let z = 1.959963984540054
  let (n, share) = (Double(count), Double(hits) / Double(count))
  let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
  let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
  return (max(0, middle - half), min(1, middle + half))
}

/// Counts how often languages choose the same class for a picture.
package struct LanguageAgreement: Sendable {
  private let languages: Int
  private var same: [Int]
  private var both: [Int]

  package init(languages: Int) {
    self.languages = languages
    same = Array(repeating: 0, count: languages * languages)
    both = same
  }

  /// Adds a picture: the class that each language chose.
  package mutating func add(_ choices: [Int]) {
    for a in 0..<languages {
      for b in 0..<languages {
        both[a * languages + b] += 1
        if choices[a] == choices[b] { same[a * languages + b] += 1 }
      }
    }
  }

  /// The share of pictures for which two languages chose the same, `[languages × languages]`.
  package var shares: [[Double?]] {
    (0..<languages).map { a in
      (0..<languages).map { b in
        let count = both[a * languages + b]
        return count == 0 ? nil : Double(same[a * languages + b]) / Double(count)
      }
    }
  }
}
