import Checkpoints
import Layers
import Pictures
import Tokens
import Towers

extension Family {
  /// Text encoders as they were pretrained, to begin training with: BERT and its like, and the encoders
  /// of the translation models NLLB and M2M-100.
  ///
  /// The encoder is taken out of whatever it was saved as (`RobertaModel`, `BertForPreTraining`,
  /// `M2M100ForConditionalGeneration`), and heads and decoders are left. Used as it is, a BERT gives the
  /// mean of a text's tokens, and a translation model its first token.
  ///
  /// - Source: huggingface/transformers `modeling_bert.py`, `modeling_m2m_100.py`.
  package static let textBackbone = Family(
    name: "text-backbone",
    title: "BERT, RoBERTa, XLM-R, DistilBERT, NLLB, M2M-100: texts to begin with",
    published: models, read: readTextBackbone)
}

private let models = [
  Published("klue/roberta-base", languages: ["ko"], license: "CC-BY-SA-4.0"),
  Published("klue/roberta-large", languages: ["ko"], license: "CC-BY-SA-4.0"),
  Published("hfl/chinese-roberta-wwm-ext", languages: ["zh"], license: "Apache-2.0"),
  Published("FacebookAI/roberta-base", languages: ["en"], license: "MIT"),
  Published("FacebookAI/xlm-roberta-base", languages: ["100 languages"], license: "MIT"),
  Published("FacebookAI/xlm-roberta-large", languages: ["100 languages"], license: "MIT"),
  Published(
    "google-bert/bert-base-multilingual-cased", languages: ["104 languages"],
    license: "Apache-2.0"),
  Published(
    "distilbert/distilbert-base-multilingual-cased", languages: ["104 languages"],
    license: "Apache-2.0"),
  Published(
    "facebook/nllb-200-distilled-600M", languages: ["201 languages"], license: "CC-BY-NC-4.0"),
  Published(
    "facebook/nllb-200-distilled-1.3B", languages: ["201 languages"], license: "CC-BY-NC-4.0"),
  Published("facebook/m2m100_418M", languages: ["100 languages"], license: "MIT"),
  Published("facebook/m2m100_1.2B", languages: ["100 languages"], license: "MIT"),
]

@Sendable private func readTextBackbone(_ folder: PublishedFolder) throws(ModelError) -> ModelFiles?
{
  // A list of modules is a model that makes vectors of sentences.
  guard folder.has("config.json"), !folder.has("modules.json"),
    !folder.has("open_clip_config.json")
  else { return nil }
  let settings = try folder.settings("config.json")
  let kind = try settings.string("model_type", "")
  if kind == "m2m_100" { return try readTranslator(settings, folder) }
  guard PublishedSettings.bertKinds.contains(kind) else { return nil }
  // The hub has their BERT alone; the map into CLIP's space lies on another server, as a pickle.
  let repository = folder.name.split(separator: "/").last ?? ""
  if ["M-BERT-", "Swedish-500k", "Swedish-2M"].contains(where: { repository.hasPrefix($0) }) {
    throw .unknownArchitecture(
      path: folder.path,
      found: "M-CLIP's older \(repository), whose map into CLIP's space is not in its files; "
        + "M-CLIP/XLM-Roberta-Large-Vit-B-32 is whole")
  }

  var text = try settings.bert(pooling: .mean)
  let path = try folder.weights()
  let checkpoint = try BERTCheckpoint(path, kind: kind)
  // Copies of one model disagree about the settings, and their numbers are right.
  text.positions = checkpoint.positions
  try settings.check(contextLength: text.contextLength)
  return try files(
    folder, .bert(text), width: text.width, path, checkpoint.keys, ignored: checkpoint.ignored,
    treatment: TextTreatment(contextLength: text.contextLength, padding: text.padding),
    tokenizer: folder.tokenizer(orElse: ["vocab.txt"]), source: "transformers' \(kind)")
}

private func readTranslator(_ settings: PublishedSettings, _ folder: PublishedFolder)
  throws(ModelError) -> ModelFiles
{
  // The most that NLLB-CLIP is used with; transformers would take 1,024.
  let text = try settings.nllb(contextLength: 100)
  // Their settings are of one kind; M2M-100's tokenizer is pieces beside a vocabulary.
  let isM2M100 = [Tokenizer.m2m100Name, "vocab.json"].allSatisfy(folder.has)
  let tokenizer: String
  do { tokenizer = try folder.tokenizer(orElse: isM2M100 ? [Tokenizer.m2m100Name] : []) } catch {
    throw .missingFile(
      path: folder.path, file: "tokenizer.json",
      advice: "Pull the model again, or put its tokenizer there: NLLB's tokenizer.json, or "
        + "M2M-100's \(Tokenizer.m2m100Name) and vocab.json.")
  }
  let path = try folder.weights()
  let file = try modelTensors(path)
  let layer = "encoder.layers.0.fc1.weight"
  guard let outside = file.prefix(of: layer) else {
    throw .unreadable(path: path, reason: "it has no “\(layer)”")
  }
  let encoder = outside + "encoder."
  // One table serves both sides, and files keep it under one name or another.
  let tables = [
    outside + "shared.weight", encoder + "embed_tokens.weight",
    outside + "decoder.embed_tokens.weight", "lm_head.weight",
  ]
  guard let table = tables.first(where: { file.entries[$0] != nil }) else {
    throw .unreadable(path: path, reason: "it has no “\(tables[0])”")
  }
  let keys =
    KeyMap(dictionaryLiteral: ("tokens.weight", .init(stringLiteral: table)))
    + .huggingFaceM2M100Encoder.prefixed(theirs: encoder)
  return try files(
    folder, .nllb(text), width: text.width, path, keys,
    ignored: file.keys(outside: encoder) + tables
      + ["embed_positions.weights", "embed_positions._float_tensor"].map { encoder + $0 },
    treatment: .translated(
      text, tokenizer.hasSuffix(".model") ? .m2m100 : .flores, cleaning: .none),
    tokenizer: tokenizer,
    source: isM2M100 ? "Fan et al. 2020, arXiv:2010.11125" : "NLLB Team 2022, arXiv:2207.04672")
}

private func files(
  _ folder: PublishedFolder, _ text: TextTowerSettings, width: Int, _ path: String,
  _ keys: KeyMap, ignored: [String], treatment: TextTreatment, tokenizer: String, source: String
) throws(ModelError) -> ModelFiles {
  ModelFiles(
    card: try Family.card(
      folder, models,
      encoder: DualEncoder.Settings(
        image: nil, text: text, width: width, textProjection: .none),
      preprocessing: .clip(size: 224), text: treatment, source: source),
    weights: [.init(path: path, keys: keys.prefixed(ours: "text."))],
    absent: ["bias", "log_scale"], ignored: ignored, tokenizer: tokenizer, isBackbone: true)
}
