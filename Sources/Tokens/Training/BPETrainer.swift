import Languages

/// Learns a vocabulary for all scripts from texts, by byte-pair encoding.
///
/// Training removes invisible characters from texts, brings them to NFKC and lower case and cuts
/// them at spaces only, so that scripts without spaces need no rules of their own. Starting from
/// single characters, it repeatedly makes the most frequent pair of neighbours a token. Characters
/// too rare to have a token are spelled in bytes. The same texts in any order give the same
/// vocabulary: of equally frequent pairs, the one whose bytes come first is taken.
///
/// - Source: Sennrich et al. 2016, arXiv:1508.07909.
package struct BPETrainer: Sendable {
  /// The number of tokens wanted, all included.
  ///
  /// Fewer come out if the texts do not hold as many.
  package var size: Int
  /// The tokens that come first; they are never found in texts by merging.
  package var specialTokens = ["<pad>", "<unk>", "<s>", "</s>"]
  /// Whether the tokenizer puts `<s>` before and `</s>` behind every text.
  package var addsTemplate = true
  /// Whether texts are lowercased.
  package var lowercases = true
  /// Whether punctuation marks never join with words.
  package var separatesPunctuation = true
  /// Whether rare characters become bytes (256 tokens more) instead of `<unk>`.
  package var fallsBackToBytes = true
  /// The most single characters that get a token; `nil` for a third of `size`.
  package var alphabetLimit: Int?
  /// Pairs rarer than this are not joined.
  package var minimumCount = 2
  /// The most characters of a token.
  package var maximumTokenLength = 16

  /// A trainer with the usual settings.
  package init(size: Int) { self.size = size }

  /// How far the training is.
  package struct Progress: Sendable, Equatable {
    /// Reading the texts, then merging pairs of tokens.
    package enum Stage: String, Sendable { case reading, merging }
    /// The stage that the training is in.
    package var stage: Stage
    /// Texts read, or tokens made.
    package var done: Int
    /// Tokens wanted; unknown while reading.
    package var total: Int?
  }

  /// Learns from texts and gives the bytes of a `tokenizer.json`.
  ///
  /// `progress` is called now and then; what it throws ends the training. So does cancelling the
  /// task.
  ///
  /// - Throws: ``BPETrainerError`` if the size cannot be, `CancellationError`, or what `progress`
  ///   throws.
  package func train(
    _ texts: some Sequence<String>, progress: (Progress) throws -> Void = { _ in }
  ) throws -> [UInt8] {
    let fixed = specialTokens.count + (fallsBackToBytes ? 256 : 0)
    guard size > fixed else { throw BPETrainerError.tooSmall(size: size, least: fixed + 1) }
    if Set(specialTokens.map { Array($0.utf8) }).count < specialTokens.count
      || !specialTokens.contains("<unk>")
    {
      throw BPETrainerError.specialTokens(specialTokens)
    }
    let words = try countWords(texts, progress)
    let alphabet = alphabet(of: words, atMost: min(alphabetLimit ?? size / 3, size - fixed))
    var merger = PairMerger(
      words: words, alphabet: alphabet, firstID: fixed, minimumCount: minimumCount,
      maximumLength: maximumTokenLength)
    let wanted = size - fixed
    while merger.tokens.count < wanted {
      if merger.tokens.count % 256 == 0 {
        if Task.isCancelled { throw CancellationError() }
        try progress(Progress(stage: .merging, done: fixed + merger.tokens.count, total: size))
      }
      guard merger.mergeBest() else { break }
    }
    try progress(
      Progress(stage: .merging, done: fixed + merger.tokens.count, total: size))
    return json(tokens: merger.tokens, merges: merger.merges)
  }

  /// Every word with how often it comes.
  private func countWords(
    _ texts: some Sequence<String>, _ progress: (Progress) throws -> Void
  ) throws -> [(bytes: [UInt8], count: Int)] {
    let parts = try TokenizerJSON.parts(json(tokens: [], merges: []))
    var counts: [[UInt8]: Int] = [:]
    var scratch = NormalizerScratch()
    var splitter = SplitScratch()
    var text = AlignedText()
    var pieces: [Piece] = []
    var read = 0
    for var source in texts {
      text.reset(tracked: false)
      source.withUTF8 { text.appendOriginal($0, at: 0) }
      parts.normalizer?.apply(to: &text, &scratch)
      pieces = [Piece(0..<text.bytes.count)]
      parts.preTokenizer?.apply(to: &text, &pieces, isAtStart: true, &splitter)
      for piece in pieces { counts[Array(text.bytes[piece.range]), default: 0] += 1 }
      read += 1
      if read % 4096 == 0 {
        if Task.isCancelled { throw CancellationError() }
        try progress(Progress(stage: .reading, done: read, total: nil))
      }
    }
    try progress(Progress(stage: .reading, done: read, total: nil))
    return counts.map { ($0, $1) }.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
  }

  /// The most frequent characters, in the order of their numbers.
  private func alphabet(
    of words: [(bytes: [UInt8], count: Int)], atMost limit: Int
  ) -> [UInt32] {
    var counts: [UInt32: Int] = [0x2581: Int.max]
    for word in words {
      for scalar in UTF8Reading.scalars(word.bytes) where scalar != 0x2581 {
        counts[scalar, default: 0] += word.count
      }
    }
    let ranked = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
    return ranked.prefix(max(1, limit)).map(\.key).sorted()
  }
}

/// Why a vocabulary cannot be learnt.
package enum BPETrainerError: Error, Equatable, CustomStringConvertible {
  case tooSmall(size: Int, least: Int)
  case specialTokens([String])

  /// The error as a sentence for a user.
  package var description: String {
    switch self {
    case .tooSmall(let size, let least):
      "A vocabulary of \(size) tokens is too small: special tokens and bytes alone need \(least)."
    case .specialTokens(let tokens):
      "The special tokens \(tokens.joined(separator: " ")) will not do: "
        + "each must be there once, and <unk> must be among them."
    }
  }
}
