import Checkpoints
import Layers
import Pictures
import Tokens
import Towers

extension Family {
  /// KoCLIP, CLIP-Italian and any other `VisionTextDualEncoderModel`: a BERT or RoBERTa with its
  /// pooler beside a CLIP or ViT image tower.
  ///
  /// KoCLIP was trained in Flax with positions counted from 0, which RoBERTa in PyTorch does not
  /// do. So a Flax file is read from 0, and a PyTorch file as transformers reads it; who knows
  /// better says `"position_scheme": "zero_based"` (or `"after_padding"`) in the `text_config` of
  /// the model's `config.json`.
  ///
  /// - Source: jaketae/koclip; huggingface/transformers `modeling_vision_text_dual_encoder.py`.
  package static let koCLIP = Family(
    name: "vision-text-dual-encoder", title: "KoCLIP and other pairs of a ViT and a BERT",
    published: koreanModels, read: readVisionTextDualEncoder)
}

private let koreanModels = [
  Published("koclip/koclip-base", languages: ["ko"], license: nil, bytes: 1_700_132_358),
  Published("koclip/koclip-large", languages: ["ko"], license: nil),
  Published("koclip/koclip-base-pt", languages: ["ko"], license: "openrail"),
  Published("clip-italian/clip-italian", languages: ["it"], license: "GPL-3.0"),
]

@Sendable private func readVisionTextDualEncoder(_ folder: PublishedFolder) throws(ModelError)
  -> ModelFiles?
{
  guard folder.has("config.json") else { return nil }
  let file = try folder.settings("config.json")
  let kind = try file.string("model_type", "")
  guard ["vision-text-dual-encoder", "hybrid-clip"].contains(kind) else { return nil }
  let weights = try folder.weights()
  let text = try text(file, isFlax: weights.hasSuffix(".msgpack"))
  let (vision, imageKeys) = try image(file, folder, weights)
  // Hybrid CLIP was trained with CLIP's pixels, also where its folder says what its ViT once saw.
  let preprocessing =
    kind == "hybrid-clip"
    ? Preprocessing.clip(size: vision.size)
    : try .huggingFace(folder, standard: .clip(size: vision.size))
  let keys =
    KeyMap.huggingFaceBERT.prefixed(ours: "text.", theirs: "text_model.")
    + imageKeys.prefixed(ours: "image.", theirs: "vision_model.") + KeyMap.huggingFaceProjections
  return ModelFiles(
    card: try Family.card(
      folder, koreanModels,
      encoder: DualEncoder.Settings(
        image: .vit(vision), text: .bert(text), width: try file.int("projection_dim", 512)),
      preprocessing: preprocessing,
      text: TextTreatment(contextLength: text.contextLength, padding: text.padding),
      source: "transformers' \(kind)"),
    weights: [.init(path: weights, keys: keys)], absent: ["bias"],
    ignored: [
      "text_model.embeddings.position_ids", "vision_model.embeddings.position_ids",
      "vision_model.vision_model.embeddings.position_ids",
    ],
    tokenizer: try folder.tokenizer(orElse: ["vocab.txt"]))
}

private func text(_ file: PublishedSettings, isFlax: Bool) throws(ModelError) -> BERT.Settings {
  var text = try file.bert("text_config.", pooling: .firstTanh)
  if isFlax { text.positionScheme = .zeroBased }
  if file.has("text_config.position_scheme") {
    let name = try file.string("text_config.position_scheme")
    guard let scheme = BERT.Settings.PositionScheme(rawValue: name) else {
      throw .unreadable(
        path: file.path,
        reason: "“position_scheme” is “\(name)”; known: zero_based, after_padding")
    }
    text.positionScheme = scheme
  }
  try file.check(contextLength: text.contextLength)
  return text
}

private func image(_ file: PublishedSettings, _ folder: PublishedFolder, _ weights: String)
  throws(ModelError) -> (ViT.Settings, KeyMap)
{
  let place = "vision_config."
  switch try file.string(place + "model_type", "clip_vision_model") {
  case "clip_vision_model", "clip":
    let tensors = try folder.tensors(weights)
    // Files of transformers 5 have one step less in their names than those of older versions.
    let isNested =
      tensors?.entries["vision_model.vision_model.embeddings.class_embedding"] != nil
    return (
      try ViT.Settings(huggingFaceCLIP: file, place),
      .huggingFaceCLIPVision.prefixed(theirs: isNested ? "vision_model." : "")
    )
  case "vit":
    var settings = try ViT.Settings(huggingFaceViT: file, place)
    settings.hasTanhPooler = true
    return (settings, .huggingFaceViT)
  case let kind:
    throw .unknownArchitecture(path: file.path, found: "a pair with the image tower \(kind)")
  }
}
