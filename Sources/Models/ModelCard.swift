import Foundation
package import Pictures
package import Towers

/// What a model's folder says of it besides its numbers: the file `model.json`.
package struct ModelCard: Codable, Sendable, Equatable {
  /// How texts become ids.
  package struct Text: Codable, Sendable, Equatable {
    /// The most tokens of a text, special tokens included.
    package var contextLength: Int
    /// The id that fills up short texts.
    package var padding: Int32

    package init(contextLength: Int, padding: Int32) {
      self.contextLength = contextLength
      self.padding = padding
    }
  }

  /// The version of this file's form.
  package var format = 1
  package var name: String
  package var encoder: DualEncoder.Settings
  package var preprocessing: Preprocessing
  package var text: Text
  /// The languages it was trained with, as BCP 47 tags, most captions first.
  package var languages: [String]
  /// Where its training pictures come from and under which licences, one line each.
  package var sources: [String]

  package init(
    name: String, encoder: DualEncoder.Settings, preprocessing: Preprocessing, text: Text,
    languages: [String], sources: [String]
  ) {
    self.name = name
    self.encoder = encoder
    self.preprocessing = preprocessing
    self.text = text
    self.languages = languages
    self.sources = sources
  }
}

extension ModelCard {
  /// Reads a model's folder without its numbers.
  ///
  /// - Throws: ``ModelError``
  package init(folder: String) throws(ModelError) {
    let path = folder + "/model.json"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .notAModel(path: folder, missing: "model.json")
    }
    do { self = try JSONDecoder().decode(ModelCard.self, from: data) } catch {
      throw .unreadable(path: path, reason: "it does not have a model's fields (\(error))")
    }
  }
}

/// Why a model cannot be loaded or kept.
package enum ModelError: Error, Equatable, CustomStringConvertible {
  case notAModel(path: String, missing: String)
  case unreadable(path: String, reason: String)
  case contradiction(path: String, reason: String)
  case unwritable(path: String, reason: String)

  package var description: String {
    switch self {
    case .notAModel(let path, let missing):
      "\(path) is not a model: it has no \(missing). Give the folder of a run made by “pictoglot train”."
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)."
    case .contradiction(let path, let reason): "The model \(path) contradicts itself: \(reason)."
    case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)."
    }
  }
}
