import Files
import Languages

/// Reads vocabularies that are lists of tokens: BERT's `vocab.txt`, CLIP's and GPT-2's files.
enum VocabularyFiles {
  /// OpenAI's expression for CLIP, whose letters may be of either case.
  private static let clipPattern =
    "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"
  private static let clipMerges = 49_152 - 256 - 2

  /// BERT's `vocab.txt`: a token a line, its number the line's.
  ///
  /// - Parameters:
  ///   - lines: The file.
  ///   - options: What a `tokenizer_config.json` beside it says; without one, letters become small
  ///     if the vocabulary has no capitals.
  static func bert(
    _ lines: [UInt8], options: BERTOptions
  ) throws(TokenizerError) -> TokenizerCore.Parts {
    let kind = "vocab.txt"
    guard String(validating: lines, as: UTF8.self) != nil else {
      throw .malformed(kind: kind, reason: "it is not UTF-8")
    }
    var tokens = lines.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      Array(line.last == 0x0D ? line.dropLast() : line)
    }
    if tokens.last?.isEmpty == true { tokens.removeLast() }
    // Of a token that comes twice, the later number counts, as in Python.
    let vocabulary = try Vocabulary(ordered: tokens, kind: kind)
    let model = try WordPieceModel(
      vocabulary, unknown: Array("[UNK]".utf8), continuingPrefix: Array("##".utf8),
      maximumCharacters: 100)
    var parts = TokenizerCore.Parts(vocabulary: vocabulary, model: .wordPiece(model))
    parts.unknownID = model.unknownID
    // A few tokens in brackets have capitals everywhere.
    let capitals = tokens.count { token in
      ![0x5B, 0x3C].contains(token.first) && token.contains { $0 &- 65 < 26 }
    }
    let isCased = capitals >= 26
    var normalizer = BERTNormalizer()
    normalizer.lowercases = options.lowercases ?? !isCased
    normalizer.stripsAccents = options.stripsAccents ?? normalizer.lowercases
    normalizer.separatesIdeographs = options.separatesIdeographs ?? true
    parts.normalizer = .bert(normalizer)
    parts.preTokenizer = .bert
    parts.decoder = .wordPiece(prefix: "##", cleansUp: true)
    for name in ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] {
      guard let id = vocabulary.id(name) else { continue }
      parts.addedTokens.append(
        AddedToken(id: id, content: name, isSpecial: true, isNormalized: false))
    }
    if let open = vocabulary.id("[CLS]"), let close = vocabulary.id("[SEP]") {
      parts.postProcessor.before = [.init(id: open, token: "[CLS]", typeID: 0)]
      parts.postProcessor.after = [.init(id: close, token: "[SEP]", typeID: 0)]
    }
    return parts
  }

  /// What may be known of a `vocab.txt` besides its tokens.
  struct BERTOptions {
    var lowercases: Bool?
    var stripsAccents: Bool?
    var separatesIdeographs: Bool?
  }

  /// OpenAI's `bpe_simple_vocab_16e6.txt`, unpacked: merges, of which the first 48,894 count.
  static func clip(_ lines: [UInt8]) throws(TokenizerError) -> TokenizerCore.Parts {
    let kind = "CLIP vocabulary"
    let merges = try merges(lines, kind: kind, limit: clipMerges)
    var tokens = clipAlphabet + clipAlphabet.map { $0 + Array("</w>".utf8) }
    tokens += merges.map { $0.left + $0.right }
    tokens += [Array("<|startoftext|>".utf8), Array("<|endoftext|>".utf8)]
    let vocabulary = try Vocabulary(ordered: tokens, kind: kind)
    var parts = try clipParts(vocabulary, merges)
    parts.normalizer = .clip(CLIPCleaning())
    if case .bpe(var model) = parts.model {
      // OpenAI's code knows these two only as whole pieces.
      for token in parts.addedTokens { model.wholeTokens[Array(token.content.utf8)] = token.id }
      parts.model = .bpe(model)
    }
    parts.addedTokens = []
    return parts
  }

  /// Characters of bytes in OpenAI's order: printable ones first.
  private static let clipAlphabet: [[UInt8]] = {
    let printable = (0..<256).filter { ByteLevel.scalars[$0] < 256 }
    let rest = (0..<256).filter { ByteLevel.scalars[$0] >= 256 }
    return (printable + rest).map { ByteLevel.spelling(UInt8($0)) }
  }()

  /// The tokens and numbers of a `vocab.json`.
  static func entries(
    _ json: [UInt8], kind: String
  ) throws(TokenizerError) -> [(bytes: [UInt8], id: Int)] {
    var entries: [(bytes: [UInt8], id: Int)] = []
    do {
      try JSONDocument(json).root.forEachMember { key, value in
        if let id = value.int { entries.append((key, id)) }
      }
    } catch {
      throw .malformed(kind: kind, reason: "at byte \(error.offset), \(error.reason)")
    }
    guard !entries.isEmpty else { throw .malformed(kind: kind, reason: "it holds no tokens") }
    return entries
  }

  /// `vocab.json` and `merges.txt`: CLIP's if words end in `</w>`, otherwise GPT-2's or RoBERTa's.
  static func pair(
    vocabulary json: [UInt8], merges lines: [UInt8]
  ) throws(TokenizerError) -> TokenizerCore.Parts {
    let kind = "vocab.json"
    let entries = try entries(json, kind: kind)
    let vocabulary = try Vocabulary(entries, kind: kind)
    let merges = try merges(lines, kind: "merges.txt", limit: .max)
    if vocabulary.id("!</w>") != nil || vocabulary.id("a</w>") != nil {
      var parts = try clipParts(vocabulary, merges)
      parts.normalizer = .sequence([.form(.nfc), .replace(.spaces, [0x20]), .lowercase])
      return parts
    }
    var settings = BPEModel.Settings()
    settings.isByteLevel = true
    let model = try BPEModel(vocabulary, merges: merges, settings: settings)
    var parts = TokenizerCore.Parts(vocabulary: vocabulary, model: .bpe(model))
    parts.preTokenizer = .byteLevel(
      addsPrefixSpace: false, pattern: try TextPattern(regex: PreTokenizer.gpt2Pattern),
      isSpelled: false)
    parts.decoder = .byteLevel
    for name in ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "<|endoftext|>"] {
      guard let id = vocabulary.id(name) else { continue }
      parts.addedTokens.append(
        AddedToken(
          id: id, content: name, isSpecial: true, stripsLeft: name == "<mask>", isNormalized: false)
      )
    }
    if let open = vocabulary.id("<s>"), let close = vocabulary.id("</s>") {
      parts.postProcessor.before = [.init(id: open, token: "<s>", typeID: 0)]
      parts.postProcessor.after = [.init(id: close, token: "</s>", typeID: 0)]
      parts.postProcessor.trims = [.init(addsPrefixSpace: false)]
    }
    return parts
  }

  private static func clipParts(
    _ vocabulary: Vocabulary, _ merges: [(left: [UInt8], right: [UInt8])]
  ) throws(TokenizerError) -> TokenizerCore.Parts {
    guard let open = vocabulary.id("<|startoftext|>"), let close = vocabulary.id("<|endoftext|>")
    else { throw .malformed(kind: "CLIP vocabulary", reason: "it has no <|startoftext|>") }
    var settings = BPEModel.Settings()
    settings.isByteLevel = true
    settings.endSuffix = Array("</w>".utf8)
    settings.unknown = Array("<|endoftext|>".utf8)
    let model = try BPEModel(vocabulary, merges: merges, settings: settings)
    var parts = TokenizerCore.Parts(vocabulary: vocabulary, model: .bpe(model))
    parts.unknownID = close
    parts.specialIDs = [open, close]
    parts.preTokenizer = .sequence([
      .split(try TextPattern(regex: clipPattern), .removed, isInverted: true),
      .byteLevel(addsPrefixSpace: false, pattern: nil, isSpelled: false),
    ])
    parts.decoder = .sequence([.byteLevel, .bpe(suffix: "</w>")])
    parts.addedTokens = [
      AddedToken(id: open, content: "<|startoftext|>", isSpecial: true),
      AddedToken(id: close, content: "<|endoftext|>", isSpecial: true, isNormalized: false),
    ]
    parts.postProcessor.before = [.init(id: open, token: "<|startoftext|>", typeID: 0)]
    parts.postProcessor.after = [.init(id: close, token: "<|endoftext|>", typeID: 0)]
    return parts
  }

  private static func merges(
    _ lines: [UInt8], kind: String, limit: Int
  ) throws(TokenizerError) -> [(left: [UInt8], right: [UInt8])] {
    var merges: [(left: [UInt8], right: [UInt8])] = []
    for (number, line) in lines.split(separator: 0x0A).enumerated() {
      // The first line of these files is a comment; a merge may itself begin with “#”.
      if number == 0,
        line.starts(with: Array("#version".utf8))
          || line.contains(UInt8(ascii: "\"")) && kind == "CLIP vocabulary"
      {
        continue
      }
      guard merges.count < limit else { break }
      let parts = line.split { $0 == 0x20 || $0 == 0x0D }
      guard parts.count == 2, String(validating: line, as: UTF8.self) != nil else {
        throw .malformed(kind: kind, reason: "line \(number + 1) is not of two parts")
      }
      merges.append((Array(parts[0]), Array(parts[1])))
    }
    guard !merges.isEmpty else { throw .malformed(kind: kind, reason: "it holds no merges") }
    return merges
  }
}
