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
    settings.model.text = begun(with: tower, in: settings.model.text, isBackbone: text.isBackbone)
    guard !text.isBackbone else { return }
    let card = text.card
    let isFree = image.map { $0.isBackbone && settings.model.imageProjection != .none } ?? true
    if isFree { settings.model.width = card.encoder.width }
    if settings.model.width == card.encoder.width {
      settings.model.textProjection = card.encoder.textProjection
    }
  }

  /// A text tower in place of a recipe's.
  private func begun(
    with tower: TextTowerSettings, in recipe: TextTowerSettings?, isBackbone: Bool
  ) -> TextTowerSettings {
    guard let wanted = recipe?.settings else { return tower }
    if let holder = wanted.holding(tower.settings) { return TextTowerSettings(holder) }
    return isBackbone ? TextTowerSettings(tower.settings.adapted(to: wanted)) : tower
  }

  private func begin(_ settings: inout some RecipeSettings, pictures files: ModelFiles) {
    let card = files.card
    guard var tower = card.encoder.image else { return }
    if let holder = settings.model.image?.settings.holding(tower.settings) {
      settings.model.image = ImageTowerSettings(holder)
      return
    }
    if tower.settings.patchSide != nil { tower.settings.size = card.preprocessing.size }
    settings.model.image = tower
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
