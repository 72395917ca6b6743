import Foundation
import Layers
import Pictures
import Tokens
import Towers

extension Family {
  /// A BERT or MiniLM that turns sentences into vectors, in the layout of sentence-transformers or
  /// plain: texts alone, no pictures.
  ///
  /// - Source: Reimers & Gurevych 2019, arXiv:1908.10084.
  package static let sentenceBERT = Family(
    name: "sentence-bert", title: "Sentence-BERT, MiniLM: texts alone",
    published: sentenceModels, read: readSentenceBERT)
}

private let sentenceModels = [
  Published(
    "sentence-transformers/all-MiniLM-L6-v2", languages: ["en"], license: "Apache-2.0",
    bytes: 90_868_376, isProvenWhole: true),
  Published(
    "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", languages: ["50 languages"],
    license: "Apache-2.0"),
  Published("sentence-transformers/LaBSE", languages: ["109 languages"], license: "Apache-2.0"),
  Published(
    "sentence-transformers/distiluse-base-multilingual-cased-v2", languages: ["50 languages"],
    license: "Apache-2.0"),
]

@Sendable private func readSentenceBERT(_ folder: PublishedFolder) throws(ModelError) -> ModelFiles?
{
  guard folder.has("config.json") else { return nil }
  let settings = try folder.settings("config.json")
  let kind = try settings.string("model_type", "")
  let architecture = try settings.strings("architectures", []).first ?? ""
  // `BertForMaskedLM` and others have more than an encoder, and other names.
  guard PublishedSettings.bertKinds.contains(kind), architecture.hasSuffix("Model") else {
    return nil
  }
  var text = try settings.bert(pooling: try pooling(folder))
  let dense = try dense(folder)
  var treatment = TextTreatment(contextLength: text.contextLength, padding: text.padding)
  if folder.has("sentence_bert_config.json") {
    let use = try folder.settings("sentence_bert_config.json")
    let length = try use.int("max_seq_length", text.contextLength)
    treatment.contextLength = max(2, min(length, text.contextLength))
    if try use.bool("do_lower_case", false) { treatment.cleaning = .smallLetters }
  }

  var keys: KeyMap = kind == "distilbert" ? .huggingFaceDistilBERT : .huggingFaceBERT
  keys = keys.prefixed(ours: "text.")
  var weights: [ModelFiles.Weights] = []
  var encoder = DualEncoder.Settings(
    image: nil, text: nil, width: text.width, textProjection: .none)
  if let dense {
    encoder.width = dense.width
    if dense.hasTanh {
      // Of one width it is the same as BERT's own pooler, which lies beside and is not used.
      if text.pooling == .first, dense.width == text.width, dense.hasBias {
        text.pooling = .firstTanh
        weights.append(.init(path: dense.path, keys: ["text.pooler.%": "linear.%"]))
      } else {
        guard dense.hasBias else {
          throw .unreadable(path: dense.path, reason: "a tanh without a bias is not supported")
        }
        encoder.textProjection = .affineTanh
        weights.append(.init(path: dense.path, keys: ["text_projection.%": "linear.%"]))
      }
    } else {
      encoder.textProjection = dense.hasBias ? .affine : .linear
      weights.append(.init(path: dense.path, keys: ["text_projection.%": "linear.%"]))
    }
  }
  encoder.text = .bert(text)
  weights.append(.init(path: try folder.weights(), keys: keys))
  return ModelFiles(
    card: try Family.card(
      folder, sentenceModels, encoder: encoder, preprocessing: .clip(size: 224), text: treatment,
      source: "Reimers & Gurevych 2019, arXiv:1908.10084"),
    weights: weights, absent: ["bias", "log_scale"],
    ignored: ["embeddings.position_ids", "pooler.%"],
    tokenizer: try folder.tokenizer(orElse: ["vocab.txt"]))
}

/// What stands behind the transformer in the list of a sentence-transformers model's parts.
private func modules(_ folder: PublishedFolder) throws(ModelError) -> [(kind: String, path: String)]
{
  guard folder.has("modules.json") else { return [] }
  let path = folder.path + "/modules.json"
  guard let data = FileManager.default.contents(atPath: path), data.count < 1_000_000,
    let list = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
  else { throw .unreadable(path: path, reason: "it is not a JSON list of objects") }
  var modules: [(kind: String, path: String)] = []
  for fields in list {
    let kind = (fields["type"] as? String)?.split(separator: ".").last.map(String.init) ?? ""
    guard ["Transformer", "Pooling", "Dense", "Normalize"].contains(kind) else {
      throw .unreadable(path: path, reason: "a part of the kind “\(kind)” is not supported")
    }
    modules.append((kind, fields["path"] as? String ?? ""))
  }
  return modules
}

private func pooling(_ folder: PublishedFolder) throws(ModelError) -> BERT.Settings.Pooling {
  guard let module = try modules(folder).first(where: { $0.kind == "Pooling" }) else {
    return .mean
  }
  let settings = try folder.settings(module.path + "/config.json")
  // One field for each way until version 5, one for all since.
  let prefix = "pooling_mode_"
  var ways = [try settings.string("pooling_mode", "")].filter { !$0.isEmpty }
  for field in settings.names(in: "") where field.hasPrefix(prefix) {
    if try settings.bool(field) {
      let way = String(field.dropFirst(prefix.count))
      ways.append(way.replacing("_tokens", with: "").replacing("_token", with: ""))
    }
  }
  switch ways {
  case [], ["mean"]: return .mean
  case ["cls"]: return .first
  default:
    throw .unreadable(
      path: settings.path,
      reason: "it pools by \(ways.joined(separator: " and ")); known: mean, cls")
  }
}

/// A linear map behind the pooling.
private struct Dense {
  let path: String
  let width: Int
  let hasBias, hasTanh: Bool
}

private func dense(_ folder: PublishedFolder) throws(ModelError) -> Dense? {
  let found = try modules(folder).filter { $0.kind == "Dense" }
  guard let module = found.first else { return nil }
  let settings = try folder.settings(module.path + "/config.json")
  let activation = try settings.string("activation_function", "torch.nn.modules.linear.Identity")
  guard found.count == 1, activation.hasSuffix(".Identity") || activation.hasSuffix(".Tanh") else {
    throw .unreadable(
      path: settings.path, reason: "more than one linear map, or “\(activation)”, is not supported")
  }
  return Dense(
    path: try folder.weights(WeightFiles.transformers.map { module.path + "/" + $0 }),
    width: try settings.int("out_features"),
    hasBias: try settings.bool("bias", true), hasTanh: activation.hasSuffix(".Tanh"))
}
