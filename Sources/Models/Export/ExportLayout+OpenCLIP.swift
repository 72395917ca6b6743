import Layers
import Tokens
import Torch
import Towers

/// A text tower that open_clip has.
private protocol OpenCLIPExportable {
  /// - Throws: ``ExportError/noCounterpart(format:part:reason:possible:)``
  func openCLIP(_ source: ExportSource) throws(ExportError) -> ExportLayout.TextTower
}

extension TextTransformer.Settings: OpenCLIPExportable {
  fileprivate func openCLIP(_ source: ExportSource) throws(ExportError) -> ExportLayout.TextTower {
    try ExportLayout.transformer(self, source)
  }
}

extension BERT.Settings: OpenCLIPExportable {
  fileprivate func openCLIP(_ source: ExportSource) throws(ExportError) -> ExportLayout.TextTower {
    try ExportLayout.bert(self, source)
  }
}

extension NLLBEncoder.Settings: OpenCLIPExportable {
  fileprivate func openCLIP(_ source: ExportSource) throws(ExportError) -> ExportLayout.TextTower {
    try ExportLayout.nllb(self, source)
  }
}

extension ExportLayout {
  private static let possible =
    "a vision transformer with a class token, or a SigLIP of a published size, beside a transformer "
    + "that is read at its end, a BERT or an NLLB"

  private static func refusal(_ part: String, _ reason: String) -> ExportError {
    .noCounterpart(format: .openCLIP, part: part, reason: reason, possible: possible)
  }

  /// The model as open_clip builds it from an `open_clip_config.json`.
  ///
  /// - Throws: ``ExportError/noCounterpart(format:part:reason:possible:)``
  static func openCLIP(_ source: ExportSource) throws(ExportError) -> ExportLayout {
    let encoder = source.card.encoder
    if let part = encoder.partBeforeTanh {
      throw refusal(part, "a hyperbolic tangent follows its projection")
    }
    let image = try image(source)
    let text = try text(source)
    // One field says it for both towers; those of other libraries do not heed it.
    let isQuick = [image.isQuick, text.isQuick].compactMap { $0 }
    guard Set(isQuick).count < 2 else {
      throw refusal(
        "the text tower", "one tower's activation is the quick GELU and the other's is not")
    }
    var words = text.settings
    let cleanings: [TextCleaning] = [.lower, .canonicalize]
    if cleanings.contains(source.cleaning) {
      words["tokenizer_kwargs"] = ["clean": source.cleaning.rawValue]
    }
    var model: [String: Any] = [
      "embed_dim": encoder.width, "vision_cfg": image.settings, "text_cfg": words,
    ]
    if isQuick.contains(true) { model["quick_gelu"] = true }
    let isCustom = image.isForeign || text.needsModule
    // A text tower of transformers is a module by itself, without being asked to.
    if isCustom, !text.isForeign { model["custom_text"] = true }
    if source.card.isSigmoid { model["init_logit_bias"] = encoder.bias }
    let isInModule = isCustom || text.isForeign
    var layout = ExportLayout(
      architecture: isInModule ? "CustomTextCLIP" : "CLIP",
      settings: ["open_clip_config.json": ["model_cfg": model]],
      weights: "open_clip_model.safetensors",
      keys: image.keys + text.keys(isInModule)
        + ["log_scale": "logit_scale", "bias": "logit_bias"])
    layout.settings["config.json"] = text.ownSettings
    layout.leadingAxes = ["pos_embed": 1, "attn_pool.latent": 2]
    if !source.card.isSigmoid { layout.dropped.insert("bias") }
    layout.additions = image.additions + text.additions(isInModule)
    layout.notes = text.notes
    return layout
  }

  // MARK: Pictures

  private struct ImageTower {
    var settings: [String: Any]
    var keys: KeyMap
    var isForeign = false
    var isQuick: Bool?
    var additions: [(name: String, tensor: Tensor)] = []
  }

  private static func image(_ source: ExportSource) throws(ExportError) -> ImageTower {
    guard let image = source.card.image as? ViT.Settings else {
      throw refusal("the image tower", "it is \(source.card.image.words)")
    }
    if image.pooling == .attention { return try timm(image, source) }
    if let difference = image.differenceFromOpenCLIP {
      throw refusal("the image tower", difference)
    }
    var settings: [String: Any] = [
      "image_size": image.size, "patch_size": image.patch, "width": image.width,
      "layers": image.depth, "head_width": image.width / image.heads,
    ]
    if let ratio = ratio(image.inner, to: image.width) { settings["mlp_ratio"] = ratio }
    if image.epsilon != 1e-5 { settings["norm_kwargs"] = ["eps": image.epsilon] }
    if !image.hasPreNorm { settings["no_ln_pre"] = true }
    if image.pooling == .mean {
      settings["pool_type"] = "avg"
      if image.finalNorm == .pooled { settings["final_ln_after_pool"] = true }
    }
    if let activation = image.activation.openCLIP?.settings { settings["act_kwargs"] = activation }
    var tower = ImageTower(
      settings: settings,
      keys: KeyMap.openCLIPVision.prefixed(ours: "image.", theirs: "visual.") + [
        "image_projection.weight": .transposed("visual.proj")
      ],
      isQuick: image.activation.openCLIP?.isQuick)
    switch source.card.encoder.imageProjection {
    case .linear: break
    case .none: tower.additions = [source.card.encoder.identity("visual.proj")]
    case .affine, .affineTanh: throw refusal("the image tower", "its projection adds a bias")
    }
    return tower
  }

  /// SigLIP's towers, which are timm's and have names, no sizes.
  private static func timm(_ image: ViT.Settings, _ source: ExportSource) throws(ExportError)
    -> ImageTower
  {
    if let difference = image.differenceFromSigLIP { throw refusal("the image tower", difference) }
    let known: [(name: String, width: Int, depth: Int, heads: Int, inner: Int, isTanh: Bool)] = [
      ("vit_base_patch16_siglip_224", 768, 12, 12, 3072, false),
      ("vit_base_patch32_siglip_256", 768, 12, 12, 3072, true),
      ("vit_large_patch16_siglip_256", 1024, 24, 16, 4096, false),
      ("vit_large_patch16_siglip_512", 1024, 24, 16, 4096, true),
      ("vit_so400m_patch14_siglip_224", 1152, 27, 16, 4304, false),
      ("vit_so400m_patch16_siglip_256", 1152, 27, 16, 4304, true),
      ("vit_giantopt_patch16_siglip_256", 1536, 40, 16, 6144, true),
    ]
    let found = known.first {
      $0.name.contains("_patch\(image.patch)_") && $0.width == image.width
        && $0.depth == image.depth && $0.heads == image.heads && $0.inner == image.perceptronWidth
        && image.activation == ($0.isTanh ? .tanhGELU : .gelu) && image.epsilon == 1e-6
    }
    guard let found else {
      throw refusal(
        "the image tower",
        "it is pooled by attention, and open_clip takes such towers from timm by name, in which "
          + "there is none of \(image.depth) blocks of \(image.width) with patches of "
          + "\(image.patch) and \(image.activation.rawValue)")
    }
    var settings: [String: Any] = [
      "timm_model_name": found.name, "timm_model_pretrained": false, "timm_pool": "map",
      "timm_proj": "none", "image_size": image.size,
    ]
    var keys = KeyMap.timmViT.prefixed(ours: "image.", theirs: "visual.trunk.")
    let projection = source.card.encoder.imageProjection
    if projection != .none {
      settings["timm_proj"] = "linear"
      if projection == .affine { settings["timm_proj_bias"] = true }
      keys = keys + ["image_projection.%": "visual.head.proj.%"]
    }
    return ImageTower(settings: settings, keys: keys, isForeign: true)
  }

  // MARK: Texts

  fileprivate struct TextTower {
    var settings: [String: Any]
    /// The names inside the tower's module, or for a model that is its own module.
    var inModule: KeyMap
    var inModel: KeyMap?
    var isForeign = false
    /// Whether the model cannot be its own text tower.
    var needsModule = false
    var isQuick: Bool?
    var identity: (name: String, tensor: Tensor)?
    /// The table of segments that every BERT of theirs has.
    var segments: [(name: String, tensor: Tensor)] = []
    /// The `config.json` that transformers builds the tower from.
    var ownSettings: [String: Any]?
    var notes: [String] = []

    func keys(_ isInModule: Bool) -> KeyMap { isInModule ? inModule : inModel ?? inModule }

    func additions(_ isInModule: Bool) -> [(name: String, tensor: Tensor)] {
      guard let identity else { return segments }
      return segments + [((isInModule ? "text." : "") + identity.name, identity.tensor)]
    }
  }

  private static func text(_ source: ExportSource) throws(ExportError) -> TextTower {
    guard let text = source.card.text as? any OpenCLIPExportable else {
      throw refusal("the text tower", "it is \(source.card.text.words)")
    }
    return try text.openCLIP(source)
  }

  fileprivate static func transformer(_ text: TextTransformer.Settings, _ source: ExportSource)
    throws(ExportError) -> TextTower
  {
    if let difference = text.differenceFromOpenCLIP { throw refusal("the text tower", difference) }
    var settings: [String: Any] = [
      "context_length": text.contextLength, "vocab_size": text.vocabulary, "width": text.width,
      "heads": text.heads, "layers": text.depth, "hf_tokenizer_name": source.place,
      "pad_id": Int(source.tokens.padding),
    ]
    if let ratio = ratio(text.inner, to: text.width) { settings["mlp_ratio"] = ratio }
    if text.epsilon != 1e-5 { settings["norm_kwargs"] = ["eps": text.epsilon] }
    if !text.isCausal { settings["no_causal_mask"] = true }
    if text.filling != nil {
      settings["pool_type"] = "last"
    } else if text.pooling == .last {
      guard let end = source.tokens.end else {
        throw refusal("the text tower", "its tokenizer puts no end token behind a text")
      }
      // By itself it takes the greatest id for the end.
      if Int(end) != text.vocabulary - 1 {
        settings["pool_type"] = "eos"
        settings["eos_id"] = Int(end)
      }
    }
    if let activation = text.activation.openCLIP?.settings { settings["act_kwargs"] = activation }
    let encoder = source.card.encoder
    let isAffine = encoder.textProjection == .affine
    if isAffine { settings["proj_bias"] = true }
    func keys(_ prefix: String) -> KeyMap {
      KeyMap.openCLIPText.prefixed(ours: "text.", theirs: prefix)
        + (isAffine
          ? KeyMap(
            dictionaryLiteral: (
              "text_projection.%", .init(stringLiteral: prefix + "text_projection.%")
            ))
          : KeyMap(
            dictionaryLiteral: ("text_projection.weight", .transposed(prefix + "text_projection"))))
    }
    return TextTower(
      settings: settings, inModule: keys("text."), inModel: keys(""), needsModule: isAffine,
      isQuick: text.activation.openCLIP?.isQuick,
      identity: encoder.textProjection == .none ? encoder.identity("text_projection") : nil)
  }

  fileprivate static func bert(_ text: BERT.Settings, _ source: ExportSource) throws(ExportError)
    -> TextTower
  {
    let pooler =
      switch text.pooling {
      case .mean: "mean_pooler"
      case .first: "cls_last_hidden_state_pooler"
      case .firstTanh: "cls_pooler"
      }
    let encoder = source.card.encoder
    var map = "linear"
    if let head = text.head {
      guard
        head
          == PerceptronHead.Settings(
            inner: (text.width + encoder.width) / 2, width: encoder.width, activation: .gelu,
            hasBias: false), encoder.textProjection == .none
      else { throw refusal("the text tower", "the perceptron behind it is of another kind") }
      map = "mlp"
    } else if encoder.textProjection == .affine {
      throw refusal("the text tower", "its projection adds a bias")
    }
    var tower = foreign(source, pooler: pooler, map: map)
    tower.inModule =
      KeyMap.huggingFaceBERT.prefixed(ours: "text.", theirs: "text.transformer.") + [
        "text.head.inner.weight": "text.proj.0.weight",
        "text.head.outer.weight": "text.proj.2.weight",
        "text_projection.weight": "text.proj.weight",
      ]
    if text.head == nil, encoder.textProjection == .none {
      tower.identity = encoder.identity("proj.weight")
    }
    if text.segments == 0 {
      tower.segments = [
        (
          "text.transformer.embeddings.token_type_embeddings.weight",
          .zeros([1, text.width])
        )
      ]
    }
    tower.ownSettings = bertSettings(
      text, source, kind: text.positionScheme == .zeroBased ? "bert" : "xlm-roberta")
    return tower
  }

  fileprivate static func nllb(_ text: NLLBEncoder.Settings, _ source: ExportSource)
    throws(ExportError) -> TextTower
  {
    guard !text.hasFinalNorm else {
      throw refusal("the text tower", "one more normalization follows the encoder's own")
    }
    guard text.epsilon == 1e-5 else {
      throw refusal("the text tower", "its normalizations add \(text.epsilon), not 1e-5")
    }
    let encoder = source.card.encoder
    guard encoder.textProjection != .affine else {
      throw refusal("the text tower", "its projection adds a bias")
    }
    var tower = foreign(source, pooler: "cls_pooler", map: "linear")
    tower.inModule =
      KeyMap.huggingFaceM2M100Encoder.prefixed(ours: "text.", theirs: "text.transformer.") + [
        "text_projection.weight": "text.proj.weight"
      ]
    if encoder.textProjection == .none { tower.identity = encoder.identity("proj.weight") }
    tower.ownSettings = [
      "model_type": "m2m_100", "architectures": ["M2M100Model"], "vocab_size": text.vocabulary,
      "d_model": text.width, "encoder_layers": text.depth,
      "encoder_attention_heads": text.heads, "encoder_ffn_dim": text.inner,
      // open_clip builds the decoder too and throws it away.
      "decoder_layers": 1, "decoder_attention_heads": text.heads, "decoder_ffn_dim": text.inner,
      "activation_function": text.activation.huggingFace,
      "pad_token_id": Int(source.tokens.padding),
      "scale_embedding": text.scalesTokens, "is_encoder_decoder": true,
      "max_position_embeddings": max(1024, text.contextLength),
      "bos_token_id": 0, "eos_token_id": Int(source.tokens.end ?? 2),
      "decoder_start_token_id": Int(source.tokens.end ?? 2),
      "dropout": text.dropout.hidden, "attention_dropout": text.dropout.attention,
      "activation_dropout": text.dropout.activation, "encoder_layerdrop": 0,
    ]
    return tower
  }

  /// A tower that transformers builds, from the settings in this very folder.
  private static func foreign(_ source: ExportSource, pooler: String, map: String) -> TextTower {
    TextTower(
      settings: [
        "hf_model_name": source.place, "hf_tokenizer_name": source.place,
        "hf_proj_type": map, "hf_pooler_type": pooler, "context_length": source.tokens.length,
      ], inModule: [:], isForeign: true,
      notes: [
        "open_clip finds the text tower's settings by “hf_model_name” in open_clip_config.json, which "
          + "is \(source.place): where the folder goes elsewhere, write its new place there."
      ])
  }

  /// A proportion that gives a width again when it is multiplied and rounded down.
  static func ratio(_ inner: Int?, to width: Int) -> Double? {
    guard let inner, inner != 4 * width else { return nil }
    let ratio = Double(inner) / Double(width)
    return Int(Double(width) * ratio) == inner ? ratio : ratio.nextUp
  }
}
