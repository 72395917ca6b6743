import Corpora
import Layers
import Models
import Pictures
import TestSupport
import Tokens
import Torch
import Towers

/// A tiny collection, and a model with both towers that was drawn and not trained.
struct TeacherFixture {
  let collection: TinyCollection
  let corpus: Corpus
  let tokenizer: [UInt8]

  init() throws {
    collection = try TinyCollection()
    corpus = try Corpus(opening: collection.path)
    tokenizer = try BPETrainer(size: 300).train(
      corpus.samples.flatMap { sample in sample.languages.flatMap { sample.captions[$0] ?? [] } })
  }

  var reader: TextReader {
    get throws {
      TextReader(
        tokenizer: try Tokenizer(json: tokenizer),
        treatment: TextTreatment(contextLength: 12, padding: 0))
    }
  }

  /// A model that says of itself which languages it knows.
  func teacher(seed: UInt64 = 1, languages: [String] = []) throws -> Model {
    let settings = DualEncoder.Settings(
      image: .vit(.init(size: 16, patch: 4, width: 16, depth: 1, heads: 2)),
      text: .transformer(.init(vocabulary: 400, contextLength: 12, width: 16, depth: 1, heads: 2)),
      width: 8)
    let encoder = try DualEncoder(settings, in: Scope(RandomSource(seed: seed)))
    let card = ModelCard(
      name: "teacher", encoder: settings, preprocessing: .plain(size: 16),
      text: TextTreatment(contextLength: 12, padding: 0), languages: languages, sources: [])
    let folder = collection.folder.path
    try Model.write(
      card, parameters: encoder.parameters.map { ($0.name, $0.value) }, tokenizer: tokenizer,
      to: folder)
    return try Model(folder: folder)
  }
}
