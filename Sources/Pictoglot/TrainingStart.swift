import Models
import Pictures
import Recipes
import Tokens
import Towers

/// The models that a run begins with the towers of.
struct TrainingStart {
  let image: ModelFiles?
  let text: ModelFiles?

  /// Every tower starts from random weights.
  init() { (image, text) = (nil, nil) }

  /// - Throws: ``ModelError`` if a model is not here or cannot be read,
  ///   ``RunError/noStartingTower(model:option:tower:)`` if it has no such tower.
  init(_ request: TrainingRun.Request) throws {
    image = try request.imageFrom.map(modelFiles)
    text = try request.textFrom.map(modelFiles)
    if let image, image.card.encoder.image == nil {
      throw RunError.noStartingTower(
        model: image.card.name, option: "--image-from", tower: "image")
    }
    if let text, text.card.encoder.text == nil {
      throw RunError.noStartingTower(model: text.card.name, option: "--text-from", tower: "text")
    }
  }

  /// Copies the towers' settings into a recipe's; the user's own settings are applied later.
  ///
  /// A backbone leaves the shared space, and how its tower makes one vector, to the recipe.
  func apply(to settings: inout some RecipeSettings) {
    if let image { begin(&settings, pictures: image) }
    guard let text, let tower = text.card.encoder.text else { return }
    settings.model.text = tower.standing(in: settings.model.text, isBackbone: text.isBackbone)
    guard !text.isBackbone else { return }
    let card = text.card
    let isFree = image.map { $0.isBackbone && settings.model.imageProjection != .none } ?? true
    if isFree { settings.model.width = card.encoder.width }
    if settings.model.width == card.encoder.width {
      settings.model.textProjection = card.encoder.textProjection
    }
  }

  private func begin(_ settings: inout some RecipeSettings, pictures files: ModelFiles) {
    let card = files.card
    if case .efficientNet(var network) = card.encoder.image,
      case .brivl(var tower) = settings.model.image
    {
      // What BriVL's network is, and not how it was trained.
      (network.size, network.dropout) = (tower.network.size, tower.network.dropout)
      tower.network = network
      settings.model.image = .brivl(tower)
      return
    }
    settings.model.image = card.encoder.image
    if case .vit(var tower) = card.encoder.image {
      tower.size = card.preprocessing.size
      settings.model.image = .vit(tower)
    }
    settings.training.preprocessing = card.preprocessing
    settings.training.cachedSide = max(
      settings.training.cachedSide, card.preprocessing.shortSide ?? card.preprocessing.size)
    if !files.isBackbone { settings.model.imageProjection = card.encoder.imageProjection }
    // Without a projection, the tower's vectors are those of the shared space.
    if settings.model.imageProjection == .none || !files.isBackbone {
      settings.model.width = card.encoder.width
    }
  }

  /// The bytes of the text model's tokenizer as `tokenizer.json`, if there is a text model.
  ///
  /// - Throws: ``ModelError`` if it cannot be written in that form, ``TokenizerError`` if it cannot be
  ///   read.
  var tokenizer: [UInt8]? {
    get throws {
      guard let text, let path = text.tokenizer else { return nil }
      guard let whole = try Tokenizer.json(at: path) else {
        throw ModelError.missingFile(
          path: text.card.name, file: "tokenizer.json",
          advice: "A run keeps its tokenizer in that form; save it with Hugging Face's tokenizers.")
      }
      let rows = text.card.encoder.text?.vocabulary ?? .max
      let bytes = try Tokenizer.json(whole, rows: rows)
      let count = try Tokenizer(json: bytes).vocabularySize
      guard count <= rows else {
        throw ModelError.contradiction(
          path: text.card.name,
          reason: "its tokenizer has \(count) tokens, its text tower only \(rows)")
      }
      return bytes
    }
  }

  /// The models that the towers come from and their licenses, one line each.
  var sources: [String] {
    [image, text].compactMap { files in
      files.map { "started from \($0.card.name) (\($0.card.license ?? "no license stated"))" }
    }
  }
}

extension TextTowerSettings {
  /// This tower in place of a recipe's.
  fileprivate func standing(in recipe: TextTowerSettings?, isBackbone: Bool) -> TextTowerSettings {
    switch (self, recipe) {
    case (.bert(let bert), .brivl(var tower)):
      tower.bert = bert
      tower.length = min(tower.length, bert.contextLength)
      return .brivl(tower)
    case (.bert(var bert), .bert(let wanted)) where isBackbone:
      (bert.pooling, bert.head) = (wanted.pooling, wanted.head)
      return .bert(bert)
    case (.nllb(var encoder), .nllb(let wanted)) where isBackbone:
      encoder.contextLength = wanted.contextLength
      return .nllb(encoder)
    default: return self
    }
  }
}
