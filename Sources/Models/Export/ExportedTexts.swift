import Foundation
import Tokens
import Towers

/// What goes along of a model's tokenizer: its files, and the special tokens.
struct ExportedTexts {
  let tokens: ExportTokens
  /// Files by their names.
  let files: [String: Data]
  let notes: [String]
  /// New numbers of the tokens, for a library that gives some of them a meaning of its own; nil if
  /// they stay.
  let renumbering: TokenRenumbering?

  /// - Throws: ``ExportError/tokenizer(model:reason:)``, ``TokenizerError``
  init(of model: ModelFiles, for format: ExportFormat) throws {
    guard let path = model.tokenizer, let text = model.card.encoder.text?.settings else {
      throw ExportError.oneSided(model: model.card.name, side: "texts")
    }
    let tokenizer = try Tokenizer(contentsOf: path)
    let treatment = model.card.text
    let template = Template(of: tokenizer, treatment)
    let renumbering = text.exchange(
      padding: treatment.padding, end: template.end, for: format
    ).map { TokenRenumbering(swapping: $0, $1, of: text.vocabulary) }
    self.renumbering = renumbering
    func new(_ id: Int32) -> Int32 { renumbering?[id] ?? id }
    tokens = ExportTokens(
      start: template.start.map(new), end: template.end.map(new), padding: new(treatment.padding),
      length: treatment.contextLength)
    files = try Self.files(path, model, tokenizer, template, renumbering)
    notes = Self.notes(treatment, for: format)
  }

  /// The ids around a text.
  private struct Template {
    var start, end: Int32?

    init(of tokenizer: Tokenizer, _ treatment: TextTreatment) {
      if treatment.start != nil || treatment.end != nil {
        (start, end) = (treatment.start, treatment.end)
        return
      }
      let whole = tokenizer.ids("a").ids
      let inner = tokenizer.ids("a", addSpecialTokens: false).ids
      let added = whole.count - inner.count
      guard added > 0,
        let before = (0...added).first(where: { whole[$0...].starts(with: inner) })
      else { return }
      if before > 0 { start = whole[0] }
      if before < added { end = whole[whole.count - 1] }
    }
  }

  private static func files(
    _ path: String, _ model: ModelFiles, _ tokenizer: Tokenizer, _ template: Template,
    _ renumbering: TokenRenumbering?
  ) throws -> [String: Data] {
    let folder = (path as NSString).deletingLastPathComponent
    func data(_ name: String) -> Data? {
      FileManager.default.contents(atPath: folder + "/" + name)
    }
    guard path.hasSuffix(".json"), let bytes = data((path as NSString).lastPathComponent),
      !path.hasSuffix("/vocab.json")
    else {
      // A published model's own files, as its authors laid them out.
      let names = [
        "vocab.txt", "vocab.json", "merges.txt", "spiece.model", "tokenizer_config.json",
      ]
      let own = Dictionary(
        uniqueKeysWithValues: names.compactMap { name in data(name).map { (name, $0) } })
      guard renumbering == nil,
        own.keys.contains(where: { $0.hasPrefix("vocab") || $0 == "spiece.model" })
      else {
        throw ExportError.tokenizer(
          model: model.card.name,
          reason:
            "\((path as NSString).lastPathComponent) is a form that other libraries do not load;"
            + " save it as tokenizer.json with Hugging Face's tokenizers")
      }
      return own
    }
    let treatment = model.card.text
    var json = [UInt8](bytes)
    let surroundings = TokenizerSurroundings(
      start: treatment.languageCodes == nil ? treatment.start : nil,
      end: treatment.languageCodes == nil ? treatment.end : nil,
      lowercases: treatment.cleaning.isLowercasing)
    if surroundings != TokenizerSurroundings(start: nil, end: nil, lowercases: false) {
      json = try surroundings.apply(to: json)
    }
    if let renumbering { json = try renumbering.apply(to: json) }
    var settings: [String: Any] = [
      "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": treatment.contextLength,
      "clean_up_tokenization_spaces": false,
    ]
    if treatment.languageCodes == .flores {
      settings["tokenizer_class"] = "NllbTokenizer"
      settings["src_lang"] = "eng_Latn"
    }
    let special: [(String, Int32?)] = [
      ("pad_token", treatment.padding), ("unk_token", tokenizer.unknownID),
      ("bos_token", template.start), ("eos_token", template.end),
    ]
    for (name, id) in special { settings[name] = id.flatMap { tokenizer.token(of: $0) } }
    if let text = model.card.encoder.text?.settings, text.readsFilling {
      settings["model_input_names"] = ["input_ids"]
    }
    return ["tokenizer.json": Data(json), "tokenizer_config.json": try jsonData(settings)]
  }

  private static func notes(_ treatment: TextTreatment, for format: ExportFormat) -> [String] {
    var notes: [String] = []
    let openCLIP: [TextCleaning] = [.whitespace, .lower, .canonicalize]
    switch (treatment.cleaning, format) {
    case (.none, .openCLIP):
      notes.append(
        "open_clip repairs and joins up texts (ftfy) before its tokenizer gets them; this model was "
          + "trained without.")
    case (.none, _): break
    case (let cleaning, .huggingFace) where cleaning.isLowercasing: break
    case (let cleaning, .openCLIP) where openCLIP.contains(cleaning): break
    case (let cleaning, _):
      notes.append(
        "This model's texts are cleaned before they are tokenized (“\(cleaning.rawValue)”), which the "
          + "tokenizer's file does not do.")
    }
    if treatment.languageCodes == .flores {
      notes.append(
        "Set the text's language on the tokenizer (the default is English): "
          + (format == .huggingFace ? "tokenizer" : "tokenizer.tokenizer")
          + ".src_lang = \"kor_Hang\".")
    }
    if treatment.languageCodes == .m2m100 {
      notes.append(
        "The tokenizer puts the code of English before every text. For another language, replace "
          + "it with the id of that language's code, such as __ko__.")
    }
    return notes
  }
}

extension TextCleaning {
  /// Whether small letters are all it makes, which a tokenizer's file can do itself.
  fileprivate var isLowercasing: Bool { self == .smallLetters || self == .siglip2 }
}

extension TextTowerKind {
  /// Two tokens whose numbers must change places for a library to read the texts as we do.
  ///
  /// RoBERTa and M2M-100 count positions from behind the padding token's number, with us whatever
  /// that is; and `CLIPModel` takes the end token 2 for “the greatest number of a text”.
  fileprivate func exchange(padding: Int32, end: Int32?, for format: ExportFormat) -> (
    Int32, Int32
  )? {
    if countsFromPadding, let own = paddingToken, own != padding { return (padding, own) }
    if format == .huggingFace, end == 2, let text = self as? TextTransformer.Settings,
      text.isCausal, text.vocabulary > 3
    {
      return (2, 3)
    }
    return nil
  }
}

/// JSON as it stands in the files of settings that are written.
func jsonData(_ settings: [String: Any]) throws -> Data {
  try JSONSerialization.data(
    withJSONObject: settings, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    + Data("\n".utf8)
}
