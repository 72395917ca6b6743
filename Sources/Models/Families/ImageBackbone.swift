import Checkpoints
import Layers
import Pictures
import Towers

extension Family {
  /// Vision transformers as they were pretrained, in the form of Hugging Face's `ViTModel` and
  /// `Dinov2Model`, to begin training with; their classifiers are left.
  ///
  /// A picture's vector is what transformers calls `pooler_output`: the class token, behind a map and
  /// tanh where a ViT's file has them.
  ///
  /// - Source: Dosovitskiy et al. 2021, arXiv:2010.11929; Oquab et al. 2023, arXiv:2304.07193;
  ///   huggingface/transformers `modeling_vit.py`, `modeling_dinov2.py`.
  package static let imageBackbone = Family(
    name: "image-backbone", title: "ViT (Google) and DINOv2 (Meta): image towers to start from",
    published: models, read: readImageBackbone)
}

private let models = [
  "google/vit-base-patch16-224", "google/vit-base-patch16-224-in21k",
  "google/vit-large-patch16-224", "facebook/dinov2-small", "facebook/dinov2-base",
  "facebook/dinov2-large",
].map { Published($0, languages: [], license: "Apache-2.0") }

@Sendable private func readImageBackbone(_ folder: PublishedFolder) throws(ModelError)
  -> ModelFiles?
{
  guard folder.has("config.json") else { return nil }
  let file = try folder.settings("config.json")
  var vision: ViT.Settings
  let keys: KeyMap
  let standard: Preprocessing
  switch try file.string("model_type", "") {
  case "vit":
    vision = try ViT.Settings(huggingFaceViT: file)
    (keys, standard) = (.huggingFaceViT, .vit(size: vision.size))
  case "dinov2":
    vision = try dinov2(file)
    var pictures = Preprocessing.imageNet(size: 224)
    (pictures.filter, pictures.shortSide) = (.bicubic, 256)
    (keys, standard) = (.huggingFaceDINOv2, pictures)
  default: return nil
  }
  let path = try folder.weights()
  let tensors = try modelTensors(path)
  let first = "embeddings.cls_token"
  guard let prefix = tensors.prefix(of: first) else {
    throw .unreadable(path: path, reason: "it has no “\(first)”")
  }
  vision.hasTanhPooler = tensors.entries[prefix + "pooler.dense.weight"] != nil
  return try .imageBackbone(
    folder, models, .vit(vision), width: vision.width,
    preprocessing: .huggingFace(folder, standard: standard),
    weights: .init(path: path, keys: keys.prefixed(ours: "image.", theirs: prefix)),
    ignored: tensors.keys(outside: prefix)
      + ["embeddings.mask_token", "embeddings.position_ids"].map { prefix + $0 }
      + ["classifier.%", "lm_head.%", "decoder.%"].map { prefix + $0 },
    source: "transformers' \(try file.string("model_type"))")
}

private func dinov2(_ file: PublishedSettings) throws(ModelError) -> ViT.Settings {
  guard try !file.bool("use_swiglu_ffn", false) else {
    throw .unknownArchitecture(path: file.path, found: "DINOv2 with gated perceptrons (giant)")
  }
  let width = try file.int("hidden_size", 768)
  let (size, patch) = try file.grid(size: "image_size", patch: "patch_size", (224, 14))
  return ViT.Settings(
    size: size, patch: patch, width: width, depth: try file.int("num_hidden_layers", 12),
    heads: try file.heads("num_attention_heads", 12, width: width), patchBias: true,
    inner: width * (try file.int("mlp_ratio", 4)),
    activation: try file.activation("hidden_act", "gelu"),
    epsilon: try file.double("layer_norm_eps", 1e-6), dropout: try file.dropout("", standard: 0),
    pooling: .classToken)
}

extension ModelFiles {
  /// An image tower alone. Its positions serve pictures of whatever size its preprocessing makes.
  static func imageBackbone(
    _ folder: PublishedFolder, _ published: [Published], _ tower: ImageTowerSettings,
    width: Int, preprocessing: Preprocessing, weights: Weights, ignored: [String], source: String
  ) throws(ModelError) -> ModelFiles {
    if let patch = tower.settings.patchSide, preprocessing.size < patch {
      throw .contradiction(
        path: folder.path,
        reason: "pictures of \(preprocessing.size) pixels do not hold patches of \(patch)")
    }
    let known = published.first { $0.name.utf8.elementsEqual(folder.name.utf8) }
    return ModelFiles(
      card: ModelCard(
        name: folder.name,
        encoder: DualEncoder.Settings(
          image: tower, text: nil, width: width, imageProjection: .none),
        preprocessing: preprocessing, text: TextTreatment(contextLength: 0, padding: 0),
        languages: [], sources: [source], license: known?.license, scoring: .softmax),
      weights: [weights], absent: ["bias", "log_scale"], ignored: ignored, tokenizer: nil,
      isBackbone: true)
  }
}
