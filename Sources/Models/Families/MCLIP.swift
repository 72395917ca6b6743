import Foundation
import Layers
import Pictures
import Tokens
import Towers

extension Family {
  /// XLM-RoBERTa and its like beside CLIP's image towers: M-CLIP, whose texts were taught to meet
  /// the pictures of a CLIP that is published elsewhere, and open_clip's models with both inside.
  ///
  /// - Source: Carlsson et al. 2022, LREC 2022.lrec-1.739 (M-CLIP); mlfoundations/open_clip.
  package static let mCLIP = Family(
    name: "m-clip", title: "M-CLIP and open_clip's XLM-RoBERTa models",
    published: mclipModels, reference: .openCLIP, read: readMCLIP)
}

private let mclipModels =
  [
    "XLM-Roberta-Large-Vit-B-32", "XLM-Roberta-Large-Vit-L-14", "XLM-Roberta-Large-Vit-B-16Plus",
    "LABSE-Vit-L-14",
  ].map {
    Published(
      "M-CLIP/" + $0, languages: ["100 languages"], license: nil, reference: .restatement)
  }
  + [
    "CLIP-ViT-B-32-xlm-roberta-base-laion5B-s13B-b90k",
    "CLIP-ViT-H-14-frozen-xlm-roberta-large-laion5B-s13B-b90k",
  ].map { Published("laion/" + $0, languages: ["100 languages"], license: "MIT") } + [
    Published(
      "laion/CLIP-ViT-B-32-roberta-base-laion2B-s12B-b32k", languages: ["en"], license: "MIT")
  ]

/// The CLIP whose pictures an M-CLIP's texts meet, by what the M-CLIP is called.
private let imageModels = [
  "vit-b-16plus": "timm/vit_base_patch16_plus_clip_240.laion400m_e32",
  "vit-b-32": "openai/clip-vit-base-patch32",
  "vit-l-14": "openai/clip-vit-large-patch14",
]

@Sendable private func readMCLIP(_ folder: PublishedFolder) throws(ModelError) -> ModelFiles? {
  if let foreign = try OpenCLIPForeignText(folder) { return try readOpenCLIP(foreign, folder) }
  guard folder.has("config.json") else { return nil }
  let file = try folder.settings("config.json")
  guard try file.string("model_type", "") == "M-CLIP" else { return nil }
  let base = try file.string("modelBase")
  guard let text = try folder.bert(named: base, pooling: .mean) else {
    throw .unknownArchitecture(path: file.path, found: "an M-CLIP with the text tower \(base)")
  }
  guard let (_, name) = imageModels.first(where: { folder.name.lowercased().hasSuffix($0.key) })
  else {
    throw .unreadable(
      path: file.path,
      reason: "“\(folder.name)” does not end in the name of a CLIP whose pictures its texts meet; "
        + "known: \(imageModels.keys.sorted().joined(separator: ", "))")
  }
  let images = try ModelFiles(folder: folder.companion(name))
  let width = try file.int("numDims")
  guard images.card.encoder.width == width else {
    throw .contradiction(
      path: folder.path,
      reason: "its vectors have \(width) dimensions, those of \(name) \(images.card.encoder.width)")
  }

  var encoder = images.card.encoder
  encoder.text = .bert(text)
  encoder.textProjection = .affine
  // The scale stands in the CLIP's file with its texts' numbers, none of which are read.
  encoder.logScale = log(DualEncoder.maximumScale)
  let keys =
    KeyMap.huggingFaceBERT.prefixed(ours: "text.", theirs: "transformer.") + [
      "text_projection.%": "LinearTransformation.%"
    ]
  return ModelFiles(
    card: try Family.card(
      folder, mclipModels, encoder: encoder, preprocessing: images.card.preprocessing,
      text: TextTreatment(contextLength: text.contextLength, padding: text.padding),
      source: "Carlsson et al. 2022, with the pictures of \(name)"),
    weights: [.init(path: try folder.weights(), keys: keys, towers: .texts)]
      + images.weights.map { .init(path: $0.path, keys: imagesAlone($0.keys), towers: .images) },
    absent: ["bias", "log_scale"],
    ignored: images.ignored + [
      "transformer.pooler.%", "transformer.embeddings.position_ids",
      // The English texts of that CLIP, in either layout.
      "text_model.%", "text_projection.weight", "text_projection", "token_embedding.weight",
      "positional_embedding", "transformer.resblocks.%", "ln_final.%",
    ],
    tokenizer: try folder.tokenizer(orElse: ["vocab.txt"]))
}

/// Of a table for both sides that for pictures: a text parameter that M-CLIP lacks must not be taken
/// from the other model's texts.
private func imagesAlone(_ keys: KeyMap?) -> KeyMap? {
  keys.map { ["text.%": "not asked for: %"] + $0 }
}

private func readOpenCLIP(_ foreign: OpenCLIPForeignText, _ folder: PublishedFolder)
  throws(ModelError) -> ModelFiles?
{
  let pooling: BERT.Settings.Pooling
  switch try foreign.pooler() {
  case "mean_pooler": pooling = .mean
  case "cls_pooler": pooling = .firstTanh
  case "cls_last_hidden_state_pooler": pooling = .first
  case let other:
    throw .unknownArchitecture(path: foreign.file.path, found: "\(foreign.name) with \(other)")
  }
  guard var text = try folder.bert(named: foreign.name, pooling: pooling) else { return nil }
  let image = try OpenCLIPImage(foreign.file)
  var projection = ProjectionSettings.none
  switch try foreign.projection() {
  case "mlp":
    text.head = .init(
      inner: (text.width + image.width) / 2, width: image.width, activation: .gelu,
      hasBias: false)
  case "linear": projection = .linear
  case let other:
    throw .unknownArchitecture(
      path: foreign.file.path, found: "\(foreign.name) with the projection \(other)")
  }
  let keys =
    image.keys
    + KeyMap.huggingFaceBERT.prefixed(ours: "text.", theirs: "text.transformer.") + [
      "text.head.inner.weight": "text.proj.0.weight",
      "text.head.outer.weight": "text.proj.2.weight",
      "text_projection.weight": "text.proj.weight", "log_scale": "logit_scale",
      "bias": "logit_bias",
    ]
  return ModelFiles(
    card: try Family.card(
      folder, mclipModels,
      encoder: DualEncoder.Settings(
        image: .vit(image.settings), text: .bert(text), width: image.width,
        imageProjection: image.projection, textProjection: projection),
      preprocessing: try .openCLIP(foreign.file, size: image.settings.size),
      text: TextTreatment(
        contextLength: min(foreign.contextLength, text.contextLength), padding: text.padding,
        cleaning: try foreign.cleaning()),
      source: "mlfoundations/open_clip", note: foreign.file.note),
    weights: [.init(path: try folder.weights(WeightFiles.openCLIP), keys: keys)],
    absent: foreign.file.has("model_cfg.init_logit_bias") ? [] : ["bias"],
    ignored: OpenCLIPImage.ignored + [
      "text.transformer.embeddings.position_ids", "text.transformer.pooler.%",
    ],
    tokenizer: try folder.tokenizer(from: foreign.tokenizerName))
}
