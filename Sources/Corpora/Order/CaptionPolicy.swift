internal import Foundation

/// Which captions of a picture a step of training reads.
package struct CaptionPolicy: Codable, Sendable, Equatable {
  /// How the languages of a picture are drawn.
  package enum Languages: Codable, Sendable, Equatable {
    /// Every language of the picture is as likely as any other.
    case uniform
    /// Language `l`, in which `n` pictures of the corpus have captions, is drawn over the whole
    /// corpus about as often as `n` to the power `exponent`: 1 keeps the sizes of the languages,
    /// 0 shows all languages equally often, 0.3 to 0.7 is usual.
    case bySize(exponent: Double)
    /// All captions of the picture, in every language.
    case all
  }

  package var languages: Languages
  /// The most captions drawn of a picture, each in another language as long as there are enough;
  /// of no meaning for ``Languages/all``.
  package var captionsPerPicture: Int
  /// The pictures with captions in each language, which ``Languages/bySize(exponent:)`` needs;
  /// see ``Corpus/languageCounts``.
  package var languageCounts: [String: Int]

  package init(
    languages: Languages = .uniform, captionsPerPicture: Int = 1,
    languageCounts: [String: Int] = [:]
  ) {
    self.languages = languages
    self.captionsPerPicture = captionsPerPicture
    self.languageCounts = languageCounts
  }

  /// Draws captions of `sample`.
  ///
  /// Where a language has several texts, one of them is drawn. A sample with fewer languages than
  /// ``captionsPerPicture`` gives fewer captions, never the same text twice.
  ///
  /// - Returns: The drawn captions; empty only if the sample has none.
  package func draw(
    from sample: Sample, using random: inout some RandomNumberGenerator
  ) -> [(language: String, text: String)] {
    let candidates = sample.languages
    let drawn: [String]
    switch languages {
    case .all:
      return candidates.flatMap { language in
        (sample.captions[language] ?? []).map { (language, $0) }
      }
    case .uniform:
      drawn = uniformly(candidates, using: &random)
    case .bySize(let exponent):
      drawn = bySize(candidates, exponent, using: &random)
    }
    return drawn.compactMap { language in
      guard let texts = sample.captions[language], !texts.isEmpty else { return nil }
      return (language, texts[texts.count == 1 ? 0 : below(texts.count, &random)])
    }
  }

  private func uniformly(
    _ candidates: [String], using random: inout some RandomNumberGenerator
  ) -> [String] {
    var rest = candidates
    let wanted = min(captionsPerPicture, rest.count)
    for place in 0..<max(wanted, 0) {
      rest.swapAt(place, place + below(rest.count - place, &random))
    }
    return Array(rest.prefix(wanted))
  }

  private func bySize(
    _ candidates: [String], _ exponent: Double, using random: inout some RandomNumberGenerator
  ) -> [String] {
    var rest = candidates
    // A language is met once per picture that has it, so its weight within a picture is one
    // power lower than its wanted share of the corpus.
    var weights = rest.map { pow(Double(max(languageCounts[$0] ?? 1, 1)), exponent - 1) }
    var drawn: [String] = []
    while drawn.count < captionsPerPicture, !rest.isEmpty {
      var point = unit(&random) * weights.reduce(0, +)
      var chosen = rest.count - 1
      for (index, weight) in weights.enumerated() {
        point -= weight
        if point < 0 {
          chosen = index
          break
        }
      }
      drawn.append(rest.remove(at: chosen))
      weights.remove(at: chosen)
    }
    return drawn
  }
}

/// A number in `0..<count`; the same draws on every platform and with every version of Swift.
private func below(_ count: Int, _ random: inout some RandomNumberGenerator) -> Int {
  Int(random.next().multipliedFullWidth(by: UInt64(count)).high)
}

/// A number in `[0, 1)`.
private func unit(_ random: inout some RandomNumberGenerator) -> Double {
  Double(random.next() >> 11) * 0x1p-53
}
