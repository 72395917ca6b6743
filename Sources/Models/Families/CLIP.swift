import Layers
import Pictures
import Towers

extension Family {
  /// CLIP in the form of Hugging Face's `CLIPModel`.
  ///
  /// - Source: Radford et al. 2021, arXiv:2103.00020; huggingface/transformers `modeling_clip.py`.
  package static let clip = Family(
    name: "clip", title: "CLIP (OpenAI and others), as Hugging Face's CLIPModel",
    published: clipModels, read: readCLIP)
}

private let clipModels = [
  Published(
    "openai/clip-vit-base-patch32", languages: ["en"], license: "MIT", bytes: 605_247_071),
  Published(
    "openai/clip-vit-base-patch16", languages: ["en"], license: "MIT", bytes: 598_641_023),
  Published(
    "openai/clip-vit-large-patch14", languages: ["en"], license: "MIT", bytes: 1_710_540_580),
  Published("openai/clip-vit-large-patch14-336", languages: ["en"], license: "MIT"),
]

@Sendable private func readCLIP(_ folder: PublishedFolder) throws(ModelError) -> ModelFiles? {
  guard folder.has("config.json") else { return nil }
  let file = try folder.settings("config.json")
  guard try file.string("model_type", "") == "clip" else { return nil }
  let architectures = try file.strings("architectures", [])
  guard architectures.isEmpty || architectures.contains("CLIPModel") else {
    throw .unknownArchitecture(path: folder.path, found: architectures[0])
  }

  let vision = try ViT.Settings(huggingFaceCLIP: file, "vision_config.")
  let width = try file.int("text_config.hidden_size", 512)
  // Of old files, which all say 2, transformers takes the greatest id; of others the end's own.
  let end = try file.int("text_config.eos_token_id", 49_407)
  let text = TextTransformer.Settings(
    vocabulary: try file.int("text_config.vocab_size", 49_408),
    contextLength: try file.int("text_config.max_position_embeddings", 77), width: width,
    depth: try file.int("text_config.num_hidden_layers", 12),
    heads: try file.heads("text_config.num_attention_heads", 8, width: width),
    pooling: end == 2 ? .greatest : .last,
    inner: try file.int("text_config.intermediate_size", 2048),
    activation: try file.activation("text_config.hidden_act", "quick_gelu"),
    epsilon: try file.double("text_config.layer_norm_eps", 1e-5),
    dropout: try file.dropout(
      "text_config.", hidden: nil, attention: "attention_dropout", standard: 0),
    end: end == 2 ? nil : Int32(end))
  try file.check(contextLength: text.contextLength)
  let encoder = DualEncoder.Settings(
    image: .vit(vision), text: .transformer(text), width: try file.int("projection_dim", 512))
  return ModelFiles(
    card: try Family.card(
      folder, clipModels, encoder: encoder,
      preprocessing: try .huggingFace(folder, standard: .clip(size: vision.size)),
      text: TextTreatment(
        contextLength: text.contextLength,
        // Causal attention never looks at what is behind a text's end.
        padding: try folder.paddingToken(orElse: 0)),
      source: "Radford et al. 2021, arXiv:2103.00020"),
    weights: [.init(path: try folder.weights(), keys: .huggingFaceCLIP)], absent: ["bias"],
    ignored: ["text_model.embeddings.position_ids", "vision_model.embeddings.position_ids"],
    tokenizer: try folder.tokenizer(orElse: ["vocab.json"]))
}

extension KeyMap {
  /// All of Hugging Face's `CLIPModel`.
  static let huggingFaceCLIP: KeyMap =
    KeyMap.huggingFaceCLIPVision.prefixed(ours: "image.", theirs: "vision_model.")
    + KeyMap.huggingFaceCLIPText.prefixed(ours: "text.", theirs: "text_model.")
    + huggingFaceProjections

  /// The maps into the shared space, as `CLIPModel`, `ChineseCLIPModel` and
  /// `VisionTextDualEncoderModel` have them.
  static let huggingFaceProjections: KeyMap = [
    "image_projection.weight": "visual_projection.weight",
    "text_projection.weight": "text_projection.weight", "log_scale": "logit_scale",
  ]
}
