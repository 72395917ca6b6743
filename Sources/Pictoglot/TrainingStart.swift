import Foundation
import Models
import Pictures
import Recipes
import Towers

/// The models that a run begins with the towers of.
struct TrainingStart {
  let image: ModelFiles?
  let text: ModelFiles?

  /// Every tower is drawn.
  init() { (image, text) = (nil, nil) }

  /// - Throws: ``ModelError`` if a model is not here or cannot be read,
  ///   ``RunError/noStartingTower(model:option:side:)`` if it lacks what is begun with.
  init(_ request: TrainingRun.Request) throws {
    image = try request.imageFrom.map(modelFiles)
    text = try request.textFrom.map(modelFiles)
    if let image, image.card.encoder.image == nil {
      throw RunError.noStartingTower(
        model: image.card.name, option: "--image-from", side: "pictures")
    }
    if let text, text.card.encoder.text == nil {
      throw RunError.noStartingTower(model: text.card.name, option: "--text-from", side: "texts")
    }
  }

  /// Takes the towers' own settings over into a recipe's; what a person sets comes after.
  func apply(to settings: inout some RecipeSettings) {
    if let card = image?.card {
      settings.model.image = card.encoder.image
      settings.model.imageProjection = card.encoder.imageProjection
      settings.model.width = card.encoder.width
      settings.training.preprocessing = card.preprocessing
      settings.training.cachedSide = max(settings.training.cachedSide, card.preprocessing.size)
    }
    if let card = text?.card {
      settings.model.text = card.encoder.text
      if image == nil { settings.model.width = card.encoder.width }
      if settings.model.width == card.encoder.width {
        settings.model.textProjection = card.encoder.textProjection
      }
    }
  }

  /// The file of the text model's tokenizer, if there is a text model.
  ///
  /// - Throws: ``ModelError`` if it has another form than `tokenizer.json`.
  var tokenizer: String? {
    get throws(ModelError) {
      guard let text, let path = text.tokenizer else { return nil }
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      let file = isThere && isFolder.boolValue ? path + "/tokenizer.json" : path
      guard file.hasSuffix(".json"), FileManager.default.fileExists(atPath: file) else {
        throw .missingFile(
          path: text.card.name, file: "tokenizer.json",
          advice: "A run keeps its tokenizer in that form; save it with Hugging Face's tokenizers.")
      }
      return file
    }
  }

  /// Where the towers come from and under which terms, one line each.
  var sources: [String] {
    [image, text].compactMap { files in
      files.map { "begun with \($0.card.name) (\($0.card.license ?? "licence unsaid"))" }
    }
  }
}
