import Layers
import Torch
import Towers

/// A text tower that a class of transformers' has beside a vision transformer.
private protocol HuggingFaceText {
  /// - Throws: ``ExportError/noCounterpart(format:part:reason:possible:)``
  func huggingFace(beside image: ViT.Settings, _ source: ExportSource) throws(ExportError)
    -> ExportLayout
}

extension TextTransformer.Settings: HuggingFaceText {
  fileprivate func huggingFace(beside image: ViT.Settings, _ source: ExportSource)
    throws(ExportError) -> ExportLayout
  {
    try image.pooling == .attention
      ? ExportLayout.sigLIP(image, self, source) : ExportLayout.clip(image, self, source)
  }
}

extension BERT.Settings: HuggingFaceText {
  fileprivate func huggingFace(beside image: ViT.Settings, _ source: ExportSource)
    throws(ExportError) -> ExportLayout
  {
    try pooling == .first
      ? ExportLayout.chineseCLIP(image, self, source) : ExportLayout.pair(image, self, source)
  }
}

extension ExportLayout {
  private static let possible =
    "a CLIP (vision transformer and causal transformer), a SigLIP, or a vision transformer beside a "
    + "BERT or RoBERTa that is pooled by its first token"

  /// The model as one of transformers' classes.
  ///
  /// - Throws: ``ExportError/noCounterpart(format:part:reason:possible:)``
  static func huggingFace(_ source: ExportSource) throws(ExportError) -> ExportLayout {
    if let part = source.card.encoder.partBeforeTanh {
      throw refusal(part, "a hyperbolic tangent follows its projection")
    }
    guard let image = source.card.image as? ViT.Settings else {
      throw refusal("the image tower", "it is \(source.card.image.words)")
    }
    guard let text = source.card.text as? any HuggingFaceText else {
      throw refusal("the text tower", "it is \(source.card.text.words)")
    }
    return try text.huggingFace(beside: image, source)
  }

  private static func refusal(_ part: String, _ reason: String) -> ExportError {
    .noCounterpart(format: .huggingFace, part: part, reason: reason, possible: possible)
  }

  private static func check(image: String?, text: String?) throws(ExportError) {
    if let image { throw refusal("the image tower", image) }
    if let text { throw refusal("the text tower", text) }
  }

  // MARK: CLIPModel

  fileprivate static func clip(
    _ image: ViT.Settings, _ text: TextTransformer.Settings, _ source: ExportSource
  ) throws(ExportError) -> ExportLayout {
    try check(image: image.differenceFromCLIP, text: text.differenceFromCLIP)
    guard let end = source.tokens.end else {
      throw refusal("the text tower", "its tokenizer puts no end token behind a text")
    }
    var words = textSettings(text)
    // 2 stands for the greatest id.
    words["eos_token_id"] = text.pooling == .greatest ? 2 : Int(end)
    words["bos_token_id"] = Int(source.tokens.start ?? end)
    words["pad_token_id"] = Int(source.tokens.padding)
    words["projection_dim"] = source.card.encoder.width
    var layout = ExportLayout(
      architecture: "CLIPModel",
      settings: [
        "config.json": [
          "model_type": "clip", "text_config": words,
          "vision_config": visionSettings(image, source, kind: "clip_vision_model"),
        ]
      ],
      weights: "model.safetensors", keys: .huggingFaceCLIP)
    try layout.addProjections(source)
    return layout
  }

  // MARK: SiglipModel

  fileprivate static func sigLIP(
    _ image: ViT.Settings, _ text: TextTransformer.Settings, _ source: ExportSource
  ) throws(ExportError) -> ExportLayout {
    try check(image: image.differenceFromSigLIP, text: text.differenceFromSigLIP)
    let encoder = source.card.encoder
    guard encoder.imageProjection == .none else {
      throw refusal(
        "the image tower", "a matrix follows it; a run with model.imageProjection=none has none")
    }
    var words = textSettings(text)
    words["model_type"] = "siglip_text_model"
    words["projection_size"] = encoder.width
    words["pad_token_id"] = Int(source.tokens.padding)
    words["bos_token_id"] = Int(source.tokens.start ?? source.tokens.padding)
    words["eos_token_id"] = Int(source.tokens.end ?? source.tokens.padding)
    var vision = visionSettings(image, source, kind: "siglip_vision_model")
    vision["projection_dim"] = nil
    var layout = ExportLayout(
      architecture: "SiglipModel",
      settings: [
        "config.json": ["model_type": "siglip", "text_config": words, "vision_config": vision]
      ],
      weights: "model.safetensors", keys: .huggingFaceSigLIP)
    layout.leadingAxes = ["head.probe": 2, "logit_scale": 1, "logit_bias": 1]
    if encoder.textProjection == .none {
      layout.additions.append(encoder.identity("text_model.head.weight"))
    }
    if encoder.textProjection != .affine {
      layout.additions.append(("text_model.head.bias", .zeros([encoder.width])))
    }
    if text.filling == nil {
      layout.notes.append(
        "SiglipModel reads a text at the last place of its row, where this model knows no padding: "
          + "embed texts one by one, or those of one length together, without padding.")
    } else {
      layout.notes.append(
        "Texts are filled up to \(text.contextLength) tokens, which the model reads: call the "
          + "tokenizer with padding=\"max_length\", and pass no attention mask.")
    }
    return layout
  }

  // MARK: ChineseCLIPModel and VisionTextDualEncoderModel

  fileprivate static func chineseCLIP(
    _ image: ViT.Settings, _ text: BERT.Settings, _ source: ExportSource
  ) throws(ExportError) -> ExportLayout {
    var difference = text.head.map { _ in "a perceptron follows its pooling" }
    if text.positionScheme != .zeroBased {
      difference = "its positions begin behind its padding token's id, as a RoBERTa's"
    }
    try check(image: image.differenceFromCLIP, text: difference)
    var layout = ExportLayout(
      architecture: "ChineseCLIPModel",
      settings: [
        "config.json": [
          "model_type": "chinese_clip",
          "text_config": bertSettings(text, source, kind: "chinese_clip_text_model"),
          "vision_config": visionSettings(image, source, kind: "chinese_clip_vision_model"),
        ]
      ],
      weights: "model.safetensors",
      keys: KeyMap.huggingFaceBERT.prefixed(ours: "text.", theirs: "text_model.")
        + KeyMap.huggingFaceCLIPVision.prefixed(ours: "image.", theirs: "vision_model.")
        + .huggingFaceProjections)
    try layout.addProjections(source)
    layout.addSegments(text, "text_model.")
    return layout
  }

  fileprivate static func pair(
    _ image: ViT.Settings, _ text: BERT.Settings, _ source: ExportSource
  ) throws(ExportError) -> ExportLayout {
    let isViT = image.differenceFromViT == nil
    let difference: String? =
      text.head != nil
      ? "a perceptron follows its pooling"
      : text.pooling == .mean ? "it is pooled by the mean, not by its first token" : nil
    try check(image: isViT ? nil : image.differenceFromCLIP, text: difference)
    // Versions before 5 have the tower in a module of its own, which later ones read as well.
    let vision =
      isViT
      ? KeyMap.huggingFaceViT : KeyMap.huggingFaceCLIPVision.prefixed(theirs: "vision_model.")
    var layout = ExportLayout(
      architecture: "VisionTextDualEncoderModel",
      settings: [
        "config.json": [
          "model_type": "vision-text-dual-encoder",
          // Of those kinds, BERT counts positions from 0, and RoBERTa from behind the padding's id.
          "text_config": bertSettings(
            text, source, kind: text.positionScheme == .zeroBased ? "bert" : "roberta"),
          "vision_config": visionSettings(
            image, source, kind: isViT ? "vit" : "clip_vision_model"),
        ]
      ],
      weights: "model.safetensors",
      keys: KeyMap.huggingFaceBERT.prefixed(ours: "text.", theirs: "text_model.")
        + vision.prefixed(ours: "image.", theirs: "vision_model.") + .huggingFaceProjections)
    layout.leadingAxes = ["embeddings.cls_token": 2, "embeddings.position_embeddings": 1]
    try layout.addProjections(source)
    layout.addSegments(text, "text_model.")
    return layout
  }

  // MARK: Parts

  private static func textSettings(_ text: TextTransformer.Settings) -> [String: Any] {
    [
      "model_type": "clip_text_model", "vocab_size": text.vocabulary, "hidden_size": text.width,
      "intermediate_size": text.perceptronWidth, "num_hidden_layers": text.depth,
      "num_attention_heads": text.heads, "max_position_embeddings": text.contextLength,
      "hidden_act": text.activation.huggingFace, "layer_norm_eps": text.epsilon,
      "attention_dropout": text.dropout.attention,
    ]
  }

  private static func visionSettings(_ image: ViT.Settings, _ source: ExportSource, kind: String)
    -> [String: Any]
  {
    [
      "model_type": kind, "hidden_size": image.width, "intermediate_size": image.perceptronWidth,
      "num_hidden_layers": image.depth, "num_attention_heads": image.heads,
      "image_size": image.size, "patch_size": image.patch, "num_channels": 3,
      "hidden_act": image.activation.huggingFace, "layer_norm_eps": image.epsilon,
      "projection_dim": source.card.encoder.width, "attention_dropout": image.dropout.attention,
    ]
  }

  static func bertSettings(_ text: BERT.Settings, _ source: ExportSource, kind: String) -> [String:
    Any]
  {
    [
      "model_type": kind, "vocab_size": text.vocabulary, "hidden_size": text.width,
      "intermediate_size": text.inner, "num_hidden_layers": text.depth,
      "num_attention_heads": text.heads, "max_position_embeddings": text.positions,
      "type_vocab_size": max(1, text.segments), "hidden_act": text.activation.huggingFace,
      "layer_norm_eps": text.epsilon, "pad_token_id": Int(source.tokens.padding),
      "hidden_dropout_prob": text.dropout.hidden,
      "attention_probs_dropout_prob": text.dropout.attention,
    ]
  }

  /// The table of segments that every BERT of theirs has.
  mutating func addSegments(_ text: BERT.Settings, _ prefix: String) {
    guard text.segments == 0 else { return }
    additions.append(
      (prefix + "embeddings.token_type_embeddings.weight", .zeros([1, text.width])))
  }

  /// The maps into the shared space, which are matrices without a bias.
  private mutating func addProjections(_ source: ExportSource) throws(ExportError) {
    let encoder = source.card.encoder
    for (projection, name, tower) in [
      (encoder.imageProjection, "visual_projection.weight", "the image tower"),
      (encoder.textProjection, "text_projection.weight", "the text tower"),
    ] {
      switch projection {
      case .linear: break
      case .none: additions.append(encoder.identity(name))
      case .affine, .affineTanh: throw Self.refusal(tower, "its projection adds a bias")
      }
    }
    settings["config.json"]?["projection_dim"] = encoder.width
    dropped.insert("bias")
    if source.card.isSigmoid {
      notes.append(
        "\(architecture) scores without the bias that this model was trained with: its embeddings "
          + "are the same, its logits lack that number.")
    }
  }
}
