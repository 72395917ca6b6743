/// The embeddings of a set of pictures, and of their captions in every language.
///
/// The pictures are embedded once and serve all languages. A caption is a query on its own; a
/// picture without a caption in a language is simply not asked about in that language.
package struct RetrievalData: Sendable {
  /// The number of values in an embedding.
  package let width: Int

  /// The pictures' embeddings, each of length one, `[pictures, width]`.
  package let images: [Float]

  /// A name for each picture, for reports.
  package let imageIDs: [String]

  /// The concept of each picture: pictures with the same number are equally right answers.
  package let imageConcepts: [Int]

  /// The captions, one entry a language.
  package let languages: [LanguageCaptions]

  /// Puts the embeddings of a set together.
  ///
  /// Stops the program if the arrays do not fit each other, as an index out of range does.
  package init(
    width: Int, images: [Float], imageIDs: [String], imageConcepts: [Int],
    languages: [LanguageCaptions]
  ) {
    let count = imageIDs.count
    precondition(width > 0, "embeddings need a width of at least 1, not \(width)")
    precondition(
      images.count == count * width,
      "\(count) pictures of width \(width) need \(count * width) values, not \(images.count)")
    precondition(
      imageConcepts.count == count, "\(count) pictures but \(imageConcepts.count) concepts")
    for language in languages {
      precondition(
        language.embeddings.count == language.texts.count * width,
        "\(language.language): \(language.texts.count) captions of width \(width) need "
          + "\(language.texts.count * width) values, not \(language.embeddings.count)")
      precondition(
        language.imageIndices.allSatisfy { 0..<count ~= $0 },
        "\(language.language): a caption belongs to a picture outside 0..<\(count)")
    }
    self.width = width
    self.images = images
    self.imageIDs = imageIDs
    self.imageConcepts = imageConcepts
    self.languages = languages
  }
}

/// The captions of one language with their embeddings.
///
/// Callers leave out blank captions, and never replace them by another language.
package struct LanguageCaptions: Sendable {
  /// The BCP 47 tag.
  package let language: String

  /// The captions as they were embedded.
  package let texts: [String]

  /// Their embeddings, each of length one, `[captions, width]`.
  package let embeddings: [Float]

  /// For each caption the picture it belongs to.
  package let imageIndices: [Int]

  /// Puts the captions of a language together.
  package init(language: String, texts: [String], embeddings: [Float], imageIndices: [Int]) {
    precondition(
      texts.count == imageIndices.count,
      "\(language): \(texts.count) captions but \(imageIndices.count) pictures for them")
    self.language = language
    self.texts = texts
    self.embeddings = embeddings
    self.imageIndices = imageIndices
  }
}
