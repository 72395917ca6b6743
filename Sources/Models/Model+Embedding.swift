package import Languages
import Pictures
import Torch
package import Towers
package import Vectors

extension Model {
  /// A text's ids, treated as this model's authors treated theirs.
  ///
  /// - Parameters:
  ///   - language: The language it is in. A model that needs one detects it if nil.
  /// - Throws: ``ModelError`` if the model has no text tower, or does not know the language.
  package func tokens(of text: String, in language: LanguageTag? = nil) throws(ModelError)
    -> TextReader.Tokenized
  {
    guard let reader else { throw .noTower(model: card.name, side: "texts") }
    do { return try reader.tokens(of: text, in: language) } catch {
      throw .unknownLanguage(model: card.name, reason: error.reason)
    }
  }

  /// Embeddings of texts.
  ///
  /// - Parameters:
  ///   - languages: The language of each text; none or one for each.
  ///   - isScaled: As in ``embed(ids:budget:isScaled:)``.
  /// - Throws: ``ModelError``; ``TorchError`` if libtorch fails, out of memory among others.
  package func embed(
    texts: [String], languages: [LanguageTag?] = [], isScaled: Bool = true
  ) throws -> VectorRows {
    let ids = try texts.enumerated().map { index, text in
      try tokens(of: text, in: index < languages.count ? languages[index] : nil).ids
    }
    return try embed(ids: ids, isScaled: isScaled)
  }

  /// Embeddings of texts whose ids are known (``tokens(of:in:)``).
  ///
  /// Texts of like length go together, so that hardly any padding is computed.
  ///
  /// - Parameters:
  ///   - ids: Of each text, without padding.
  ///   - budget: Tokens that go through the tower at once, padding included.
  ///   - isScaled: Whether they are scaled to length one; else they are as the tower and its
  ///     projection give them, which only teacher learning wants.
  /// - Throws: ``ModelError`` if the vectors are not numbers; ``TorchError`` if libtorch fails, out
  ///   of memory among others.
  package func embed(ids: [[Int32]], budget: Int = 4096, isScaled: Bool = true) throws -> VectorRows
  {
    let length = card.text.paddedLength
    var result = VectorRows(zeros: ids.count, width: encoder.width)
    for rows in Self.batches(ids.map { length ?? max(1, $0.count) }, budget: budget) {
      let batch = TokenBatch(
        rows.map { ids[$0] }, padding: card.text.padding, length: length, on: device)
      let vectors = try computing {
        isScaled
          ? encoder.embed(texts: batch).floats
          : encoder.projected(textFeatures: encoder.textFeatures(of: batch)).to(.float32).floats
      }
      for (row, vector) in zip(rows, vectors) { result[row] = vector }
    }
    return result
  }

  /// Texts in batches of like length: no more than `budget` tokens each, and few of them padding.
  static func batches(_ lengths: [Int], budget: Int) -> [[Int]] {
    var batches: [[Int]] = []
    var batch: [Int] = []
    var tokens = 0
    // Longest first, so that the first batch shows at once whether memory suffices.
    for index in lengths.indices.sorted(by: { (lengths[$0], $1) > (lengths[$1], $0) }) {
      let longest = batch.first.map { lengths[$0] } ?? 0
      let isFull = (batch.count + 1) * longest > budget
      let isWasteful =
        batch.count >= 16 && (longest * (batch.count + 1) - tokens - lengths[index]) * 16 > tokens
      if !batch.isEmpty, isFull || isWasteful {
        batches.append(batch)
        (batch, tokens) = ([], 0)
      }
      batch.append(index)
      tokens += lengths[index]
    }
    return batch.isEmpty ? batches : batches + [batch]
  }

  /// Embeddings of length one of preprocessed pictures.
  ///
  /// - Parameters:
  ///   - pixels: What ``ModelCard/preprocessing`` makes of each picture, one after another.
  ///   - boxes: Marked parts of each picture, in pixels of what preprocessing makes of it, for towers
  ///     that look at parts; others ignore them. For nil such a tower takes even parts.
  /// - Throws: ``ModelError`` if the model has no image tower; ``TorchError`` if libtorch fails.
  package func embed(pixels: [Float], count: Int, boxes: [[ImageBox]?] = []) throws -> VectorRows {
    guard encoder.images != nil else {
      throw ModelError.noTower(model: card.name, side: "pictures")
    }
    let size = card.preprocessing.size
    return try computing {
      let images = Tensor(pixels, shape: [count, 3, size, size]).to(device)
      let isMarked = boxes.contains { $0 != nil }
      return
        (isMarked ? encoder.embed(images: images, boxes: boxes) : encoder.embed(images: images))
        .floats
    }
  }

  /// The vectors that the towers compute, which are refused if they are not numbers: whatever is
  /// made of them would be nonsense.
  func computing(_ body: () -> [Float]) throws -> VectorRows {
    let numbers = try withPrecision(precision, on: device) {
      try withoutGradient { try catchingTorchErrors(body) }
    }
    guard numbers.allSatisfy(\.isFinite) else {
      throw ModelError.notNumbers(model: card.name, tensors: [])
    }
    return VectorRows(numbers, width: encoder.width)
  }

  /// The names of the parameters that are not finite numbers throughout.
  package func damagedParameters() throws -> [String] {
    var names: [String] = []
    for parameter in encoder.parameters {
      let total = try catchingTorchErrors { parameter.value.to(.float32).abs().sum().item }
      if !total.isFinite { names.append(parameter.name) }
    }
    return names
  }
}
