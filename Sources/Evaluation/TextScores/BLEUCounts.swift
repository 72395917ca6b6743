/// Which length stands for several references.
package enum BLEULength: String, Sendable, CaseIterable {
  /// The one nearest to the text's; the shorter of two that are equally near.
  case closest
  case shortest, average
}

/// What both BLEUs are made of: n-grams that agree, n-grams there are, and lengths.
struct BLEUCounts {
  static let orders = 4
  static let width = 2 + 2 * orders

  /// The length of the texts, in words.
  var length: Double

  /// The effective length of the references.
  var referenceLength: Double

  /// For n = 1…4 the n-grams that a reference has, too, each at most as often as there.
  var correct: [Double]

  /// For n = 1…4 all n-grams.
  var total: [Double]

  /// The counts of one text.
  init(_ text: Scalars, _ references: [Scalars], length option: BLEULength) {
    var words = WordTable()
    var table = NGramTable()
    let own = words.numbers(of: text.words)
    var most: [Int: Int] = [:]
    var lengths: [Int] = []
    for reference in references {
      let reference = words.numbers(of: reference.words)
      lengths.append(reference.count)
      for gram in table.counts(of: reference, upTo: Self.orders) {
        most[gram.gram] = max(most[gram.gram, default: 0], gram.count)
      }
    }
    length = Double(own.count)
    correct = [Double](repeating: 0, count: Self.orders)
    total = (1...Self.orders).map { Double(max(0, own.count - $0 + 1)) }
    for gram in table.counts(of: own, upTo: Self.orders) {
      correct[gram.order - 1] += Double(min(gram.count, most[gram.gram, default: 0]))
    }
    referenceLength =
      switch option {
      case .closest:
        Double(
          lengths.min { (abs($0 - own.count), $0) < (abs($1 - own.count), $1) } ?? 0)
      case .shortest: Double(lengths.min() ?? 0)
      case .average: Double(lengths.reduce(0, +)) / Double(max(1, lengths.count))
      }
  }

  /// The counts as numbers that can be added up.
  var numbers: [Double] { [length, referenceLength] + correct + total }

  init(_ numbers: [Double]) {
    length = numbers[0]
    referenceLength = numbers[1]
    correct = Array(numbers[2..<2 + Self.orders])
    total = Array(numbers[(2 + Self.orders)...])
  }
}
