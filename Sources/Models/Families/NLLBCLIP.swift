import Layers
import Pictures
import Tokens
import Towers

extension Family {
  /// NLLB-CLIP: the encoder of a translation model of 201 languages beside CLIP's or SigLIP's image
  /// towers, in open_clip's layout and in its author's own for transformers.
  ///
  /// - Source: Visheratin 2023, arXiv:2309.01859.
  package static let nllbCLIP = Family(
    name: "nllb-clip", title: "NLLB-CLIP (Alexander Visheratin): 201 languages",
    published: nllbModels, reference: .openCLIP, read: readNLLBCLIP)
}

private let nllbModels = [
  "nllb-clip-base-oc", "nllb-clip-large-oc", "nllb-clip-base-siglip", "nllb-clip-large-siglip",
  "nllb-siglip-mrl-base", "nllb-siglip-mrl-large", "nllb-clip-base", "nllb-clip-large",
].map {
  Published(
    "visheratin/" + $0, languages: ["201 languages"], license: "CC-BY-NC-4.0",
    // These two are in their author's own form, the others in open_clip's.
    reference: ["nllb-clip-base", "nllb-clip-large"].contains($0) ? .restatement : nil)
}

@Sendable private func readNLLBCLIP(_ folder: PublishedFolder) throws(ModelError) -> ModelFiles? {
  if let foreign = try OpenCLIPForeignText(folder) { return try readOpenCLIP(foreign, folder) }
  guard folder.has("config.json") else { return nil }
  let file = try folder.settings("config.json")
  guard try file.strings("architectures", []).contains("NLLBCLIPModel") else { return nil }
  return try readHuggingFace(file, folder)
}

private func readOpenCLIP(_ foreign: OpenCLIPForeignText, _ folder: PublishedFolder)
  throws(ModelError) -> ModelFiles?
{
  guard let text = try encoder(foreign, folder) else { return nil }
  let (pooler, map) = (try foreign.pooler(), try foreign.projection())
  guard pooler == "cls_pooler", map == "linear" else {
    throw .unknownArchitecture(
      path: foreign.file.path, found: "an NLLB encoder with \(pooler) and projection \(map)")
  }
  let image = try OpenCLIPImage(foreign.file)
  let keys =
    image.keys
    + KeyMap.huggingFaceM2M100Encoder.prefixed(ours: "text.", theirs: "text.transformer.") + [
      "text_projection.weight": "text.proj.weight", "log_scale": "logit_scale",
      "bias": "logit_bias",
    ]
  let hasBias = foreign.file.has("model_cfg.init_logit_bias")
  return ModelFiles(
    card: try Family.card(
      folder, nllbModels,
      encoder: DualEncoder.Settings(
        image: .vit(image.settings), text: .nllb(text), width: image.width,
        imageProjection: image.projection),
      preprocessing: try .openCLIP(foreign.file, size: image.settings.size),
      text: .translated(text, cleaning: try foreign.cleaning()), source: source,
      scoring: hasBias ? .sigmoid : .softmax, note: foreign.file.note),
    weights: [.init(path: try folder.weights(WeightFiles.openCLIP), keys: keys)],
    absent: hasBias ? [] : ["bias"],
    // Older versions of transformers kept the computed positions.
    ignored: OpenCLIPImage.ignored + ["text.transformer.embed_positions.weights"],
    tokenizer: try folder.tokenizer(from: foreign.tokenizerName))
}

/// The text tower that open_clip knows by a name on the hub, or that stands in the folder; nil if it
/// is no NLLB.
private func encoder(_ foreign: OpenCLIPForeignText, _ folder: PublishedFolder)
  throws(ModelError) -> NLLBEncoder.Settings?
{
  if folder.has("config.json") {
    let own = try folder.settings("config.json")
    if try own.string("model_type", "") == "m2m_100" {
      return try own.nllb(contextLength: foreign.contextLength)
    }
  }
  let known: [String: NLLBEncoder.Settings] = [
    "facebook/nllb-200-distilled-600M": .distilled600M,
    "facebook/nllb-200-distilled-1.3B": .distilled1B3,
    "facebook/nllb-200-1.3B": .distilled1B3,
  ]
  if var settings = known[foreign.name] {
    settings.contextLength = foreign.contextLength
    try foreign.file.check(contextLength: foreign.contextLength)
    return settings
  }
  guard foreign.name.lowercased().contains("nllb") else { return nil }
  return try folder.companion(foreign.name).settings("config.json")
    .nllb(contextLength: foreign.contextLength)
}

private func readHuggingFace(_ file: PublishedSettings, _ folder: PublishedFolder)
  throws(ModelError) -> ModelFiles
{
  // The author's own measurements cut texts at 100 tokens, open_clip at 77.
  var text = try file.nllb("text_config.", contextLength: 100)
  text.hasFinalNorm = true
  let vision = try ViT.Settings(huggingFaceCLIP: file, "vision_config.")
  let keys =
    KeyMap.huggingFaceCLIPVision.prefixed(ours: "image.", theirs: "vision_model.")
    + KeyMap.huggingFaceM2M100Encoder.prefixed(ours: "text.", theirs: "text_model.encoder.") + [
      "text.final_norm.%": "text_model.final_layer_norm.%",
      "image_projection.weight": "visual_projection.weight",
      "text_projection.weight": "text_projection.weight", "log_scale": "logit_scale",
    ]
  return ModelFiles(
    card: try Family.card(
      folder, nllbModels,
      encoder: DualEncoder.Settings(
        image: .vit(vision), text: .nllb(text), width: try file.int("projection_dim", 512)),
      preprocessing: try .huggingFace(folder, standard: .clip(size: vision.size)),
      text: .translated(text, cleaning: .none), source: source),
    weights: [.init(path: try folder.weights(), keys: keys)], absent: ["bias"],
    ignored: [
      "vision_model.embeddings.position_ids", "text_model.encoder.embed_positions.weights",
    ],
    tokenizer: try folder.tokenizer(from: tokenizerName(of: text)))
}

/// The translation model whose encoder it was made from, which has the tokenizer.
private func tokenizerName(of text: NLLBEncoder.Settings) -> String {
  "facebook/nllb-200-distilled-" + (text.depth == 24 ? "1.3B" : "600M")
}

private let source = "Visheratin 2023, arXiv:2309.01859"

extension TextTreatment {
  /// As NLLB and M2M-100 read a text: the code of the language, the text, `</s>`.
  static func translated(
    _ text: NLLBEncoder.Settings, _ codes: LanguageCodes = .flores, cleaning: TextCleaning
  ) -> TextTreatment {
    TextTreatment(
      contextLength: text.contextLength, padding: text.padding, cleaning: cleaning, end: 2,
      languageCodes: codes)
  }
}
