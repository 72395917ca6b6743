import Foundation
import Losses
import Settings
import TestSupport
import Testing
import Torch

@Suite("Hiding tokens and regions")
struct TokenMaskingTests {
  private let vocabulary = TokenMasking.Vocabulary(mask: 99, words: 10..<90, special: [0, 2])

  /// `<s>`, words, `</s>`.
  private func text(_ words: Int) -> [Int32] { [0] + (0..<words).map { 10 + Int32($0 % 80) } + [2] }

  @Test("Fifteen of a hundred are asked for: eight of ten masked, one replaced, one as it was")
  func shares() {
    let (ids, texts) = (text(48), 2_000)
    var (asked, masked, kept) = (0.0, 0.0, 0.0)
    for sample in 0..<texts {
      let hidden = TokenMasking()(ids, of: vocabulary, by: Draws(seed: 7), sample: sample)
      #expect(hidden.labels == hidden.places.map { ids[$0] })
      asked += Double(hidden.places.count)
      let changed = ids.indices.filter { hidden.ids[$0] != ids[$0] }
      #expect(Set(changed).isSubset(of: hidden.places))
      kept += Double(hidden.places.count - changed.count)
      masked += Double(changed.count { hidden.ids[$0] == 99 })
      #expect(
        changed.allSatisfy { hidden.ids[$0] == 99 || vocabulary.words.contains(hidden.ids[$0]) })
    }
    #expect(abs(asked / Double(48 * texts) - 0.15) < 0.005)
    #expect(abs(masked / asked - 0.8) < 0.015)
    // One in eighty replaced tokens is by chance the one that was there.
    #expect(abs(kept / asked - (0.1 + 0.1 / 80)) < 0.012)
  }

  @Test("A text's frame is never hidden, and at least one token of every other is")
  func framesAndShortTexts() {
    for sample in 0..<200 {
      let hidden = TokenMasking()(
        [0, 14, 15, 2], of: vocabulary, by: Draws(seed: 1), sample: sample)
      #expect(!hidden.places.isEmpty && hidden.places.allSatisfy { $0 == 1 || $0 == 2 })
    }
    let nothing = TokenMasking()([0, 2], of: vocabulary, by: Draws(seed: 1), sample: 0)
    #expect(nothing == TokenMasking()([0, 2], of: vocabulary, by: Draws(seed: 2), sample: 5))
    #expect(nothing.ids == [0, 2] && nothing.places.isEmpty && nothing.labels.isEmpty)
  }

  @Test("What is hidden follows from the step's seed and the sample, and from nothing else")
  func determinism() {
    let ids = text(40)
    func hidden(_ seed: UInt64, _ sample: Int) -> TokenMasking.Masked {
      TokenMasking()(ids, of: vocabulary, by: Draws(seed: seed), sample: sample)
    }
    #expect(hidden(3, 4) == hidden(3, 4))
    #expect(hidden(3, 4) != hidden(3, 5))
    #expect(hidden(3, 4) != hidden(2, 4))
  }

  @Test("Words are hidden whole, and as often as tokens are")
  func wholeWords() {
    // Words of one, two and three tokens.
    let words = [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]
    let ids = text(words.reduce(0, +))
    let continues =
      [false] + words.flatMap { [false] + .init(repeating: true, count: $0 - 1) } + [true]
    let masking = TokenMasking(wholeWords: true)
    var hiddenWords = 0
    for sample in 0..<2_000 {
      let hidden = masking(
        ids, of: vocabulary, continues: continues, by: Draws(seed: 5), sample: sample)
      var place = 1
      for length in words {
        let asked = hidden.places.filter { (place..<place + length).contains($0) }.count
        #expect(asked == 0 || asked == length)
        if asked > 0 { hiddenWords += 1 }
        place += length
      }
      #expect(!hidden.places.contains(ids.count - 1))
    }
    // 0.15, and one in 12 where no word is drawn: 0.85¹² of the texts.
    let expected = 0.15 + pow(0.85, 12) / 12
    #expect(abs(Double(hiddenWords) / (12 * 2_000) - expected) < 0.01)
  }

  @Test("Tokens may all be masked, or all stay and be asked for")
  func extremes() {
    let ids = text(30)
    let all = TokenMasking(share: 1, masked: 1, replaced: 0)(
      ids, of: vocabulary, by: Draws(seed: 1), sample: 0)
    #expect(all.ids == [0] + [Int32](repeating: 99, count: 30) + [2])
    #expect(all.places == Array(1...30))
    let kept = TokenMasking(share: 1, masked: 0, replaced: 0)(
      ids, of: vocabulary, by: Draws(seed: 1), sample: 0)
    #expect(kept.ids == ids && kept.labels == Array(ids[1...30]))
  }

  @Test("Hidden tokens are found among the states, with padding and without")
  func placesOfABatch() throws {
    let texts = [
      TokenMasking.Masked(ids: [0, 99, 2], places: [1], labels: [11]),
      TokenMasking.Masked(ids: [0, 99, 12, 99, 2], places: [1, 3], labels: [13, 14]),
    ]
    let plain = HiddenTokens(texts)
    #expect(try plain.places.array(of: Int64.self) == [1, 4, 6])
    #expect(try plain.labels.array(of: Int64.self) == [11, 13, 14])
    #expect(try HiddenTokens(texts, rowLength: 9).places.array(of: Int64.self) == [1, 10, 12])
  }

  @Test("A translation stands behind its sentence, and is counted on or from the beginning")
  func translationPairs() {
    func pair(_ positions: TranslationPair.Positions, longest: Int? = nil) -> TranslationPair {
      TranslationPair(
        [11, 12, 13], [21, 22], begin: 0, end: 2, positions: positions, firstPosition: 2,
        longest: longest)
    }
    let continued = pair(.continued)
    #expect(continued.ids == [0, 11, 12, 13, 2, 2, 21, 22, 2])
    #expect(continued.segments == [0, 0, 0, 0, 0, 1, 1, 1, 1])
    #expect(continued.positions == [2, 3, 4, 5, 6, 7, 8, 9, 10])
    #expect(pair(.restarted).positions == [2, 3, 4, 5, 6, 2, 3, 4, 5])
    #expect(pair(.restarted).ids == continued.ids)
    #expect(pair(.continued, longest: 9) == continued)
    #expect(pair(.continued, longest: 8).ids == [0, 11, 12, 2, 2, 21, 22, 2])
    #expect(pair(.continued, longest: 7).ids == [0, 11, 2, 2, 21, 22, 2])
    #expect(pair(.continued, longest: 4).ids == [0, 2, 2, 2])
  }

  @Test(
    "Regions: at least one is asked for, and what overlaps it is hidden without being asked for")
  func regions() {
    // The second covers most of the first; the third is elsewhere.
    let boxes: [RegionMasking.Box] = [[0, 0, 10, 10], [0, 0, 10, 8], [20, 20, 30, 30]]
    var (asked, stayed) = (0, 0)
    for sample in 0..<2_000 {
      let plain = RegionMasking()(boxes, by: Draws(seed: 2), sample: sample)
      #expect(!plain.asked.isEmpty)
      #expect(boxes.indices.map { plain.asked.contains($0) } == plain.isZeroed)
      let volta = RegionMasking(zeroed: 0.9, overlap: 0.4)(
        boxes, by: Draws(seed: 2), sample: sample)
      #expect(volta.asked == plain.asked)
      if volta.asked == [0] { #expect(volta.isZeroed[1] && !volta.isZeroed[2]) }
      if volta.asked == [2] {
        asked += 1
        if !volta.isZeroed[2] { stayed += 1 }
        #expect(!volta.isZeroed[0] && !volta.isZeroed[1])
      }
    }
    #expect(asked > 300 && abs(Double(stayed) / Double(asked) - 0.1) < 0.06)
    #expect(RegionMasking()([], by: Draws(seed: 2), sample: 0).asked.isEmpty)
  }

  @Test(
    "Whole words without saying where words are, and texts longer than their rows, stop the program"
  )
  func misfits() async {
    await #expect(processExitsWith: .failure) {
      let vocabulary = TokenMasking.Vocabulary(mask: 9, words: 1..<9, special: [])
      _ = TokenMasking(wholeWords: true)([3, 4], of: vocabulary, by: Draws(seed: 1), sample: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = HiddenTokens([.init(ids: [1, 2, 3], places: [0], labels: [4])], rowLength: 2)
    }
    await #expect(processExitsWith: .failure) {
      _ = TranslationPair([1], [2], begin: 0, end: 2, positions: .continued, longest: 3)
    }
  }
}
