import Settings
package import Torch

/// Which picture and which text a network reads together for image-text matching.
package struct MatchingPairs: Sendable, Equatable {
  /// The place of each pair's picture in the batch.
  package private(set) var images: [Int] = []
  /// The place of each pair's text.
  package private(set) var texts: [Int] = []
  /// Whether they belong together.
  package private(set) var isMatch: [Bool] = []

  /// 1 for pairs that belong together, else 0, `[k]`, int64.
  package var labels: Tensor { Tensor(isMatch.map { $0 ? 1 : 0 } as [Int64]) }

  private mutating func append(image: Int, text: Int, isMatch match: Bool) {
    images.append(image)
    texts.append(text)
    isMatch.append(match)
  }

  /// What is known of a batch.
  package struct Batch: Sendable {
    /// The concept of each picture as a number; a negative one is of no concept.
    package let imageGroups: [Int]
    /// The same of each text.
    package let textGroups: [Int]
    /// The place of each text's own picture.
    package let owners: [Int]

    package init(imageGroups: [Int], textGroups: [Int], owners: [Int]) {
      precondition(
        textGroups.count == owners.count && owners.allSatisfy(imageGroups.indices.contains),
        "\(textGroups.count) texts have \(owners.count) owners among \(imageGroups.count) pictures."
      )
      self.imageGroups = imageGroups
      self.textGroups = textGroups
      self.owners = owners
    }

    /// Whether a picture and a text may stand for a pair that does not belong together: the text is
    /// not the picture's own, nor of its concept.
    package func isNegative(image: Int, text: Int) -> Bool {
      owners[text] != image
        && (textGroups[text] < 0 || imageGroups[image] != textGroups[text])
    }
  }

  /// What is exchanged to make a pair that does not belong together.
  package enum Exchange: String, Choice {
    /// The picture, as UC2 does.
    case picture
    /// The text, as VOLTA does.
    case text
    /// Either, as likely.
    case either
  }

  /// Each text with its own picture or, at a probability, with one of them exchanged for a random one.
  ///
  /// - Parameters:
  ///   - share: The probability that a part of a pair is exchanged. Published: 0.5.
  ///   - exchanged: Published by UC2: the picture, never the text.
  ///   - draws: Of the run's seed and its step.
  /// - Returns: As many pairs as texts, in their order; a pair for which the batch has nothing else
  ///   stays whole.
  /// - Source: zmykevin/UC2 at 44a2c45, `data/itm.py`; Chen et al. 2020 (UNITER), §3.2,
  ///   arXiv:1909.11740.
  /// - Differs: the random one is of the same batch and never of the same concept.
  package static func random(
    in batch: Batch, share: Double = 0.5, exchanging exchanged: Exchange = .picture, by draws: Draws
  ) -> MatchingPairs {
    var pairs = MatchingPairs()
    for (text, owner) in batch.owners.enumerated() {
      let numbers = draws.numbers(at: DrawPlace.matching, ofSample: text, count: 3)
      var (image, other) = (owner, text)
      let ofPicture = exchanged == .picture || (exchanged == .either && unit(numbers[1]) < 0.5)
      if unit(numbers[0]) < share {
        if ofPicture {
          let rest = batch.imageGroups.indices.filter { batch.isNegative(image: $0, text: text) }
          if !rest.isEmpty { image = rest[below(rest.count, numbers[2])] }
        } else {
          let rest = batch.owners.indices.filter { batch.isNegative(image: owner, text: $0) }
          if !rest.isEmpty { other = rest[below(rest.count, numbers[2])] }
        }
      }
      pairs.append(image: image, text: other, isMatch: image == owner && other == text)
    }
    return pairs
  }

  /// Each text with its own picture, with a hard negative picture, and its picture with a hard negative
  /// text: first all of the first kind, then all of the second, then all of the third.
  ///
  ///     p(negative) ∝ exp(similarity), over all that are not of the same concept
  ///
  /// - Parameters:
  ///   - similarities: The contrastive logits scale · I Tᵀ, `[n, m]`.
  ///   - draws: Of the run's seed and its step.
  /// - Returns: Three pairs a text; fewer where all of the batch is of one concept.
  /// - Throws: ``TorchError`` if the similarities cannot be copied to the CPU.
  /// - Source: Li et al. 2021 (ALBEF), §3.2, arXiv:2107.07651; zengyan-97/CCLM at af3908f,
  ///   `models/xvlm.py`, `get_matching_loss`.
  /// - Differs: the probabilities are of the negatives alone. CCLM takes them over the whole batch, adds
  ///   1e−5 to each so that something can be drawn where the right answer has it all, and zeroes those
  ///   of the same concept.
  package static func hard(in batch: Batch, similarities: Tensor, by draws: Draws)
    throws(TorchError) -> MatchingPairs
  {
    let (images, texts) = (batch.imageGroups.count, batch.owners.count)
    precondition(
      similarities.shape == [images, texts],
      "Similarities \(similarities.shape) are not of \(images) pictures and \(texts) texts.")
    let scores: [Double] = try similarities.array()
    var (whole, wrongImages, wrongTexts) = (MatchingPairs(), MatchingPairs(), MatchingPairs())
    for (text, owner) in batch.owners.enumerated() {
      let numbers = draws.numbers(at: DrawPlace.matching, ofSample: text, count: 2)
      whole.append(image: owner, text: text, isMatch: true)
      let otherImages = (0..<images).filter { batch.isNegative(image: $0, text: text) }
      if let place = drawn(otherImages.map { scores[$0 * texts + text] }, unit(numbers[0])) {
        wrongImages.append(image: otherImages[place], text: text, isMatch: false)
      }
      let otherTexts = (0..<texts).filter { batch.isNegative(image: owner, text: $0) }
      if let place = drawn(otherTexts.map { scores[owner * texts + $0] }, unit(numbers[1])) {
        wrongTexts.append(image: owner, text: otherTexts[place], isMatch: false)
      }
    }
    for more in [wrongImages, wrongTexts] {
      whole.images += more.images
      whole.texts += more.texts
      whole.isMatch += more.isMatch
    }
    return whole
  }
}
