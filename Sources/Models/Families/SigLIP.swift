import Checkpoints
import Layers
import Pictures
import Tokens
import Towers

extension Family {
  /// SigLIP and SigLIP 2 of one resolution, in the form of Hugging Face's `SiglipModel`.
  ///
  /// - Source: Zhai et al. 2023, arXiv:2303.15343; Tschannen et al. 2025, arXiv:2502.14786;
  ///   huggingface/transformers `modeling_siglip.py`.
  package static let siglip = Family(
    name: "siglip", title: "SigLIP and SigLIP 2 (Google), as Hugging Face's SiglipModel",
    published: siglipModels, read: readSigLIP)
}

private let siglipModels = [
  Published("google/siglip-base-patch16-224", languages: ["en"], license: "Apache-2.0"),
  Published("google/siglip-base-patch16-384", languages: ["en"], license: "Apache-2.0"),
  Published("google/siglip-large-patch16-256", languages: ["en"], license: "Apache-2.0"),
  Published("google/siglip-so400m-patch14-384", languages: ["en"], license: "Apache-2.0"),
  Published(
    "google/siglip-base-patch16-256-multilingual", languages: ["multilingual"],
    license: "Apache-2.0"),
  Published("google/siglip2-base-patch16-224", languages: ["multilingual"], license: "Apache-2.0"),
  Published(
    "google/siglip2-so400m-patch14-384", languages: ["multilingual"], license: "Apache-2.0"),
]

@Sendable private func readSigLIP(_ folder: PublishedFolder) throws(ModelError) -> ModelFiles? {
  guard folder.has("config.json") else { return nil }
  let file = try folder.settings("config.json")
  let type = try file.string("model_type", "")
  if type == "siglip2" {
    throw .unknownArchitecture(
      path: folder.path, found: "SigLIP 2 for pictures of any proportions (NaFlex)")
  }
  guard type == "siglip" else { return nil }
  guard try file.bool("vision_config.vision_use_head", true) else {
    throw .unknownArchitecture(path: folder.path, found: "SigLIP without its pooling head")
  }

  let (size, patch) = try file.grid(
    size: "vision_config.image_size", patch: "vision_config.patch_size", (224, 16))
  let imageWidth = try file.int("vision_config.hidden_size", 768)
  var vision = ViT.Settings.siglip(
    size: size, patch: patch, width: imageWidth,
    depth: try file.int("vision_config.num_hidden_layers", 12),
    heads: try file.heads("vision_config.num_attention_heads", 12, width: imageWidth),
    inner: try file.int("vision_config.intermediate_size", 3072),
    activation: try file.activation("vision_config.hidden_act", "gelu_pytorch_tanh"))
  vision.epsilon = try file.double("vision_config.layer_norm_eps", 1e-6)
  vision.dropout = try file.dropout(
    "vision_config.", hidden: nil, attention: "attention_dropout", standard: 0)

  let textWidth = try file.int("text_config.hidden_size", 768)
  let length = try file.int("text_config.max_position_embeddings", 64)
  let padding = try folder.paddingToken(orElse: file.int("text_config.pad_token_id", 1))
  let text = TextTransformer.Settings(
    vocabulary: try file.int("text_config.vocab_size", 32_000), contextLength: length,
    width: textWidth, depth: try file.int("text_config.num_hidden_layers", 12),
    heads: try file.heads("text_config.num_attention_heads", 12, width: textWidth),
    pooling: .last, isCausal: false, inner: try file.int("text_config.intermediate_size", 3072),
    activation: try file.activation("text_config.hidden_act", "gelu_pytorch_tanh"),
    epsilon: try file.double("text_config.layer_norm_eps", 1e-6),
    dropout: try file.dropout(
      "text_config.", hidden: nil, attention: "attention_dropout", standard: 0),
    filling: Filling(length: length, padding: padding))
  try file.check(contextLength: length)
  let weights = try folder.weights()
  let hasHead = try hasHead(file, try folder.tensors(weights))
  let width = hasHead ? try file.int("text_config.projection_size", textWidth) : textWidth
  guard width == imageWidth else {
    throw .contradiction(
      path: folder.path,
      reason:
        "its image embeddings have \(imageWidth) dimensions, its text embeddings \(width)")
  }
  let tokenizer = try folder.tokenizer(orElse: ["spiece.model"])
  return ModelFiles(
    card: try Family.card(
      folder, siglipModels,
      encoder: DualEncoder.Settings(
        image: .vit(vision), text: .transformer(text), width: width, imageProjection: .none,
        textProjection: hasHead ? .affine : .none),
      preprocessing: try .huggingFace(folder, standard: .siglip(size: size)),
      text: TextTreatment(
        contextLength: length, padding: padding, cleaning: try cleaning(of: folder),
        paddedLength: length,
        // SentencePiece's own file puts no </s> behind a text, which has this number in T5's.
        end: tokenizer.hasSuffix(".model") ? 1 : nil),
      source: "Zhai et al. 2023, arXiv:2303.15343", scoring: .sigmoid),
    weights: [.init(path: weights, keys: .huggingFaceSigLIP)],
    ignored: ["text_model.embeddings.position_ids", "vision_model.embeddings.position_ids"],
    tokenizer: tokenizer)
}

/// Whether a map follows the text tower: some were published without, and not all say so.
private func hasHead(_ file: PublishedSettings, _ tensors: (any TensorFile)?) throws(ModelError)
  -> Bool
{
  if try file.bool("text_config.no_head", false) { return false }
  return tensors.map { $0.entries["text_model.head.weight"] != nil } ?? true
}

/// The first generation's tokenizer drops punctuation, the second's makes letters small alone.
private func cleaning(of folder: PublishedFolder) throws(ModelError) -> TextCleaning {
  guard folder.has("tokenizer_config.json") else { return .siglip }
  let name = try folder.settings("tokenizer_config.json").string("tokenizer_class", "Siglip")
  return name.hasPrefix("Gemma") || name.hasPrefix("Siglip2") ? .siglip2 : .siglip
}

extension KeyMap {
  /// All of Hugging Face's `SiglipModel`.
  static let huggingFaceSigLIP: KeyMap =
    KeyMap.huggingFaceSigLIPVision.prefixed(ours: "image.", theirs: "vision_model.")
    + KeyMap.huggingFaceCLIPText.prefixed(ours: "text.", theirs: "text_model.") + [
      "text_projection.%": "text_model.head.%",
      "log_scale": "logit_scale",
      "bias": "logit_bias",
    ]
}
