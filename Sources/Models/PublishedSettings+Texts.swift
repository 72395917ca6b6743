import Layers
import Tokens
package import Towers

// What transformers' `config.json` says of text towers, in our terms.

extension PublishedSettings {
  /// The kinds of encoder that ``bert(_:kind:pooling:)`` reads.
  package static let bertKinds = ["bert", "roberta", "xlm-roberta", "camembert", "distilbert"]

  /// A BERT or one of its like.
  ///
  /// - Parameters:
  ///   - place: The object that describes it, with a point behind: `text_config.`.
  ///   - kind: Which of ``bertKinds`` it is; what the file says, if not given.
  /// - Throws: ``ModelError/unreadable(path:reason:)``
  package func bert(
    _ place: String = "", kind: String? = nil, pooling: BERT.Settings.Pooling
  ) throws(ModelError) -> BERT.Settings {
    let kind = if let kind { kind } else { try string(place + "model_type") }
    guard Self.bertKinds.contains(kind) else {
      throw .unreadable(
        path: path,
        reason:
          "“\(place)model_type” is “\(kind)”; known: \(Self.bertKinds.joined(separator: ", "))")
    }
    guard try string(place + "position_embedding_type", "absolute") == "absolute" else {
      throw .unreadable(path: path, reason: "its positions are relative, which is not supported")
    }
    let isBERT = kind == "bert" || kind == "distilbert"
    let isDistilled = kind == "distilbert"
    let width = try int(place + (isDistilled ? "dim" : "hidden_size"), 768)
    let settings = BERT.Settings(
      vocabulary: try int(place + "vocab_size", isBERT ? 30_522 : 50_265), width: width,
      depth: try int(
        place + (isDistilled ? "n_layers" : "num_hidden_layers"), isDistilled ? 6 : 12),
      heads: try heads(
        place + (isDistilled ? "n_heads" : "num_attention_heads"), 12, width: width),
      inner: try int(place + (isDistilled ? "hidden_dim" : "intermediate_size"), 3072),
      positions: try int(place + "max_position_embeddings", 512),
      positionScheme: isBERT ? .zeroBased : .afterPadding,
      segments: isDistilled ? 0 : try int(place + "type_vocab_size", 2),
      activation: try activation(place + (isDistilled ? "activation" : "hidden_act"), "gelu"),
      epsilon: try double(place + "layer_norm_eps", 1e-12),
      padding: Int32(try int(place + "pad_token_id", isBERT ? 0 : 1)),
      dropout: isDistilled
        ? try dropout(place, hidden: "dropout", attention: "attention_dropout", standard: 0.1)
        : try dropout(place, standard: 0.1),
      pooling: pooling)
    try check(contextLength: settings.contextLength)
    return settings
  }

  /// The encoder of an M2M-100 or NLLB.
  ///
  /// - Parameters:
  ///   - place: The object that describes it, with a point behind: `text_config.`.
  ///   - contextLength: The most tokens that it is used with.
  /// - Throws: ``ModelError/unreadable(path:reason:)``
  package func nllb(_ place: String = "", contextLength: Int) throws(ModelError)
    -> NLLBEncoder.Settings
  {
    // NLLB-CLIP's own configuration has transformers' newer names for the same.
    func either(_ name: String, _ other: String) -> String {
      place + (has(place + name) ? name : other)
    }
    let width = try int(either("d_model", "hidden_size"), 1024)
    var dropout = try dropout(
      place, hidden: "dropout", attention: "attention_dropout", standard: 0.1)
    dropout.activation = try double(place + "activation_dropout", 0)
    let settings = NLLBEncoder.Settings(
      vocabulary: try int(place + "vocab_size", 256_206), contextLength: contextLength,
      width: width, depth: try int(either("encoder_layers", "num_hidden_layers"), 12),
      heads: try heads(
        either("encoder_attention_heads", "num_attention_heads"), 16, width: width),
      inner: try int(either("encoder_ffn_dim", "intermediate_size"), 4096),
      activation: try activation(place + "activation_function", "relu"),
      padding: Int32(try int(place + "pad_token_id", 1)), dropout: dropout,
      scalesTokens: try bool(place + "scale_embedding", true))
    try check(contextLength: contextLength)
    return settings
  }

  /// - Throws: ``ModelError/contradiction(path:reason:)`` if texts have no or absurd room.
  func check(contextLength: Int) throws(ModelError) {
    guard (1...16_384).contains(contextLength) else {
      throw .contradiction(path: path, reason: "it leaves texts \(contextLength) tokens")
    }
  }
}

extension PublishedFolder {
  /// A BERT or one of its like that this model names; what it is stands in a `config.json` beside
  /// open_clip's, or is known of the name.
  ///
  /// - Parameters:
  ///   - name: Its name on the hub; those that published models name are known here.
  /// - Returns: Nil if it is another kind of tower.
  /// - Throws: ``ModelError`` if it is not known here and has not been pulled.
  func bert(named name: String, pooling: BERT.Settings.Pooling) throws(ModelError)
    -> BERT.Settings?
  {
    if try openCLIPSettings() != nil, has("config.json") {
      let own = try settings("config.json")
      if PublishedSettings.bertKinds.contains(try own.string("model_type", "")) {
        return try own.bert(pooling: pooling)
      }
    }
    if var settings = BERT.Settings.known[name] {
      settings.pooling = pooling
      return settings
    }
    let settings = try companion(name).settings("config.json")
    guard PublishedSettings.bertKinds.contains(try settings.string("model_type", "")) else {
      return nil
    }
    return try settings.bert(pooling: pooling)
  }
}

extension BERT.Settings {
  /// Towers that published models refer to, by their names on the hub.
  static let known: [String: BERT.Settings] = [
    "roberta-base": fairseq(vocabulary: 50_265),
    "FacebookAI/roberta-base": fairseq(vocabulary: 50_265),
    "xlm-roberta-base": fairseq(vocabulary: 250_002),
    "FacebookAI/xlm-roberta-base": fairseq(vocabulary: 250_002),
    "xlm-roberta-large": fairseq(vocabulary: 250_002, isLarge: true),
    "FacebookAI/xlm-roberta-large": fairseq(vocabulary: 250_002, isLarge: true),
    "facebook/xlm-v-base": fairseq(vocabulary: 901_629),
    "sentence-transformers/LaBSE": BERT.Settings(
      vocabulary: 501_153, width: 768, depth: 12, heads: 12, inner: 3072, positions: 512,
      positionScheme: .zeroBased, segments: 2, epsilon: 1e-12, padding: 0,
      dropout: .init(hidden: 0.1, attention: 0.1), pooling: .mean),
  ]

  private static func fairseq(vocabulary: Int, isLarge: Bool = false) -> BERT.Settings {
    BERT.Settings(
      vocabulary: vocabulary, width: isLarge ? 1024 : 768, depth: isLarge ? 24 : 12,
      heads: isLarge ? 16 : 12, inner: isLarge ? 4096 : 3072, positions: 514,
      positionScheme: .afterPadding, segments: 1, epsilon: 1e-5, padding: 1,
      dropout: .init(hidden: 0.1, attention: 0.1), pooling: .mean)
  }
}

/// What an `open_clip_config.json` says of a text tower that is one of transformers'.
struct OpenCLIPForeignText {
  let file: PublishedSettings
  /// The text tower's name on the hub; the file does not describe it further.
  let name: String
  /// The model whose tokenizer this one has, if there is none in its own folder.
  let tokenizerName: String
  /// The most tokens of a text. Published: 77, also where the file does not say.
  let contextLength: Int
  private let place = "model_cfg.text_cfg."

  /// - Returns: Nil if the folder has another layout, or a text tower of open_clip's own.
  /// - Throws: ``ModelError``
  init?(_ folder: PublishedFolder) throws(ModelError) {
    guard let file = try folder.openCLIPSettings(), file.has(place + "hf_model_name") else {
      return nil
    }
    self.file = file
    name = try file.string(place + "hf_model_name")
    tokenizerName = try file.string(place + "hf_tokenizer_name", name)
    contextLength = try file.int(place + "context_length", 77)
  }

  func pooler() throws(ModelError) -> String {
    // Before open_clip 2.23 the fields were called otherwise.
    try file.string(
      place + "hf_pooler_type", file.string(place + "pooler_type", "mean_pooler"))
  }

  func projection() throws(ModelError) -> String {
    try file.string(place + "hf_proj_type", file.string(place + "proj", "mlp"))
  }

  /// What open_clip does to a text before the tokenizer sees it.
  func cleaning() throws(ModelError) -> TextCleaning {
    let name = try file.string(place + "tokenizer_kwargs.clean", "whitespace")
    guard let cleaning = TextCleaning(rawValue: name) else {
      throw .unreadable(path: file.path, reason: "cleaning “\(name)” is not known here")
    }
    return cleaning
  }
}
