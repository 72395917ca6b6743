import Files
package import Languages
import Pictures
package import Search

/// Pictures that are found by texts of any language, by other pictures, and by mixtures of both.
///
///     import Pictoglot
///
///     let index = try await PictureIndex("photos.index")
///     for hit in try await index.search("빨간 사과") {
///       print(hit.name, hit.score)
///     }
///
/// `pictoglot index` makes one. It may be asked from any number of tasks at once.
public struct PictureIndex: Sendable {
  /// The model that made the index and embeds what is asked.
  public let model: ImageTextModel
  package let searched: SearchIndex
  package let engine: IndexSearchEngine

  /// The number of pictures.
  public var count: Int { searched.count }
  /// The languages of the pictures' captions as BCP 47 tags, the most frequent first.
  public var languages: [String] { engine.info.languages }

  /// Opens an index with the model that made it.
  ///
  /// - Parameters:
  ///   - path: The index's folder.
  ///   - model: The model's folder or name, if it is no longer where the index says.
  ///   - sides: The sides of the model that will be asked; the others take no memory.
  ///   - device: `cpu`, `cuda`, `cuda:N`, `mps`, or `auto` for the fastest there is.
  /// - Throws: An error whose description names the folder and what is wrong with it.
  public init(
    _ path: String, model: String? = nil, sides: ImageTextModel.Sides = .both,
    device: String = "auto"
  ) async throws {
    searched = try SearchIndex(opening: path)
    self.model = try await ImageTextModel(
      try model ?? ModelNote.read(from: path), sides: sides, device: device)
    engine = try IndexSearchEngine(
      index: searched, embedder: self.model, pictures: ReadPictures())
  }

  /// Finds the pictures nearest to a text.
  ///
  /// - Parameters:
  ///   - language: The text's language as a BCP 47 tag; it is detected where a model needs it.
  ///   - limit: The most pictures to find, at most 500.
  /// - Throws: An error that says what cannot be asked, or why it cannot be answered.
  public func search(
    _ text: String, language: String? = nil, limit: Int = 10
  ) async throws -> PictureHits {
    let language = try language.map { try LanguageTag(asked: $0) }
    return PictureHits(
      answer: try await engine.search(SearchRequest(text: text, language: language, limit: limit)))
  }

  /// Finds the pictures nearest to one in a file.
  ///
  /// - Parameters:
  ///   - limit: The most pictures to find, at most 500.
  /// - Throws: An error that names the file and says why it is not a picture that can be read.
  public func search(pictureFile path: String, limit: Int = 10) async throws -> PictureHits {
    let picture = SearchRequest.Operand(.picture(try bytes(ofFile: path)), file: path)
    return PictureHits(
      answer: try await engine.search(SearchRequest(operands: [picture], limit: limit)))
  }

  /// Finds the pictures nearest to a sum of pictures and texts.
  ///
  ///     try await index.analogy([.plus(pictureFile: "apple.jpg"), .minus("red"), .plus("green")])
  ///
  /// Each term's embedding is brought to length one, weighted and added; then the sum is brought to
  /// length one. The pictures among the terms are left out of what is found.
  ///
  /// - Parameters:
  ///   - language: The language of texts that name none, as a BCP 47 tag.
  ///   - limit: The most pictures to find, at most 500.
  /// - Throws: An error that says what cannot be asked, such as terms that cancel each other out.
  /// - Source: Ko, Gu 2022, “Large-scale Bilingual Language-Image Contrastive Learning” (KELIP),
  ///   arXiv:2203.14463, “multimodal feature analogy”.
  public func analogy(
    _ terms: [QueryTerm], language: String? = nil, limit: Int = 10
  ) async throws -> PictureHits {
    let language = try language.map { try LanguageTag(asked: $0) }
    let operands = try terms.map { try operand(of: $0, language: language) }
    return PictureHits(
      answer: try await engine.search(
        SearchRequest(
          operands: operands, limit: limit, language: language, leavesOutItsPictures: true)))
  }

  /// Ranks all pictures by one concept in several languages, and compares the rankings.
  ///
  ///     let lens = try await index.lens(["사과", "apple"], languages: ["ko", "en"])
  ///     print(lens.agreement(0, 1)?.shared ?? 0, "of the first ten are the same")
  ///
  /// - Parameters:
  ///   - texts: Two to eight texts.
  ///   - languages: None, or the BCP 47 tag of each text; nil is detected where a model needs it.
  ///   - top: How many of the first pictures are shown and compared, at most 500.
  /// - Throws: An error that says what cannot be asked.
  public func lens(
    _ texts: [String], languages: [String?] = [], top: Int = 10
  ) async throws -> LanguageLens {
    let queries = try texts.enumerated().map { place, text in
      let language = place < languages.count ? languages[place] : nil
      return Query(text, language: try language.map { try LanguageTag(asked: $0) })
    }
    return LanguageLens(
      comparison: try await engine.lens(ComparisonRequest(texts: queries, limit: top)))
  }

  /// A term as the engine takes it.
  package func operand(
    of term: QueryTerm, language: LanguageTag? = nil
  ) throws -> SearchRequest.Operand {
    switch term.content {
    case .text(let text, let own):
      let named = try own.map { try LanguageTag(asked: $0) }
      return SearchRequest.Operand(
        .text(Query(text, language: named ?? language)), weight: term.weight)
    case .file(let path):
      return SearchRequest.Operand(
        .picture(try bytes(ofFile: path)), weight: term.weight, file: path)
    case .name(let name):
      return SearchRequest.Operand(.indexed(try row(named: name)), weight: term.weight)
    }
  }

  private func row(named name: String) throws -> Int {
    guard let row = try searched.metadata.row(named: name) else {
      throw PictureIndexError.unknownName(name, index: searched.folder)
    }
    return row
  }

  private func bytes(ofFile path: String) throws(PictureIndexError) -> [UInt8] {
    do throws(FileError) { return try readFile(path) } catch { throw .file(error) }
  }
}

/// Hands out what `Pictures` reads, and makes it smaller as JPEG.
private struct ReadPictures: PictureFormats {
  func mediaType(of file: [UInt8]) -> String? { PictureFormat(sniffing: file)?.mediaType }

  func shrunk(_ file: [UInt8], to longestSide: Int) -> PictureFile? {
    guard let picture = try? Picture(decoding: file).fitted(in: longestSide),
      let jpeg = try? picture.jpeg(quality: 85)
    else { return nil }
    return PictureFile(bytes: jpeg, mediaType: "image/jpeg")
  }
}
