import Layers
import Pictures
import Tokens
import Towers

extension Family {
  /// KELIP: CLIP in Korean and English.
  ///
  /// - Source: Ko & Gu 2022, arXiv:2203.14463; navervision/KELIP.
  package static let kelip = Family(
    name: "kelip", title: "KELIP (NAVER): CLIP in Korean and English", published: kelipModels,
    reference: .authors, read: readKELIP)
}

private let kelipModels = [
  // The repository of its code says Apache-2.0; that of its numbers says nothing.
  Published("navervision/KELIP", languages: ["ko", "en"], license: nil, bytes: 454_739_365)
]

@Sendable private func readKELIP(_ folder: PublishedFolder) throws(ModelError) -> ModelFiles? {
  guard folder.has("config.json") else { return nil }
  let file = try folder.settings("config.json")
  guard try file.string("model_type", "") == "kelip" else { return nil }

  let imageWidth = try file.int("vision_width")
  let (size, patch) = try file.grid(size: "image_resolution", patch: "vision_patch_size")
  try file.check(heads: imageWidth / 64, width: imageWidth)
  var vision = ViT.Settings.clip(
    size: size, patch: patch, width: imageWidth, depth: try file.int("vision_layers"),
    heads: imageWidth / 64, activation: .quickGELU)
  vision.resampling = .byScale

  let vocabulary = try file.int("vocab_size")
  let textWidth = try file.int("transformer_width")
  let text = TextTransformer.Settings(
    vocabulary: vocabulary, contextLength: try file.int("context_length"), width: textWidth,
    depth: try file.int("transformer_layers"),
    heads: try file.heads("transformer_heads", width: textWidth), pooling: .last,
    activation: .quickGELU)
  try file.check(contextLength: text.contextLength)
  guard vocabulary > 2, text.contextLength > 2 else {
    throw .contradiction(path: folder.path, reason: "its texts have no room for a token")
  }
  return ModelFiles(
    card: try Family.card(
      folder, kelipModels,
      encoder: DualEncoder.Settings(
        image: .vit(vision), text: .transformer(text), width: try file.int("embed_dim")),
      preprocessing: .clip(size: size),
      text: TextTreatment(
        contextLength: text.contextLength, padding: 0, cleaning: .smallLetters,
        // [SOT] and [EOT], which the tokenizer's file does not put around a text. The tower pools
        // at the greatest id, so the end has to be the last one.
        start: Int32(vocabulary - 2), end: Int32(vocabulary - 1)),
      source: "Ko & Gu 2022, arXiv:2203.14463"),
    weights: [.init(path: try folder.weights(), keys: kelipKeys)], absent: ["bias"],
    ignored: [], tokenizer: try folder.tokenizer())
}

private let kelipKeys: KeyMap =
  KeyMap.openCLIPVision.prefixed(ours: "image.", theirs: "model.visual.")
  + KeyMap.openCLIPText.prefixed(ours: "text.", theirs: "model.") + [
    "image_projection.weight": .transposed("model.visual.proj"),
    "text_projection.weight": .transposed("model.text_projection"),
    "log_scale": "model.logit_scale",
  ]
