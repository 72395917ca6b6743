import Foundation
import Languages
package import Models
import Pictures
import Torch
import Towers
import Vectors

/// A model that puts pictures and texts of many languages into one space.
///
///     import Pictoglot
///
///     let model = try await ImageTextModel("run")
///     let apple = try await model.embed(pictureFile: "apple.jpg")
///     for text in ["a red apple", "빨간 사과", "tufaha jekundu", "a bicycle"] {
///       print(text, apple.similarity(to: try await model.embed(text)))
///     }
///
/// It answers one request at a time; several may wait for it from any task.
public actor ImageTextModel {
  /// How a model's towers compute on a CPU: exactness against time.
  public enum Precision: String, Sendable, CaseIterable {
    /// As learned.
    case float32
    /// About twice as fast; cosine to float32 above 0.9999.
    case bfloat16
    /// About four times as fast for pictures; cosine to float32 above 0.99 for texts.
    case int8

    var inference: InferencePrecision {
      switch self {
      case .float32: .float32
      case .bfloat16: .bfloat16
      case .int8: .int8
      }
    }
  }

  /// Which code a language becomes where a model that wants codes leaves a choice.
  public enum LanguageCodes: String, Sendable, CaseIterable {
    /// What the text is: `zh` is simplified Chinese, `no` is Bokmål.
    case standard
    /// What the published numbers of NLLB-CLIP were measured with: `zh` is traditional Chinese even
    /// for simplified text, `no` is Nynorsk.
    case published

    var mapping: FloresCode.Mapping {
      switch self {
      case .standard: .standard
      case .published: .published
      }
    }
  }

  /// The sides of a model.
  public enum Sides: String, Sendable {
    case both, pictures, texts

    var towers: DualEncoder.Towers {
      switch self {
      case .both: .both
      case .pictures: .images
      case .texts: .texts
      }
    }
  }

  let model: Model
  /// What the model is called.
  public nonisolated let name: String
  /// How many numbers an embedding has.
  public nonisolated let width: Int
  /// The languages it was trained with, as BCP 47 tags, most captions first.
  public nonisolated let languages: [String]
  /// Tells this model's vectors from any other's.
  package nonisolated let identity: String
  package nonisolated let card: ModelCard
  /// What to know before its vectors are used; nil if there is nothing.
  package nonisolated let caution: String?
  /// The folder or name that it was loaded by.
  nonisolated let place: String

  /// Loads a model.
  ///
  /// - Parameters:
  ///   - place: The folder of a run of `pictoglot train`, or a published model that
  ///     `pictoglot pull` has fetched: `visheratin/nllb-clip-base-oc`, `org/repo@revision`.
  ///   - sides: Which of its towers are loaded; memory is only taken for those.
  ///   - precision: How its towers compute.
  ///   - languageCodes: The codes for models that take a text's language.
  ///   - device: `cpu`, `cuda`, `cuda:N`, `mps`, or `auto` for the fastest there is.
  /// - Throws: An error whose description names the model or file and what is wrong with it.
  public init(
    _ place: String, sides: Sides = .both, precision: Precision = .float32,
    languageCodes: LanguageCodes = .standard, device: String = "auto"
  ) async throws {
    let device = try Device(named: device)
    var model = try Model(
      folder: try modelFolder(named: place), towers: sides.towers, device: device,
      companions: companionFolder)
    model.precision = precision.inference
    model.reader?.mapping = languageCodes.mapping
    self.model = model
    self.place = place
    name = model.card.name
    width = model.encoder.width
    languages = model.card.languages
    identity = model.identity
    card = model.card
    caution =
      model.isBackbone
      ? "\(model.card.name) is a tower alone, to begin training with: how well its vectors compare is "
        + "for you to measure." : nil
  }

  /// The embedding of a picture file's bytes.
  ///
  /// - Throws: An error that says why the bytes are not a picture that can be read.
  public func embed(picture bytes: [UInt8]) throws -> Embedding {
    try embed(try Picture(decoding: bytes))
  }

  /// The embedding of a picture in a file.
  ///
  /// - Throws: An error that names the file and says why it is not a picture that can be read.
  public func embed(pictureFile path: String) throws -> Embedding {
    try embed(try Picture(contentsOf: path))
  }

  private func embed(_ picture: Picture) throws -> Embedding {
    Embedding(try model.embed(pixels: card.preprocessing(picture), count: 1).values)
  }

  /// The embedding of a text.
  ///
  /// - Parameters:
  ///   - language: Its BCP 47 tag, for models that need one.
  /// - Throws: An error if the tag is not one, or memory runs out.
  public func embed(_ text: String, language: String? = nil) throws -> Embedding {
    let tag = try language.map { tag throws(LanguageTagError) in try LanguageTag(tag) }
    return Embedding(try model.embed(texts: [text], languages: [tag]).values)
  }

  /// Embeds a word and a picture, for nothing but to see that it can.
  ///
  /// - Throws: An error that names the model if what it computes are no numbers.
  package func tryOut() throws {
    if model.encoder.texts != nil { _ = try model.embed(texts: ["a"]) }
    if model.encoder.images != nil {
      _ = try model.embed(pixels: card.preprocessing(Checkup.probePicture()), count: 1)
    }
  }
}
