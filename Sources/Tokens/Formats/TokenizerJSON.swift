import Files

/// Reads Hugging Face's `tokenizer.json`.
struct TokenizerJSON {
  static let kind = "tokenizer.json"

  /// - Throws: ``TokenizerError`` for what is broken, and for what this engine does not do.
  static func parts(_ bytes: [UInt8]) throws(TokenizerError) -> TokenizerCore.Parts {
    let root: JSONValue
    do {
      root = try JSONDocument(bytes).root
    } catch {
      throw broken("at byte \(error.offset), \(error.reason)")
    }
    guard root.kind == .object, let model = root["model"] else {
      throw broken("it has no model")
    }
    let normalizer = try root["normalizer"].map { value throws(TokenizerError) in
      try NormalizerReader.normalizer(value)
    }
    let isBPE = model["merges"] != nil
    let steps = try root["pre_tokenizer"].map { value throws(TokenizerError) in
      try PreTokenizerReader.preTokenizer(
        value, staysBytes: isBPE && !(normalizer?.spellsBytes ?? false))
    }
    let (vocabulary, tokenModel, unknownID) = try ModelReader.model(
      model, isByteLevel: steps?.staysBytes ?? false)
    var parts = TokenizerCore.Parts(vocabulary: vocabulary, model: tokenModel)
    parts.unknownID = unknownID
    parts.normalizer = normalizer
    parts.preTokenizer = steps
    parts.addedTokens = try addedTokens(root["added_tokens"], vocabulary)
    if let processor = root["post_processor"] {
      try PostProcessorReader.read(processor, into: &parts.postProcessor)
    }
    parts.decoder = try root["decoder"].map { value throws(TokenizerError) in
      try DecoderReader.decoder(value)
    }
    parts.truncation = try root["truncation"].map { value throws(TokenizerError) in
      guard let length = value["max_length"]?.int, length >= 0 else {
        throw broken("its truncation has no length")
      }
      return TruncationSettings(
        maximumLength: length, cutsRight: value["direction"]?.string != "Left",
        stride: value["stride"]?.int ?? 0)
    }
    parts.padding = padding(root["padding"])
    return parts
  }

  static func broken(_ reason: String) -> TokenizerError { .malformed(kind: kind, reason: reason) }

  /// A number that fits an id.
  static func id(_ value: JSONValue?, of what: String) throws(TokenizerError) -> Int32 {
    guard let number = value?.int, (0..<100_000_000).contains(number) else {
      throw broken("\(what) has no id")
    }
    return Int32(number)
  }

  private static func addedTokens(
    _ value: JSONValue?, _ vocabulary: Vocabulary
  ) throws(TokenizerError) -> [AddedToken] {
    var tokens: [AddedToken] = []
    guard let value else { return tokens }
    for entry in value.elements {
      guard let content = entry["content"]?.string else {
        throw broken("an added token has no content")
      }
      var token = AddedToken(
        id: try id(entry["id"], of: "the added token “\(content)”"), content: content)
      token.isSpecial = entry["special"]?.bool ?? false
      token.isSingleWord = entry["single_word"]?.bool ?? false
      token.stripsLeft = entry["lstrip"]?.bool ?? false
      token.stripsRight = entry["rstrip"]?.bool ?? false
      token.isNormalized = entry["normalized"]?.bool ?? !token.isSpecial
      tokens.append(token)
    }
    return tokens
  }

  private static func padding(_ value: JSONValue?) -> PaddingSettings? {
    guard let value else { return nil }
    var padding = PaddingSettings()
    if let length = value["strategy"]?["Fixed"]?.int, length < 1 << 20 {
      padding.fixedLength = length
    }
    padding.isRight = value["direction"]?.string != "Left"
    if let multiple = value["pad_to_multiple_of"]?.int, multiple < 1 << 20 {
      padding.multiple = multiple
    }
    padding.id = Int32(clamping: value["pad_id"]?.int ?? 0)
    padding.typeID = Int32(clamping: value["pad_type_id"]?.int ?? 0)
    padding.token = value["pad_token"]?.string ?? "[PAD]"
    return padding
  }
}

/// Reads the `model` of a tokenizer.json.
private enum ModelReader {
  static func model(
    _ value: JSONValue, isByteLevel: Bool
  ) throws(TokenizerError) -> (Vocabulary, TokenModel, Int32?) {
    let vocabulary = value["vocab"]
    var type = value["type"]?.string
    if type == nil {
      // Files of early versions do not say.
      type = value["merges"] != nil ? "BPE" : vocabulary?.kind == .array ? "Unigram" : "WordPiece"
    }
    guard let vocabulary else { throw TokenizerJSON.broken("its model has no vocabulary") }
    switch type {
    case "BPE": return try bpe(value, vocabulary, isByteLevel)
    case "Unigram": return try unigram(value, vocabulary)
    case "WordPiece":
      let entries = try Vocabulary(entries(vocabulary), kind: TokenizerJSON.kind)
      let model = try WordPieceModel(
        entries, unknown: value["unk_token"]?.utf8 ?? Array("[UNK]".utf8),
        continuingPrefix: value["continuing_subword_prefix"]?.utf8 ?? Array("##".utf8),
        maximumCharacters: value["max_input_chars_per_word"]?.int ?? 100)
      return (entries, .wordPiece(model), model.unknownID)
    case "WordLevel":
      let entries = try Vocabulary(entries(vocabulary), kind: TokenizerJSON.kind)
      let unknownID = value["unk_token"]?.utf8.flatMap { entries.id($0) }
      return (entries, .wordLevel(entries, unknownID: unknownID), unknownID)
    default:
      throw .unsupported(part: "model", name: type ?? "")
    }
  }

  private static func entries(
    _ value: JSONValue
  ) throws(TokenizerError) -> [(bytes: [UInt8], id: Int)] {
    guard value.kind == .object else {
      throw TokenizerJSON.broken("its vocabulary is not an object")
    }
    var entries: [(bytes: [UInt8], id: Int)] = []
    var bad: [UInt8]?
    value.forEachMember { key, value in
      if let id = value.int { entries.append((key, id)) } else { bad = key }
    }
    if let bad {
      throw TokenizerJSON.broken("the token “\(String(decoding: bad, as: UTF8.self))” has no id")
    }
    return entries
  }

  private static func bpe(
    _ value: JSONValue, _ vocabulary: JSONValue, _ isByteLevel: Bool
  ) throws(TokenizerError) -> (Vocabulary, TokenModel, Int32?) {
    let entries = try Vocabulary(entries(vocabulary), kind: TokenizerJSON.kind)
    var settings = BPEModel.Settings()
    settings.continuingPrefix = value["continuing_subword_prefix"]?.utf8 ?? []
    settings.endSuffix = value["end_of_word_suffix"]?.utf8 ?? []
    settings.unknown = value["unk_token"]?.utf8
    settings.fusesUnknown = value["fuse_unk"]?.bool ?? false
    settings.fallsBackToBytes = value["byte_fallback"]?.bool ?? false
    settings.ignoresMerges = value["ignore_merges"]?.bool ?? false
    settings.isByteLevel = isByteLevel
    if let dropout = value["dropout"]?.double, dropout > 0 {
      throw .unsupported(part: "dropout", name: "\(dropout)")
    }
    var merges: [(left: [UInt8], right: [UInt8])] = []
    guard let list = value["merges"], list.kind == .array else {
      throw TokenizerJSON.broken("its model has no merges")
    }
    for merge in list.elements {
      if let text = merge.utf8 {
        let parts = text.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
          throw TokenizerJSON.broken("merge \(merges.count + 1) is not of two parts")
        }
        merges.append((Array(parts[0]), Array(parts[1])))
      } else {
        let parts = merge.elements.compactMap(\.utf8)
        guard parts.count == 2 else {
          throw TokenizerJSON.broken("merge \(merges.count + 1) is not of two parts")
        }
        merges.append((parts[0], parts[1]))
      }
    }
    let model = try BPEModel(entries, merges: merges, settings: settings)
    return (entries, .bpe(model), model.unknownID)
  }

  private static func unigram(
    _ value: JSONValue, _ vocabulary: JSONValue
  ) throws(TokenizerError) -> (Vocabulary, TokenModel, Int32?) {
    var spellings: [[UInt8]] = []
    var scores: [Double] = []
    for entry in vocabulary.elements {
      var parts = entry.elements
      guard let spelling = parts.next()?.utf8, let score = parts.next()?.double, score.isFinite
      else {
        throw TokenizerJSON.broken("entry \(scores.count + 1) of its vocabulary is not a pair")
      }
      spellings.append(spelling)
      scores.append(score)
    }
    var unknownID: Int32?
    if let number = value["unk_id"]?.int {
      guard number >= 0, number < scores.count else {
        throw TokenizerJSON.broken("its unknown token's id is not in the vocabulary")
      }
      unknownID = Int32(number)
    }
    let entries = try Vocabulary(ordered: spellings, kind: TokenizerJSON.kind)
    var bytes: [Int32] = []
    if value["byte_fallback"]?.bool ?? false {
      bytes = (0..<256).compactMap { entries.id(BPEModel.byteToken($0)) }
    }
    let model = UnigramModel(
      scores: scores, spellings: spellings.enumerated().map { ($1[...], Int32($0)) },
      unknownID: unknownID, floor: scores.min() ?? 0, byteTokens: bytes.count == 256 ? bytes : [],
      isSinglePrecision: false)
    return (entries, .unigram(model), unknownID)
  }
}
