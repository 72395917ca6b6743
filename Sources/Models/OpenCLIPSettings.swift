import Foundation

/// What is known of published models whose repositories do not say it.
///
/// - Source: mlfoundations/open_clip, `model_configs` and `pretrained.py`.
private let builtInSettings = [
  "laion/CLIP-ViT-B-32-xlm-roberta-base-laion5B-s13B-b90k": """
  {"embed_dim": 512, "vision_cfg": {"image_size": 224, "layers": 12, "width": 768,
    "patch_size": 32}, "text_cfg": {"hf_model_name": "xlm-roberta-base",
    "hf_tokenizer_name": "xlm-roberta-base", "hf_pooler_type": "mean_pooler"}}
  """,
  "laion/CLIP-ViT-H-14-frozen-xlm-roberta-large-laion5B-s13B-b90k": """
  {"embed_dim": 1024, "vision_cfg": {"image_size": 224, "layers": 32, "width": 1280,
    "head_width": 80, "patch_size": 14}, "text_cfg": {"hf_model_name": "xlm-roberta-large",
    "hf_tokenizer_name": "xlm-roberta-large", "hf_pooler_type": "mean_pooler"}}
  """,
  "laion/CLIP-ViT-B-32-roberta-base-laion2B-s12B-b32k": """
  {"embed_dim": 512, "quick_gelu": true, "vision_cfg": {"image_size": 224, "layers": 12,
    "width": 768, "patch_size": 32}, "text_cfg": {"hf_model_name": "roberta-base",
    "hf_tokenizer_name": "roberta-base", "hf_pooler_type": "mean_pooler"}}
  """,
  // Its own file is flat, and does not say that the activation is the quick one.
  "apple/DFN2B-CLIP-ViT-B-16": """
  {"embed_dim": 512, "quick_gelu": true, "vision_cfg": {"image_size": 224, "layers": 12,
    "width": 768, "patch_size": 16}, "text_cfg": {"context_length": 77, "vocab_size": 49408,
    "width": 512, "heads": 8, "layers": 12}}
  """,
]

extension PublishedFolder {
  /// What open_clip's settings say of the model, if it lies here as open_clip publishes models.
  ///
  /// Many repositories hold a model twice, for open_clip and for transformers. If open_clip's
  /// weights are there, they are read with open_clip's settings and preprocessing.
  ///
  /// - Returns: Nil for another layout.
  /// - Throws: ``ModelError``
  func openCLIPSettings() throws(ModelError) -> PublishedSettings? {
    let file = "open_clip_config.json"
    guard WeightFiles.openCLIP.contains(where: has) || !has("config.json") else { return nil }
    let own = has(file) ? try settings(file) : nil
    if let own, own.has("model_cfg") { return own }
    // A copy has the repository's name without its owner.
    let known = builtInSettings.first { key, _ in
      key.utf8.elementsEqual(name.utf8) || key.hasSuffix("/" + name)
    }
    if let known {
      return try PublishedSettings(
        path: path + "/" + file, flat: Data(known.value.utf8),
        note: "Its settings are Pictoglot's own knowledge of open_clip's \(known.key), whose "
          + "repository does not have them all.")
    }
    guard let own, own.has("embed_dim") else { return own }
    return try PublishedSettings(
      path: own.path, flat: FileManager.default.contents(atPath: own.path) ?? Data(),
      note: "Its settings say nothing of preprocessing, so it is open_clip's usual one.")
  }
}
