import Corpora
import Models
import Tokens
import Towers

/// A text tower to start from that keeps only the tokens which a collection uses.
struct VocabularyTrimming {
  /// Its settings, for as many tokens as remain.
  let text: TextTowerSettings
  let treatment: TextTreatment
  /// The bytes of its `tokenizer.json`.
  let tokenizer: [UInt8]
  /// The rows of its table of tokens that remain, in their new order.
  let kept: [Int32]
  /// What is gained, for people.
  let summary: String

  /// - Parameters:
  ///   - tokenizer: The bytes of the whole model's `tokenizer.json`.
  ///   - tower: The run's text tower, with the whole model's tokens.
  /// - Throws: ``TokenizerError``
  init(
    of tokenizer: [UInt8], _ tower: TextTowerSettings, _ treatment: TextTreatment,
    for corpus: Corpus
  ) throws {
    var (text, treatment) = (tower.settings, treatment)
    var needed = Set([treatment.padding, treatment.start, treatment.end].compactMap { $0 })
    if let end = text.endToken { needed.insert(end) }
    if let padding = text.paddingToken {
      // Positions are counted from behind its number, which must stay what it is.
      needed.formUnion(text.countsFromPadding ? 0...padding : padding...padding)
    }
    let captions = corpus.samples.flatMap { sample in
      sample.languages.flatMap { sample.captions[$0] ?? [] }
    }
    let whole = try Tokenizer(json: tokenizer)
    needed = needed.filter { whole.token(of: $0) != nil }
    let cleaning = treatment.cleaning
    // Told apart by bytes: a set of strings would keep any one of those that look alike.
    var seen: Set<[UInt8]> = []
    let texts = captions.map { cleaning($0) }.filter { seen.insert(Array($0.utf8)).inserted }
    let trimmed = try TrimmedTokenizer(tokenizer, for: texts, keeping: needed)
    let renumbering = trimmed.renumbering
    kept = renumbering.kept
    treatment.padding = renumbering[treatment.padding] ?? 0
    treatment.start = treatment.start.flatMap { renumbering[$0] }
    treatment.end = treatment.end.flatMap { renumbering[$0] }
    let (before, width) = (text.vocabulary, text.tableWidth)
    text.vocabulary = kept.count
    if let padding = text.paddingToken { text.paddingToken = renumbering[padding] ?? padding }
    if let end = text.endToken { text.endToken = renumbering[end] }
    self.text = TextTowerSettings(text)
    self.treatment = treatment
    self.tokenizer = trimmed.json
    let megabytes = (before - kept.count) * width * 4 / 1_000_000
    summary =
      "Keeping \(kept.count) of \(before) tokens, which cover all captions; this saves "
      + "\(megabytes) MB of weights"
  }
}
