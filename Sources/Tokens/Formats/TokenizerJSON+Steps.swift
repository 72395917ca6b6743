import Files
import Foundation
import Languages

/// What a regular expression or a fixed text is called in a tokenizer.json.
private func pattern(_ value: JSONValue?, of part: String) throws(TokenizerError) -> TextPattern {
  if let text = value?["String"]?.utf8 { return .literal(text) }
  if let regex = value?["Regex"]?.string { return try TextPattern(regex: regex) }
  if let text = value?.utf8 { return .literal(text) }
  throw TokenizerJSON.broken("its \(part) has no pattern")
}

/// Reads the `normalizer`.
enum NormalizerReader {
  static func normalizer(_ value: JSONValue) throws(TokenizerError) -> Normalizer {
    let type = value["type"]?.string ?? ""
    switch type {
    case "Sequence":
      var all: [Normalizer] = []
      if let list = value["normalizers"] {
        for one in list.elements { all.append(try normalizer(one)) }
      }
      return .sequence(all)
    case "NFC", "NFD", "NFKC", "NFKD":
      return NormalizationForm(rawValue: type).map { .form($0) } ?? .sequence([])
    case "Lowercase": return .lowercase
    case "StripAccents": return .stripAccents
    case "BertNormalizer":
      var bert = BERTNormalizer()
      bert.cleansText = value["clean_text"]?.bool ?? true
      bert.separatesIdeographs = value["handle_chinese_chars"]?.bool ?? true
      bert.lowercases = value["lowercase"]?.bool ?? true
      bert.stripsAccents = value["strip_accents"]?.bool ?? bert.lowercases
      return .bert(bert)
    case "Precompiled":
      guard let text = value["precompiled_charsmap"]?.string,
        let blob = Data(base64Encoded: text)
      else { throw TokenizerJSON.broken("its precompiled character map is not in base 64") }
      return .precompiled(try PrecompiledCharacters([UInt8](blob)))
    case "Replace":
      return .replace(
        try pattern(value["pattern"], of: "normalizer Replace"), value["content"]?.utf8 ?? [])
    case "Prepend": return .prepend(value["prepend"]?.utf8 ?? [])
    case "Strip":
      return .strip(
        left: value["strip_left"]?.bool ?? true, right: value["strip_right"]?.bool ?? true)
    case "Nmt": return .nmt
    case "ByteLevel": return .byteLevel
    default: throw .unsupported(part: "normalizer", name: type)
    }
  }
}

extension Normalizer {
  /// Whether the text that comes out spells bytes as characters.
  var spellsBytes: Bool {
    switch self {
    case .byteLevel: true
    case .sequence(let all): all.contains { $0.spellsBytes }
    default: false
    }
  }
}

/// What Hugging Face's Whitespace keeps; its joiners count to words.
private let wordPattern = "[\\w\\u200c\\u200d]+|[^\\w\\s\\u200c\\u200d]+"

/// Reads the `pre_tokenizer`.
enum PreTokenizerReader {
  /// Reads one, or a sequence; if it `staysBytes`, a last ByteLevel may leave bytes as they are.
  static func preTokenizer(
    _ value: JSONValue, staysBytes: Bool
  ) throws(TokenizerError) -> PreTokenizer {
    let type = value["type"]?.string ?? ""
    switch type {
    case "Sequence":
      let list = value["pretokenizers"].map { Array($0.elements) } ?? []
      var all: [PreTokenizer] = []
      for (index, one) in list.enumerated() {
        all.append(try preTokenizer(one, staysBytes: staysBytes && index == list.count - 1))
      }
      return .sequence(all)
    case "ByteLevel":
      let usesRegex = value["use_regex"]?.bool ?? true
      return .byteLevel(
        addsPrefixSpace: value["add_prefix_space"]?.bool ?? true,
        pattern: usesRegex ? try TextPattern(regex: PreTokenizer.gpt2Pattern) : nil,
        isSpelled: !staysBytes)
    case "Metaspace": return .metaspace(try metaspace(value))
    case "Split":
      return .split(
        try pattern(value["pattern"], of: "pre-tokenizer Split"), try behavior(value),
        isInverted: value["invert"]?.bool ?? false)
    case "Whitespace": return .whitespace(try TextPattern(regex: wordPattern))
    case "WhitespaceSplit": return .whitespaceSplit
    case "BertPreTokenizer": return .bert
    case "Punctuation": return .punctuation(try behavior(value))
    case "Digits": return .digits(individual: value["individual_digits"]?.bool ?? false)
    case "UnicodeScripts": return .unicodeScripts
    case "CharDelimiterSplit": return .delimiter(value["delimiter"]?.utf8 ?? [])
    default: throw .unsupported(part: "pre-tokenizer", name: type)
    }
  }

  private static func behavior(_ value: JSONValue) throws(TokenizerError) -> SplitBehavior {
    guard let name = value["behavior"]?.string else { return .isolated }
    guard let behavior = SplitBehavior(rawValue: name) else {
      throw .unsupported(part: "split behavior", name: name)
    }
    return behavior
  }

  static func metaspace(_ value: JSONValue) throws(TokenizerError) -> Metaspace {
    var metaspace = Metaspace()
    if let replacement = value["replacement"]?.utf8, !replacement.isEmpty {
      metaspace.replacement = replacement
    }
    if let scheme = value["prepend_scheme"]?.string {
      guard let known = Metaspace.PrependScheme(rawValue: scheme) else {
        throw .unsupported(part: "prepend scheme", name: scheme)
      }
      metaspace.prependScheme = known
    } else if value["add_prefix_space"]?.bool == false {
      metaspace.prependScheme = .never
    }
    metaspace.splits = value["split"]?.bool ?? true
    return metaspace
  }
}

extension PreTokenizer {
  /// Whether pieces come out as raw bytes, which the model must know.
  var staysBytes: Bool {
    switch self {
    case .byteLevel(_, _, let isSpelled): !isSpelled
    case .sequence(let all): all.last?.staysBytes ?? false
    default: false
    }
  }
}

/// Reads the `post_processor`.
enum PostProcessorReader {
  static func read(_ value: JSONValue, into processor: inout PostProcessor) throws(TokenizerError) {
    let type = value["type"]?.string ?? ""
    switch type {
    case "Sequence":
      if let list = value["processors"] {
        for one in list.elements { try read(one, into: &processor) }
      }
    case "ByteLevel":
      if value["trim_offsets"]?.bool ?? true {
        processor.trims.append(.init(addsPrefixSpace: value["add_prefix_space"]?.bool ?? true))
      }
    case "RobertaProcessing", "BertProcessing":
      if type == "RobertaProcessing", value["trim_offsets"]?.bool ?? true {
        processor.trims.append(.init(addsPrefixSpace: value["add_prefix_space"]?.bool ?? true))
      }
      processor.before.insert(try pair(value["cls"]), at: 0)
      processor.after.append(try pair(value["sep"]))
    case "TemplateProcessing": try template(value, into: &processor)
    default: throw .unsupported(part: "post-processor", name: type)
    }
  }

  private static func pair(_ value: JSONValue?) throws(TokenizerError) -> PostProcessor.Token {
    let parts = value.map { Array($0.elements) } ?? []
    guard parts.count == 2, let token = parts[0].string else {
      throw TokenizerJSON.broken("its post-processor names no token")
    }
    return .init(id: try TokenizerJSON.id(parts[1], of: "“\(token)”"), token: token, typeID: 0)
  }

  private static func template(
    _ value: JSONValue, into processor: inout PostProcessor
  ) throws(TokenizerError) {
    var before: [PostProcessor.Token] = []
    var after: [PostProcessor.Token] = []
    var isAfter = false
    if let single = value["single"] {
      for item in single.elements {
        if let sequence = item["Sequence"] {
          guard !isAfter else {
            throw .unsupported(part: "template", name: "the text more than once")
          }
          isAfter = true
          processor.typeID = Int32(clamping: sequence["type_id"]?.int ?? 0)
        } else if let special = item["SpecialToken"], let name = special["id"]?.string {
          let tokens = try specialTokens(
            name, value["special_tokens"]?[name], Int32(clamping: special["type_id"]?.int ?? 0))
          if isAfter { after += tokens } else { before += tokens }
        } else {
          throw TokenizerJSON.broken("its template holds an unknown item")
        }
      }
    }
    guard isAfter else { throw TokenizerJSON.broken("its template has no place for the text") }
    processor.before = before + processor.before
    processor.after += after
  }

  private static func specialTokens(
    _ name: String, _ entry: JSONValue?, _ typeID: Int32
  ) throws(TokenizerError) -> [PostProcessor.Token] {
    guard let entry, let ids = entry["ids"] else {
      throw TokenizerJSON.broken("its template does not say what “\(name)” is")
    }
    let names = entry["tokens"].map { $0.elements.map { $0.string ?? name } } ?? []
    var tokens: [PostProcessor.Token] = []
    for (index, id) in ids.elements.enumerated() {
      tokens.append(
        .init(
          id: try TokenizerJSON.id(id, of: "“\(name)”"),
          token: index < names.count ? names[index] : name, typeID: typeID))
    }
    return tokens
  }
}

/// Reads the `decoder`.
enum DecoderReader {
  static func decoder(_ value: JSONValue) throws(TokenizerError) -> Decoder {
    let type = value["type"]?.string ?? ""
    switch type {
    case "Sequence":
      var all: [Decoder] = []
      if let list = value["decoders"] { for one in list.elements { all.append(try decoder(one)) } }
      return .sequence(all)
    case "ByteLevel": return .byteLevel
    case "WordPiece":
      return .wordPiece(
        prefix: value["prefix"]?.string ?? "##", cleansUp: value["cleanup"]?.bool ?? true)
    case "Metaspace": return .metaspace(try PreTokenizerReader.metaspace(value))
    case "BPEDecoder": return .bpe(suffix: value["suffix"]?.string ?? "</w>")
    case "ByteFallback": return .byteFallback
    case "Fuse": return .fuse
    case "Strip":
      return .strip(
        content: value["content"]?.string?.first ?? " ",
        start: min(max(0, value["start"]?.int ?? 0), 1 << 16),
        stop: min(max(0, value["stop"]?.int ?? 0), 1 << 16))
    case "Replace":
      return .replace(
        try pattern(value["pattern"], of: "decoder Replace"), value["content"]?.utf8 ?? [])
    case "CTC":
      return .ctc(
        pad: value["pad_token"]?.string ?? "<pad>",
        delimiter: value["word_delimiter_token"]?.string ?? "|",
        cleansUp: value["cleanup"]?.bool ?? true)
    default: throw .unsupported(part: "decoder", name: type)
    }
  }
}
