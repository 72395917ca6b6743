import Foundation
import Languages
import Models
import Pictures
import Torch
import Towers
import Vectors

/// What a reference implementation made of texts and of the probe's picture: the file that
/// `Tools/references/doctor.py` writes on a machine with the weights.
package struct ReferenceRecord: Codable, Sendable {
  package struct Text: Codable, Sendable {
    package var text: String
    package var language: String?
    package var ids: [Int32]?
    package var vector: [Float]
  }
  /// The library and its version.
  package var library: String
  package var texts: [Text]
  /// Of ``Checkup/probePicture()``; nil for models without pictures.
  package var picture: [Float]?

  /// The name of the file in a model's folder.
  package static let fileName = "pictoglot-reference.json"

  /// - Throws: ``ModelError`` if the file is not such a record.
  package init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ModelError.unreadable(path: path, reason: "there is no such file")
    }
    do { self = try JSONDecoder().decode(Self.self, from: data) } catch {
      throw ModelError.unreadable(path: path, reason: "it is not a record of doctor.py")
    }
  }
}

extension Checkup {
  /// Compares with what a reference implementation has recorded.
  package func compare(with record: ReferenceRecord) throws -> [Finding] {
    var findings: [Finding] = []
    if model.encoder.texts != nil { findings += try compareTexts(with: record) }
    if let expected = record.picture, model.encoder.images != nil {
      let vector = try model.embed(pixels: model.card.preprocessing(Self.probePicture()), count: 1)
      findings.append(difference("picture vector", vector, [expected], record.library))
    }
    return findings
  }

  private func compareTexts(with record: ReferenceRecord) throws -> [Finding] {
    let languages = try record.texts.map { try $0.language.map { try LanguageTag($0) } }
    var wrong: [String] = []
    let ids = try zip(record.texts, languages).map { text, language in
      try model.tokens(of: text.text, in: language).ids
    }
    for (text, ids) in zip(record.texts, ids) where text.ids != nil && text.ids != ids {
      wrong.append(text.text)
    }
    let ours = try model.embed(ids: ids)
    return [
      Finding(
        what: "ids", verdict: wrong.isEmpty ? .fine : .wrong,
        detail: wrong.isEmpty
          ? "those of \(record.library)" : "differ from \(record.library)'s for “\(wrong[0])”"),
      difference("text vectors", ours, record.texts.map(\.vector), record.library),
    ]
  }

  private func difference(
    _ what: String, _ ours: VectorRows, _ theirs: [[Float]], _ library: String
  ) -> Finding {
    var largest: Float = 0
    for (ours, theirs) in zip(ours, theirs) {
      guard ours.count == theirs.count else {
        return Finding(
          what: what, verdict: .wrong,
          detail: "of \(ours.count) dimensions; \(library)'s have \(theirs.count)")
      }
      for (a, b) in zip(ours, theirs) { largest = max(largest, abs(a - b)) }
    }
    return Finding(
      what: what, verdict: largest < 1e-5 ? .fine : .wrong,
      detail: "largest difference from \(library): \(largest)")
  }

  /// Compares with what the model's authors have printed, where that is known.
  ///
  /// - Parameters:
  ///   - folder: Where the pictures lie that they used; nil if they are not here.
  package func compareWithAuthors(pictures folder: String?) throws -> [Finding] {
    guard model.encoder.images != nil, model.encoder.texts != nil else { return [] }
    return try publishedOutputs.filter { $0.models.contains(model.card.name) }.map { known in
      let missing = known.pictures.filter { picture in
        !FileManager.default.fileExists(atPath: (folder ?? "") + "/" + picture.file)
      }
      guard let folder, missing.isEmpty else {
        let first = missing.first ?? known.pictures[0]
        return Finding(
          what: "authors' numbers", verdict: .unknown,
          detail:
            "to compare, put \(known.pictures.map(\.file).joined(separator: ", ")) in a folder "
            + "(\(first.origin)) and add --pictures FOLDER")
      }
      let pixels = try known.pictures.flatMap {
        model.card.preprocessing(try Picture(contentsOf: folder + "/" + $0.file))
      }
      let images = try model.embed(pixels: pixels, count: known.pictures.count)
      let texts = try model.embed(texts: known.texts)
      let ours =
        known.kind == .cosines
        ? texts.map { row in images.map { dot(row, $0) } }
        : images.map { image in softmax(texts.map { dot($0, image) * scale }) }
      let largest = zip(ours.joined(), known.numbers.joined()).map { abs($0 - $1) }.max() ?? 0
      return Finding(
        what: "authors' numbers", verdict: largest <= known.tolerance ? .fine : .wrong,
        detail: "largest difference \(largest) from \(known.source)")
    }
  }

  private var scale: Float { Float(model.encoder.scale.item) }

  private func dot(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func softmax(_ numbers: [Float]) -> [Float] {
    let largest = numbers.max() ?? 0
    let powers = numbers.map { Float(Foundation.exp(Double($0 - largest))) }
    return powers.map { $0 / powers.reduce(0, +) }
  }
}
