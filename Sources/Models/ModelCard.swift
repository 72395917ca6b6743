import Foundation
package import Pictures
package import Towers

/// What is said of a model besides its numbers: the file `model.json` of our own models, and what
/// a published model's own files come down to.
package struct ModelCard: Codable, Sendable, Equatable {
  /// The version of this file's form.
  package var format = 1
  package var name: String
  package var encoder: DualEncoder.Settings
  package var preprocessing: Preprocessing
  package var text: TextTreatment
  /// The languages it was trained with, as BCP 47 tags, most captions first.
  package var languages: [String]
  /// Where its training pictures come from and under which licenses, one line each.
  package var sources: [String]
  /// Under which terms its numbers may be used, as SPDX or the publisher says it; nil if unsaid.
  package var license: String?
  /// How its scores become probabilities; nil if unsaid, as in models of version 0.1.
  package var scoring: PairScoring?
  /// What a person should know of how it is read: that its settings are built in. Nil for nothing.
  package var note: String?

  package init(
    name: String, encoder: DualEncoder.Settings, preprocessing: Preprocessing, text: TextTreatment,
    languages: [String], sources: [String], license: String? = nil, scoring: PairScoring? = nil,
    note: String? = nil
  ) {
    self.name = name
    self.encoder = encoder
    self.preprocessing = preprocessing
    self.text = text
    self.languages = languages
    self.sources = sources
    self.license = license
    self.scoring = scoring
    self.note = note
  }
}

extension ModelCard {
  /// Reads our own model's folder without its numbers.
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
