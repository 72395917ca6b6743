internal import Files
internal import Foundation

/// Captions as sparse TF–IDF vectors, and for each of their terms the samples that have it.
///
/// A term is a token in a language. A sample's captions in one language are one text, whose vector
/// has length one; a token that all texts of a language share weighs nothing, so special tokens fall
/// away by themselves.
///
/// - Source: Salton & Buckley 1988, “Term-weighting approaches in automatic text retrieval”: `ltc`.
struct CaptionVectors: Sendable {
  struct Entry: Sendable {
    /// A term in a sample's vector, a sample in a term's list.
    let number: Int32
    let weight: Float
  }

  /// Where the vector of each sample begins in `entries`, and where the last one ends.
  let starts: [Int]
  let entries: [Entry]
  /// Where the list of each term begins in `postings`, and where the last one ends.
  let listStarts: [Int]
  /// The samples of each term, in their order.
  let postings: [Entry]
  private let languages: Languages

  /// - Parameters:
  ///   - captions: Of each sample, each with its token ids.
  init(of captions: [[(language: String, ids: [Int32])]]) {
    let names = Set(captions.joined().map(\.language)).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: zip(names, 0..<names.count))
    var languages = Languages(of: names.count)
    var terms = Terms(languages: names.count)
    for texts in captions {
      var sorted: [(key: Int, value: [[Int32]])] = []
      let numbered = texts.map { (numbers[$0.language] ?? 0, $0.ids) }.enumerated()
      for (_, text) in numbered.sorted(by: { ($0.1.0, $0.0) < ($1.1.0, $1.0) }) {
        if sorted.last?.key != text.0 { sorted.append((text.0, [])) }
        sorted[sorted.count - 1].value.append(text.1)
      }
      languages.append(sorted)
      for (language, ids) in sorted { terms.append(ids.flatMap { $0 }, of: language) }
      terms.endSample()
    }
    (starts, entries) = terms.vectors(textsByLanguage: languages.texts)
    var counts = [Int](repeating: 0, count: terms.count + 1)
    for entry in entries { counts[Int(entry.number) + 1] += 1 }
    for term in 1..<counts.count { counts[term] += counts[term - 1] }
    listStarts = counts
    var postings = [Entry](repeating: Entry(number: 0, weight: 0), count: entries.count)
    for sample in captions.indices {
      for entry in entries[starts[sample]..<starts[sample + 1]] {
        postings[counts[Int(entry.number)]] = Entry(number: Int32(sample), weight: entry.weight)
        counts[Int(entry.number)] += 1
      }
    }
    self.postings = postings
    self.languages = languages
  }

  /// How many languages both samples have captions in.
  func sharedLanguages(_ a: Int, _ b: Int) -> Int { languages.shared(a, b) }

  /// Whether two samples have the same captions in every language that both have.
  func areSame(_ a: Int, _ b: Int) -> Bool { languages.areSame(a, b) }
}

/// In which languages each sample has captions, and digests of them.
private struct Languages: Sendable {
  private(set) var texts: [Int]
  private let words: Int
  private var bits: [UInt64] = []
  private var starts = [0]
  private var digests: [(language: Int32, digest: UInt64)] = []

  init(of count: Int) {
    texts = Array(repeating: 0, count: count)
    words = (count + 63) / 64
  }

  mutating func append(_ captions: [(key: Int, value: [[Int32]])]) {
    var own = [UInt64](repeating: 0, count: words)
    for (language, ids) in captions {
      own[language / 64] |= 1 << UInt64(language % 64)
      texts[language] += 1
      var digest = ContentDigest()
      for text in ids {
        digest.combine(UInt64(text.count))
        for id in text { digest.combine(UInt64(bitPattern: Int64(id))) }
      }
      digests.append((Int32(language), digest.word))
    }
    bits += own
    starts.append(digests.count)
  }

  func shared(_ a: Int, _ b: Int) -> Int {
    var count = 0
    for word in 0..<words {
      count += (bits[a * words + word] & bits[b * words + word]).nonzeroBitCount
    }
    return count
  }

  func areSame(_ a: Int, _ b: Int) -> Bool {
    var (i, j) = (starts[a], starts[b])
    while i < starts[a + 1], j < starts[b + 1] {
      if digests[i].language == digests[j].language {
        if digests[i].digest != digests[j].digest { return false }
        (i, j) = (i + 1, j + 1)
      } else if digests[i].language < digests[j].language {
        i += 1
      } else {
        j += 1
      }
    }
    return true
  }
}

/// Terms as they are counted.
private struct Terms {
  /// The number of each token's term by language, −1 where it has not been met.
  private var numbers: [[Int32]]
  private var texts: [Int] = []
  private var counted: [(term: Int32, times: Int32)] = []
  /// The language of each text, and where its terms end.
  private var ends: [(language: Int, end: Int)] = []
  /// Where each sample's texts end.
  private var sampleEnds: [Int] = []

  init(languages: Int) { numbers = Array(repeating: [], count: languages) }

  var count: Int { texts.count }

  mutating func append(_ ids: [Int32], of language: Int) {
    let sorted = ids.filter { $0 >= 0 }.sorted()
    let missing = Int(sorted.last ?? -1) + 1 - numbers[language].count
    if missing > 0 { numbers[language] += Array(repeating: -1, count: missing) }
    var start = 0
    while start < sorted.count {
      var end = start
      while end < sorted.count, sorted[end] == sorted[start] { end += 1 }
      var term = numbers[language][Int(sorted[start])]
      if term < 0 {
        term = Int32(texts.count)
        numbers[language][Int(sorted[start])] = term
        texts.append(0)
      }
      texts[Int(term)] += 1
      counted.append((term, Int32(end - start)))
      start = end
    }
    ends.append((language, counted.count))
  }

  mutating func endSample() { sampleEnds.append(ends.count) }

  func vectors(textsByLanguage: [Int]) -> (starts: [Int], entries: [CaptionVectors.Entry]) {
    var (starts, entries) = ([0], [CaptionVectors.Entry]())
    entries.reserveCapacity(counted.count)
    var (text, begin) = (0, 0)
    for sampleEnd in sampleEnds {
      while text < sampleEnd {
        let (language, end) = ends[text]
        let weights = counted[begin..<end].map { term, times in
          (1 + log(Double(times)))
            * log(Double(textsByLanguage[language]) / Double(texts[Int(term)]))
        }
        let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for (place, weight) in zip(begin..<end, weights) where weight > 0 {
          entries.append(.init(number: counted[place].term, weight: Float(weight / length)))
        }
        (text, begin) = (text + 1, end)
      }
      starts.append(entries.count)
    }
    return (starts, entries)
  }
}
