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
    var (text, treatment) = (tower, treatment)
    var needed = Set([treatment.padding, treatment.start, treatment.end].compactMap { $0 })
    if let end = text.end { needed.insert(end) }
    if let padding = text.padding {
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
    if let padding = text.padding { text.padding = renumbering[padding] ?? padding }
    if let end = text.end { text.end = renumbering[end] }
    self.text = text
    self.treatment = treatment
    self.tokenizer = trimmed.json
    let megabytes = (before - kept.count) * width * 4 / 1_000_000
    summary =
      "Keeping \(kept.count) of \(before) tokens, which cover all captions; this saves "
      + "\(megabytes) MB of weights"
  }
}

extension TextTowerSettings {
  /// The id of what fills up short texts, for towers that know it.
  fileprivate var padding: Int32? {
    get {
      switch self {
      case .transformer(let settings): settings.filling?.padding
      case .bert(let settings): settings.padding
      case .nllb(let settings): settings.padding
      case .brivl(let settings): settings.bert.padding
      case .bag: nil
      }
    }
    set {
      guard let newValue else { return }
      switch self {
      case .transformer(var settings):
        settings.filling?.padding = newValue
        self = .transformer(settings)
      case .bert(var settings):
        settings.padding = newValue
        self = .bert(settings)
      case .nllb(var settings):
        settings.padding = newValue
        self = .nllb(settings)
      case .brivl(var settings):
        settings.bert.padding = newValue
        self = .brivl(settings)
      case .bag: break
      }
    }
  }

  /// The id of the token that a text is read at, for towers that know it.
  fileprivate var end: Int32? {
    get { if case .transformer(let settings) = self { settings.end } else { nil } }
    set {
      guard case .transformer(var settings) = self else { return }
      settings.end = newValue
      self = .transformer(settings)
    }
  }

  /// Whether positions are counted from behind the number of the padding token.
  fileprivate var countsFromPadding: Bool {
    switch self {
    case .bert(let settings): settings.positionScheme == .afterPadding
    case .brivl(let settings): settings.bert.positionScheme == .afterPadding
    case .nllb: true
    case .transformer, .bag: false
    }
  }

  /// Numbers of a token.
  fileprivate var tableWidth: Int {
    switch self {
    case .transformer(let settings): settings.width
    case .bag(let settings): settings.width
    case .bert(let settings): settings.width
    case .nllb(let settings): settings.width
    case .brivl(let settings): settings.bert.width
    }
  }
}
