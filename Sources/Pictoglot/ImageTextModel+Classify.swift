import Corpora
import Languages
import Models
package import Search
import Towers
import Vectors

/// How well a label fits a picture.
public struct LabelProbability: Sendable, Equatable {
  /// As it was asked, without blanks around it.
  public let label: String
  /// From 0 to 1. Of most models the probabilities of all labels add up to one: they say which label
  /// fits best, not whether any fits. Models of the SigLIP kind ask each label on its own.
  public let probability: Float
  /// The cosine of picture and label, from −1 to 1.
  public let similarity: Float
}

extension ImageTextModel {
  /// Which of the labels a picture shows, the likeliest first.
  ///
  ///     let model = try await ImageTextModel("run")
  ///     let answers = try await model.classify(pictureFile: "cat.jpg", as: ["고양이", "강아지"])
  ///     print(answers[0].label, answers[0].probability)
  ///
  /// - Parameters:
  ///   - labels: Words or sentences in any language that the model has learned.
  ///   - language: Their BCP 47 tag; detected if nil.
  ///   - templates: What each label is put into.
  /// - Throws: An error that names the file, label, template or language, and what is wrong with it.
  public func classify(
    pictureFile path: String, as labels: [String], language: String? = nil,
    templates: Templates = .usual
  ) async throws -> [LabelProbability] {
    // First, as a picture is sooner decoded than hundreds of labels are read.
    let picture = try embed(pictureFile: path)
    return try await classify(picture, as: labels, language: language, templates: templates)
  }

  /// Which of the labels the picture in a file's bytes shows, the likeliest first.
  ///
  /// - Throws: An error that says what is wrong with picture, label, template or language.
  public func classify(
    picture bytes: [UInt8], as labels: [String], language: String? = nil,
    templates: Templates = .usual
  ) async throws -> [LabelProbability] {
    let picture = try embed(picture: bytes)
    return try await classify(picture, as: labels, language: language, templates: templates)
  }

  private func classify(
    _ picture: Embedding, as labels: [String], language: String?, templates: Templates
  ) async throws -> [LabelProbability] {
    let tag = try language.map { tag throws(LanguageTagError) in try LanguageTag(tag) }
    let names = try LabelList(labels, language: tag).languages[0]
    let embedded = try await embed(
      labels: names.labels.map { Query($0, language: tag) }, templates: templates)
    let cosines = try embedded.cosines(
      of: VectorRows(picture.values, width: width))
    let probabilities = model.likelihood.probabilities(of: cosines[...])
    return cosines.indices.sorted { (cosines[$1], $0) < (cosines[$0], $1) }.map {
      LabelProbability(
        label: names.labels[$0], probability: probabilities[$0], similarity: cosines[$0])
    }
  }
}

extension ImageTextModel {
  /// What cosines are multiplied with before they become probabilities, as the model learned it.
  package var scale: Double { model.likelihood.scale }
}

extension ImageTextModel: PictureClassifier {
  package func classify(picture: [UInt8], labels: [Query], template: String?) async throws
    -> LabelReply
  {
    do {
      let names = try LabelList(labels.map(\.text)).languages[0].labels
      let queries = zip(names, labels).map { Query($0, language: $1.language) }
      let templates = template.map { Templates.own([$0]) } ?? .usual
      let embedded = try await embed(labels: queries, templates: templates)
      let cosines = try embedded.cosines(of: try await embed(pictures: [picture]))
      let likelihood = model.likelihood
      let probabilities = likelihood.probabilities(of: cosines[...])
      return LabelReply(
        scores: cosines.indices.map {
          LabelScore(
            label: names[$0], language: embedded.readings[$0].language, similarity: cosines[$0],
            probability: probabilities[$0])
        }, readings: embedded.readings, isExclusive: likelihood.scoring == .softmax)
    } catch let error as LabelListError {
      throw SearchError.noClassification(reason: "\(error)")
    } catch let error as PromptTemplateError {
      throw SearchError.noClassification(reason: "\(error)")
    }
  }
}
