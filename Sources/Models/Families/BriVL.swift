import Checkpoints
import Layers
import Pictures
import Towers

extension Family {
  /// BriVL (WenLan) 1.0, and its follow-up for larger pictures: Chinese.
  ///
  /// A folder of it holds the `.pth` file and the `vocab.txt` of hfl/chinese-roberta-wwm-ext, which
  /// its authors fetched by that name. None of its files says the size of its pictures: it follows
  /// from the file's name, or from a `config.json`, `{"model_type": "brivl", "image_size": 456}`,
  /// with `"box_grid": 0` for the whole picture alone.
  ///
  /// - Source: Huo et al. 2021, arXiv:2103.06561; Fei et al. 2022,
  ///   doi:10.1038/s41467-022-30761-2; BAAI-WuDao/BriVL, neilfei/brivl-nmi.
  package static let brivl = Family(
    name: "brivl", title: "BriVL / WenLan (Renmin University and BAAI): Chinese",
    published: brivlModels, reference: .restatement, read: readBriVL)
}

private let brivlModels = [
  Published("shunxing1234/BriVL", languages: ["zh"], license: nil, bytes: 2_190_000_000)
]

@Sendable private func readBriVL(_ folder: PublishedFolder) throws(ModelError) -> ModelFiles? {
  var (size, parts): (Int?, Int) = (nil, 6)
  var isNamed = false
  if folder.has("config.json") {
    let file = try folder.settings("config.json")
    isNamed = try file.string("model_type", "") == "brivl"
    guard isNamed else { return nil }
    size = file.has("image_size") ? try file.int("image_size") : nil
    parts = try file.int("box_grid", 6)
    guard parts <= 64, (64...4096).contains(size ?? 64) else {
      throw .unreadable(path: file.path, reason: "its sizes cannot be")
    }
  }
  let own = isNamed ? try? folder.weights() : nil
  guard let path = own ?? folder.checkpoint(".pth", named: "brivl") else { return nil }
  let tensors = try modelTensors(path)
  // The file is a dictionary in a dictionary; what the outer one is called does not matter.
  let first = "imgencoder.backbone.conv_stem.weight"
  guard let key = tensors.entries.keys.filter({ $0.hasSuffix(first) }).min() else { return nil }
  let prefix = String(key.dropLast(first.count))
  let isFollowUp = path.split(separator: "/").last?.contains("roberta") ?? false
  let image = try imageSettings(
    tensors, prefix, size: size ?? (isFollowUp ? 456 : 380), parts: parts)
  let text = try textSettings(tensors, prefix)
  guard image.head.width == text.head.width else {
    throw .contradiction(
      path: folder.path,
      reason:
        "its image embeddings have \(image.head.width) dimensions, its text embeddings "
        + "\(text.head.width)")
  }
  return ModelFiles(
    card: try Family.card(
      folder, brivlModels,
      encoder: DualEncoder.Settings(
        image: .brivl(image), text: .brivl(text), width: image.head.width,
        imageProjection: .none, textProjection: .none,
        // The published temperature is fixed: 0.07.
        logScale: 2.659_260_036_932_778),
      preprocessing: .brivl(size: image.network.size),
      text: TextTreatment(
        contextLength: text.length, padding: text.bert.padding, paddedLength: text.length),
      source: "Huo et al. 2021, arXiv:2103.06561"),
    weights: [
      .init(
        path: path,
        keys: KeyMap.brivlImage.prefixed(ours: "image.", theirs: prefix + "imgencoder.")
          + KeyMap.brivlText.prefixed(ours: "text.", theirs: prefix + "textencoder."))
    ],
    absent: ["log_scale", "bias"], ignored: ignoredKeys.map { prefix + $0 },
    tokenizer: try folder.tokenizer(
      orElse: ["vocab.txt"], from: "hfl/chinese-roberta-wwm-ext"))
}

/// Momentum copies, and what the backbones were made with and is not used.
private let ignoredKeys =
  [
    "imgencoder_mom.%", "textencoder_mom.%", "textencoder.backbone.bert.pooler.%",
    "textencoder.backbone.bert.embeddings.position_ids",
  ] + KeyMap.timmEfficientNetIgnored.map { "imgencoder.backbone." + $0 }

// No file of settings comes with the numbers, so the sizes are those of the tensors.

private func imageSettings(
  _ tensors: any TensorFile, _ prefix: String, size: Int, parts: Int
) throws(ModelError) -> BriVLImage.Settings {
  let shapes = TensorShapes(tensors, prefix + "imgencoder.")
  let network = try EfficientNet.Settings(
    TensorShapes(tensors, prefix + "imgencoder.backbone."), size: size, tensors.path)
  return BriVLImage.Settings(
    network: network, parts: parts, depth: shapes.count("learnable.imgAtt.layers.*.norm1.weight"),
    heads: 4, inner: try shapes.size("learnable.imgAtt.layers.0.linear1.weight", 0),
    dropout: .encoderLayer,
    head: try shapes.head("learnable.imgFC."))
}

private func textSettings(_ tensors: any TensorFile, _ prefix: String) throws(ModelError)
  -> BriVLText.Settings
{
  let shapes = TensorShapes(tensors, prefix + "textencoder.")
  let bert = "backbone.bert."
  var settings = BERT.Settings.chineseRoBERTa
  settings.vocabulary = try shapes.size(bert + "embeddings.word_embeddings.weight", 0)
  settings.width = try shapes.size(bert + "embeddings.word_embeddings.weight", 1)
  settings.positions = try shapes.size(bert + "embeddings.position_embeddings.weight", 0)
  settings.segments = try shapes.size(bert + "embeddings.token_type_embeddings.weight", 0)
  settings.depth = shapes.count(bert + "encoder.layer.*.output.LayerNorm.weight")
  settings.inner = try shapes.size(bert + "encoder.layer.0.intermediate.dense.weight", 0)
  // Every BERT of this kind has heads of 64.
  settings.heads = max(1, settings.width / 64)
  guard settings.width % settings.heads == 0, settings.width % 4 == 0, settings.positions >= 80
  else {
    throw .contradiction(path: tensors.path, reason: "its text tower cannot be split into heads")
  }
  return BriVLText.Settings(
    bert: settings, depth: shapes.count("learnable.textAtt.layers.*.norm1.weight"),
    inner: try shapes.size("learnable.textAtt.layers.0.linear1.weight", 0),
    dropout: .encoderLayer,
    head: try shapes.head("learnable.textFC."))
}

extension TensorShapes {
  fileprivate func head(_ name: String) throws(ModelError) -> PerceptronHead.Settings {
    PerceptronHead.Settings(
      inner: try size(name + "fc1.weight", 0), width: try size(name + "fc2.weight", 0),
      activation: .relu, hasBias: true)
  }
}
