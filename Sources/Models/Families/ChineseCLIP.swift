import Layers
import Pictures
import Tokens
import Towers

extension Family {
  /// Chinese CLIP: OpenAI's image towers beside a Chinese RoBERTa, whose first token is the text.
  ///
  /// - Source: Yang et al. 2022, arXiv:2211.01335; huggingface/transformers
  ///   `modeling_chinese_clip.py`.
  package static let chineseCLIP = Family(
    name: "chinese-clip", title: "Chinese CLIP (OFA-Sys, Alibaba)", published: chineseModels,
    read: readChineseCLIP)
}

private let chineseModels = [
  "chinese-clip-vit-base-patch16", "chinese-clip-vit-large-patch14",
  "chinese-clip-vit-large-patch14-336px", "chinese-clip-vit-huge-patch14",
].map { Published("OFA-Sys/" + $0, languages: ["zh"], license: nil) }

@Sendable private func readChineseCLIP(_ folder: PublishedFolder) throws(ModelError)
  -> ModelFiles?
{
  guard folder.has("config.json") else { return nil }
  let file = try folder.settings("config.json")
  guard try file.string("model_type", "") == "chinese_clip" else { return nil }
  let text = try file.bert("text_config.", kind: "bert", pooling: .first)
  let vision = try ViT.Settings(huggingFaceCLIP: file, "vision_config.")
  var standard = Preprocessing.clip(size: vision.size)
  standard.fit = .squash
  let keys =
    KeyMap.huggingFaceBERT.prefixed(ours: "text.", theirs: "text_model.")
    + KeyMap.huggingFaceCLIPVision.prefixed(ours: "image.", theirs: "vision_model.")
    + KeyMap.huggingFaceProjections
  return ModelFiles(
    card: try Family.card(
      folder, chineseModels,
      encoder: DualEncoder.Settings(
        image: .vit(vision), text: .bert(text), width: try file.int("projection_dim", 512)),
      preprocessing: try .huggingFace(folder, standard: standard),
      // 52 in the authors' own code; transformers leaves it to the caller.
      text: TextTreatment(contextLength: min(52, text.contextLength), padding: text.padding),
      source: "Yang et al. 2022, arXiv:2211.01335"),
    weights: [.init(path: try folder.weights(), keys: keys)], absent: ["bias"],
    ignored: [
      "text_model.pooler.%", "text_model.embeddings.position_ids",
      "vision_model.embeddings.position_ids",
    ],
    tokenizer: try folder.tokenizer(orElse: ["vocab.txt"]))
}
