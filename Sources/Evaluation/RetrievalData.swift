package import Vectors

/// The embeddings of a set of pictures, and of their captions in every language.
///
/// The pictures are embedded once and serve all languages. A caption is a query on its own; a
/// picture without a caption in a language is simply not asked about in that language.
package struct RetrievalData: Sendable {
  /// The pictures' embeddings, each of length one.
  package let images: VectorRows

  /// A name for each picture, for reports.
  package let imageIDs: [String]

  /// The concept of each picture: pictures with the same number are equally right answers.
  package let imageConcepts: [Int]

  /// The captions, one entry a language.
  package let languages: [LanguageCaptions]

  /// The number of values in an embedding.
  var width: Int { images.width }

  /// Puts the embeddings of a set together.
  ///
  /// Stops the program if the arrays do not fit each other, as an index out of range does.
  package init(
    images: VectorRows, imageIDs: [String], imageConcepts: [Int],
    languages: [LanguageCaptions]
  ) {
    let count = imageIDs.count
    precondition(images.count == count, "\(images.count) vectors for \(count) pictures")
    precondition(
      imageConcepts.count == count, "\(count) pictures but \(imageConcepts.count) concepts")
    for language in languages {
      precondition(
        language.embeddings.width == images.width,
        "\(language.language): captions of width \(language.embeddings.width), but pictures of "
          + "\(images.width)")
      precondition(
        language.imageIndices.allSatisfy { 0..<count ~= $0 },
        "\(language.language): a caption belongs to a picture outside 0..<\(count)")
    }
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

  /// Their embeddings, each of length one.
  package let embeddings: VectorRows

  /// For each caption the picture it belongs to.
  package let imageIndices: [Int]

  /// Puts the captions of a language together.
  ///
  /// Stops the program if the arrays do not fit each other.
  package init(language: String, texts: [String], embeddings: VectorRows, imageIndices: [Int]) {
    precondition(
      embeddings.count == texts.count,
      "\(language): \(embeddings.count) vectors for \(texts.count) captions")
    precondition(
      texts.count == imageIndices.count,
      "\(language): \(texts.count) captions but \(imageIndices.count) pictures for them")
    self.language = language
    self.texts = texts
    self.embeddings = embeddings
    self.imageIndices = imageIndices
  }
}
