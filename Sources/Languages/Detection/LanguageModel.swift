import Foundation

/// Scores the languages that share a script by the runs of letters in a text.
///
/// Each word and its runs of one to five letters, with a space before and after, are hashed; those
/// that tell something have a row of small whole numbers. The sum of the rows over the square root
/// of their count, times a matrix, scores each language. The model is made by
/// `Tools/languages/train.py`, whose functions `words` and `number` are these here.
///
/// - Source: after Joulin et al., “Bag of Tricks for Efficient Text Classification”,
///   arXiv 1607.01759, and “FastText.zip”, arXiv 1612.03651.
struct LanguageModel: Sendable {
  /// A bit for each hash that has a row.
  private let known: [UInt64]
  /// Rows before each 64 hashes.
  private let before: [UInt32]
  private let levels: [Int8]
  /// By language: the weights of the dimensions, and a bias.
  private let weights: [Float]
  private let byScript: [Script: [Int]]
  let languages: [LanguageTag]

  /// Known to the compiler, which the innermost loop needs; the file must have the same.
  private static let width = 24
  private static let hashes = 1 << 20
  private static let longestWord = 24
  /// Words beyond these tell nothing new, and take time.
  private static let mostWords = 200
  private static let longestRun = 5
  private static let wholeWord: UInt32 = 9

  init() {
    let file = LanguageModelFile()
    precondition(file.isWhole && file.width == Self.width, Self.broken)
    var known = [UInt64](repeating: 0, count: Self.hashes / 64)
    for number in file.numbers { known[number / 64] |= 1 << UInt64(number % 64) }
    var sum: UInt32 = 0
    before = known.map { word in
      defer { sum += UInt32(word.nonzeroBitCount) }
      return sum
    }
    self.known = known
    levels = file.levels
    weights = file.weights
    var byScript: [Script: [Int]] = [:]
    var languages: [LanguageTag] = []
    for (index, language) in file.languages.enumerated() {
      let tag = language.tag.split(separator: "-").map(String.init)
      languages.append(LanguageTag(language: tag[0], script: tag.count > 1 ? tag[1] : nil))
      byScript[.shared(language.script), default: []].append(index)
    }
    self.byScript = byScript
    self.languages = languages
    precondition(Int(sum) == file.rows, Self.broken)
  }

  private static let broken = "The tables of languages of this program are broken."

  /// The likeliest languages of a script, given a text in NFC.
  func candidates(_ bytes: [UInt8], in script: Script) -> [Detection.Candidate] {
    guard let members = byScript[script] else { return [] }
    var sums = [Int32](repeating: 0, count: Self.width)
    var count = 0
    eachWord(bytes) { word in add(word, to: &sums, &count) }
    let factor = 1 / Float(max(count, 1)).squareRoot()
    var scores = members.map { language in
      let first = language * (Self.width + 1)
      var score = weights[first + Self.width]
      for dimension in 0..<Self.width {
        score += weights[first + dimension] * Float(sums[dimension]) * factor
      }
      return score
    }
    let highest = scores.max() ?? 0
    for index in scores.indices { scores[index] = exp((scores[index] - highest) * Self.coolness) }
    let total = scores.reduce(0, +)
    let best = zip(members, scores).sorted { $0.1 > $1.1 }.prefix(5)
    return best.filter { $0.1 / total >= 0.01 }.map {
      Detection.Candidate(tag: languages[$0.0], confidence: Double($0.1 / total))
    }
  }

  /// Brings the confidence to the share that is right; fitted by hand on texts not learnt from.
  private static let coolness: Float = 0.72

  /// Adds the rows of a word and of its runs.
  private func add(_ word: [UInt32], to sums: inout [Int32], _ count: inout Int) {
    add(Self.number(Self.wholeWord, word[1..<(word.count - 1)]), to: &sums, &count)
    for at in word.indices {
      for length in 1...Self.longestRun where at + length <= word.count {
        if length == 1, at == 0 || at == word.count - 1 { continue }
        add(Self.number(UInt32(length), word[at..<(at + length)]), to: &sums, &count)
      }
    }
  }

  @inline(__always)
  private func add(_ number: Int, to sums: inout [Int32], _ count: inout Int) {
    let bits = known[number >> 6]
    let place = UInt64(number & 63)
    guard bits >> place & 1 == 1 else { return }
    let row = Int(before[number >> 6]) + (bits & (1 << place - 1)).nonzeroBitCount
    count += 1
    levels.withUnsafeBufferPointer { levels in
      sums.withUnsafeMutableBufferPointer { sums in
        for dimension in 0..<Self.width {
          sums[dimension] += Int32(levels[row * Self.width + dimension])
        }
      }
    }
  }

  @inline(__always)
  private static func number(_ seed: UInt32, _ scalars: ArraySlice<UInt32>) -> Int {
    var hash = seed &* 0x9E37_79B1
    for scalar in scalars { hash = (hash ^ scalar) &* 0x0100_0193 }
    hash ^= hash >> 15
    hash = hash &* 0x2C1B_3C6D
    hash ^= hash >> 12
    return Int(hash) & (hashes - 1)
  }

  /// Gives small letters and marks in runs, each between two spaces; apostrophes count within.
  private func eachWord(_ bytes: [UInt8], _ body: ([UInt32]) -> Void) {
    let scalars = UTF8Reading.scalars(bytes)
    var word: [UInt32] = [0x20]
    var words = 0
    func end() {
      guard word.count > 1 else { return }
      if word.count > Self.longestWord + 1 { word.removeLast(word.count - Self.longestWord - 1) }
      word.append(0x20)
      body(word)
      word.removeAll(keepingCapacity: true)
      word.append(0x20)
      words += 1
    }
    for (at, scalar) in scalars.enumerated() {
      if Self.isLetter(scalar) {
        if scalar < 0x80 {
          word.append(scalar | 0x20)
        } else if scalar.unicodeFlags & UnicodeTables.Flag.hasLower != 0,
          let lower = UnicodeTables.shared.lowercase(scalar)
        {
          word.append(contentsOf: lower)
        } else {
          word.append(scalar)
        }
      } else if Self.isApostrophe(scalar), word.count > 1, at + 1 < scalars.count,
        scalars[at + 1].unicodeFlags & UnicodeTables.Flag.letter != 0
      {
        word.append(0x27)
      } else {
        end()
        if words >= Self.mostWords { return }
      }
    }
    end()
  }

  private static func isLetter(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return (scalar | 32) &- 97 < 26 }
    return scalar.unicodeFlags & (UnicodeTables.Flag.letter | UnicodeTables.Flag.mark) != 0
  }

  private static func isApostrophe(_ scalar: UInt32) -> Bool {
    [0x27, 0x2018, 0x2019, 0x2BC, 0x2BB].contains(scalar)
  }
}
