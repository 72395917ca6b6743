package import Settings
package import Torch

/// Which tokens of a text are hidden for masked language modelling, and by what.
///
/// What is drawn is a function of the step's seed and the sample's number, so a text is hidden alike
/// in any chunk and in a run that is resumed.
///
/// - Source: Devlin et al. 2018 (BERT), appendix A.1, arXiv:1810.04805, and google-research/bert's
///   `create_pretraining_data.py` (whole words); Conneau & Lample 2019 (XLM), §3.3, arXiv:1901.07291;
///   zmykevin/UC2 at 44a2c45, `data/mlm.py`, `random_word`.
/// - Differs: as XLM's and UC2's, each token is hidden by a draw of its own; BERT hides a fixed number.
///   Where no draw hides one, the token with the lowest draw is hidden, and UC2's first one is not.
package struct TokenMasking: Codable, Sendable, Equatable {
  /// The share of tokens that is hidden and asked for; at least one of each text is.
  package var share = 0.15
  /// The share of those that the mask token stands for.
  package var masked = 0.8
  /// The share of those that a random token stands for; the others stay and are asked for all the same.
  package var replaced = 0.1
  /// Whether words are drawn, and all their tokens hidden together.
  package var wholeWords = false

  package init(
    share: Double = 0.15, masked: Double = 0.8, replaced: Double = 0.1, wholeWords: Bool = false
  ) {
    self.share = share
    self.masked = masked
    self.replaced = replaced
    self.wholeWords = wholeWords
  }

  /// Says what does not fit together.
  ///
  /// - Throws: ``SettingsError/unfit(reason:)``
  package func check() throws(SettingsError) {
    guard (0...1).contains(share) else {
      throw .unfit(reason: "The share of tokens to hide is \(share); use 0 to 1.")
    }
    guard masked >= 0, replaced >= 0, masked + replaced <= 1 else {
      throw .unfit(
        reason:
          "Of the hidden tokens, \(masked) are masked and \(replaced) replaced; use shares that "
          + "are at most 1 together.")
    }
  }

  /// What must be known of a vocabulary.
  package struct Vocabulary: Sendable {
    /// The token that stands for a hidden one.
    package let mask: Int32
    /// The tokens that a random one is drawn from. Published by XLM-R: all but the special ones.
    package let words: Range<Int32>
    /// Tokens that are never hidden: a text's frame and padding.
    package let special: Set<Int32>

    package init(mask: Int32, words: Range<Int32>, special: Set<Int32>) {
      precondition(!words.isEmpty, "A vocabulary without words has no token to draw.")
      self.mask = mask
      self.words = words
      self.special = special
    }
  }

  /// A text with hidden tokens.
  package struct Masked: Sendable, Equatable {
    /// What the network reads.
    package let ids: [Int32]
    /// The places of the hidden tokens in the text, in order.
    package let places: [Int]
    /// What stood there.
    package let labels: [Int32]

    package init(ids: [Int32], places: [Int], labels: [Int32]) {
      self.ids = ids
      self.places = places
      self.labels = labels
    }
  }

  /// Hides tokens of a text.
  ///
  /// - Parameters:
  ///   - ids: The tokens of the text, framed as the network reads it.
  ///   - continues: Whether each token goes on with the word of the one before; of no meaning unless
  ///     ``wholeWords``.
  ///   - draws: Of the run's seed and its step.
  ///   - sample: The text's number in the step.
  /// - Returns: The text; unchanged and with nothing to ask if all of it is special.
  package func callAsFunction(
    _ ids: [Int32], of vocabulary: Vocabulary, continues: [Bool] = [], by draws: Draws, sample: Int
  ) -> Masked {
    precondition(
      !wholeWords || continues.count == ids.count,
      "Of \(ids.count) tokens, \(continues.count) are said to continue a word or not.")
    let candidates = ids.indices.filter { !vocabulary.special.contains(ids[$0]) }
    var units: [[Int]] = []
    for place in candidates {
      // A special token ends a word, whatever is said of the next one.
      if wholeWords, continues[place], let last = units.last?.last, last == place - 1 {
        units[units.count - 1].append(place)
      } else {
        units.append([place])
      }
    }
    let numbers = draws.numbers(at: DrawPlace.tokens, ofSample: sample, count: 3 * ids.count)
    // The draws of a unit are those of its first token, so that no unit changes another's.
    let lowest = units.map { unit(numbers[3 * $0[0]]) }.min() ?? 0
    let hidden = units.filter {
      let draw = unit(numbers[3 * $0[0]])
      return draw < share || draw == lowest
    }.joined()

    var changed = ids
    for place in hidden {
      let draw = unit(numbers[3 * place + 1])
      if draw < masked {
        changed[place] = vocabulary.mask
      } else if draw < masked + replaced {
        let words = vocabulary.words
        changed[place] = words.lowerBound + Int32(below(words.count, numbers[3 * place + 2]))
      }
    }
    return Masked(ids: changed, places: Array(hidden), labels: hidden.map { ids[$0] })
  }
}

/// Where the hidden tokens of several texts stand among all states of an encoder, and what they were:
/// what ``maskedLanguageLoss(states:places:labels:embedding:bias:)`` needs.
package struct HiddenTokens {
  /// `[k]`, int64.
  package let places: Tensor
  /// `[k]`, int64.
  package let labels: Tensor

  /// - Parameters:
  ///   - texts: In the order of the batch.
  ///   - rowLength: The states of each text that the encoder gives, those of padding and of a picture
  ///     included; nil where the texts' states follow each other without anything between.
  package init(_ texts: [TokenMasking.Masked], rowLength: Int? = nil, on device: Device = .cpu) {
    var (places, first) = ([Int64](), 0)
    for text in texts {
      precondition(
        rowLength.map { text.ids.count <= $0 } ?? true,
        "A text of \(text.ids.count) tokens does not fit into rows of \(rowLength ?? 0).")
      places += text.places.map { Int64(first + $0) }
      first += rowLength ?? text.ids.count
    }
    self.places = Tensor(places).to(device)
    labels = Tensor(texts.flatMap { $0.labels.map(Int64.init) }).to(device)
  }
}
