import Checkpoints
import Layers
import Pictures
import Tokens
import Towers

extension Family {
  /// CLIP in the files that OpenAI itself published, such as `ViT-B-32.pt`: TorchScript, of which
  /// only the tensors are read.
  ///
  /// Such a folder holds that file and, from the same place, `bpe_simple_vocab_16e6.txt.gz`. The
  /// sizes follow from the tensors, as in OpenAI's own code.
  ///
  /// - Source: Radford et al. 2021, arXiv:2103.00020; openai/CLIP `model.py`, `build_model`.
  package static let openAICLIP = Family(
    name: "openai-clip", title: "CLIP in OpenAI's own files (ViT-B-32.pt and its like)",
    published: [], reference: .openCLIP, read: readOpenAICLIP)
}

@Sendable private func readOpenAICLIP(_ folder: PublishedFolder) throws(ModelError) -> ModelFiles? {
  guard !folder.has("config.json"), !folder.has("open_clip_config.json"),
    let path = folder.checkpoint(".pt", named: "vit-")
  else { return nil }
  let tensors = try modelTensors(path)
  // What tells these files from others with the same towers, whose activation is another.
  guard tensors.entries["input_resolution"] != nil, tensors.entries["ln_final.weight"] != nil
  else { return nil }
  guard tensors.entries["visual.proj"] != nil else {
    throw .unknownArchitecture(path: path, found: "CLIP with a ResNet for pictures")
  }
  let shapes = TensorShapes(tensors, "")
  let image = try imageSettings(shapes, path)
  let text = try textSettings(shapes, path)
  var card = try Family.card(
    folder, [],
    encoder: DualEncoder.Settings(
      image: .vit(image), text: .transformer(text), width: try shapes.size("visual.proj", 1)),
    preprocessing: .clip(size: image.size),
    text: TextTreatment(contextLength: text.contextLength, padding: 0, cleaning: .lower),
    source: "Radford et al. 2021, arXiv:2103.00020")
  (card.languages, card.license) = (["en"], "MIT")
  return ModelFiles(
    card: card,
    weights: [.init(path: path, keys: openAIKeys)], absent: ["bias"],
    ignored: OpenCLIPImage.ignored,
    tokenizer: try folder.tokenizer(
      orElse: ["vocab.json", "bpe_simple_vocab_16e6.txt.gz"], from: "openai/clip-vit-base-patch32"))
}

private func imageSettings(_ shapes: TensorShapes, _ path: String) throws(ModelError)
  -> ViT.Settings
{
  let width = try shapes.size("visual.conv1.weight", 0)
  let patch = try shapes.size("visual.conv1.weight", 3)
  let places = try shapes.size("visual.positional_embedding", 0) - 1
  let side = Int(Double(places).squareRoot())
  guard width % heads(width) == 0, side > 0, side * side == places, patch <= 16_384 / side else {
    throw .contradiction(
      path: path, reason: "its image tower has a width of \(width) and \(places) places")
  }
  return .clip(
    size: side * patch, patch: patch, width: width,
    depth: shapes.count("visual.transformer.resblocks.*.ln_1.weight"), heads: heads(width),
    activation: .quickGELU)
}

/// All of OpenAI's heads have 64 numbers.
private func heads(_ width: Int) -> Int { max(1, width / 64) }

private func textSettings(_ shapes: TensorShapes, _ path: String) throws(ModelError)
  -> TextTransformer.Settings
{
  let width = try shapes.size("ln_final.weight", 0)
  let length = try shapes.size("positional_embedding", 0)
  guard width % heads(width) == 0, (2...16_384).contains(length) else {
    throw .contradiction(
      path: path, reason: "its text tower has a width of \(width) and \(length) places")
  }
  return TextTransformer.Settings(
    vocabulary: try shapes.size("token_embedding.weight", 0), contextLength: length, width: width,
    depth: shapes.count("transformer.resblocks.*.ln_1.weight"), heads: heads(width), pooling: .last,
    activation: .quickGELU)
}

private let openAIKeys: KeyMap =
  KeyMap.openCLIPVision.prefixed(ours: "image.", theirs: "visual.")
  + KeyMap.openCLIPText.prefixed(ours: "text.", theirs: "") + [
    "image_projection.weight": .transposed("visual.proj"),
    "text_projection.weight": .transposed("text_projection"), "log_scale": "logit_scale",
  ]
