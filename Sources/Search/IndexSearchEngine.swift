import Foundation

/// Searches one index with the model that made it.
package struct IndexSearchEngine: SearchEngine {
  /// The most characters of a text that are read.
  package static let longestText = 2000
  /// The largest picture file that is handed out, in bytes.
  package static let largestPicture = 256 << 20

  /// Shrinks a picture file to at most so many pixels a side.
  package typealias Shrinker = @Sendable (_ file: [UInt8], _ longestSide: Int) throws -> PictureFile

  package let index: SearchIndex
  private let embedder: any Embedder
  private let shrinker: Shrinker?

  /// Joins an index and a model.
  ///
  /// - Throws: ``IndexError/otherModel(folder:index:asked:)`` if they do not belong together.
  package init(
    index: SearchIndex, embedder: any Embedder, shrinker: Shrinker? = nil
  ) throws(IndexError) {
    let model = IndexedModel(name: embedder.modelName, id: embedder.modelID)
    try index.requireModel(model, width: embedder.width)
    self.index = index
    self.embedder = embedder
    self.shrinker = shrinker
  }

  package var info: SearchInfo {
    SearchInfo(
      modelName: index.manifest.model.name, count: index.count, width: index.manifest.width,
      languages: index.manifest.languages, version: index.manifest.fingerprint)
  }

  package func search(_ request: SearchRequest) async throws -> SearchAnswer {
    guard SearchRequest.limits.contains(request.limit) else {
      throw SearchError.limitOutOfRange(request.limit, allowed: SearchRequest.limits)
    }
    let clock = ContinuousClock()
    let start = clock.now
    let (vector, readings) = try await embedding(of: request.operands)
    let embedded = clock.now
    let hits = try index.search(
      vector, limit: request.limit, where: request.filter, language: request.language)
    return SearchAnswer(
      hits: hits, readings: readings, embeddingTime: (embedded - start) / .seconds(1),
      scanningTime: (clock.now - embedded) / .seconds(1))
  }

  /// The weighted sum of the parts' embeddings, of length one, and how its texts were taken.
  package func embedding(of operands: [SearchRequest.Operand]) async throws -> (
    vector: [Float], readings: [TextReading]
  ) {
    var texts: [Query] = []
    var pictures: [[UInt8]] = []
    for operand in operands {
      guard operand.weight.isFinite else { throw SearchError.badWeight(operand.weight) }
      switch operand.content {
      case .text(let query): texts.append(try Self.checked(query))
      case .picture(let bytes): pictures.append(try Self.checked(bytes))
      case .indexed: break
      }
    }
    guard !operands.isEmpty else { throw SearchError.emptyQuery }
    let embeddedTexts = texts.isEmpty ? [] : try await embedder.embed(texts: texts)
    var ofPictures = pictures.isEmpty ? [] : try await embedder.embed(pictures: pictures)[...]
    var ofTexts = embeddedTexts.map(\.vector)[...]
    guard ofTexts.count == texts.count, ofPictures.count == pictures.count else {
      throw SearchError.badEmbedding(reason: "there are more or fewer than asked for")
    }
    var sum = [Float](repeating: 0, count: index.manifest.width)
    for operand in operands {
      let vector =
        switch operand.content {
        case .text: ofTexts.removeFirst()
        case .picture: ofPictures.removeFirst()
        case .indexed(let row): try index.vector(at: row)
        }
      guard vector.count == sum.count else {
        throw SearchError.wrongWidth(expected: sum.count, found: vector.count)
      }
      guard let unit = unitVector(vector) else {
        throw SearchError.badEmbedding(reason: "it is zero or not finite")
      }
      for place in sum.indices { sum[place] += operand.weight * unit[place] }
    }
    // What is left after parts of equal size cancelled each other is rounding.
    let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let weights = operands.reduce(0) { $0 + abs($1.weight) }
    guard weights > 0, length > 1e-5 * weights, let unit = unitVector(sum) else {
      throw SearchError.cancelledOut
    }
    return (unit, embeddedTexts.map(\.reading))
  }

  private static func checked(_ query: Query) throws(SearchError) -> Query {
    guard query.text.contains(where: { !$0.isWhitespace }) else { throw .emptyQuery }
    let length = query.text.unicodeScalars.count
    guard length <= longestText else { throw .textTooLong(characters: length, most: longestText) }
    return query
  }

  private static func checked(_ picture: [UInt8]) throws(SearchError) -> [UInt8] {
    guard !picture.isEmpty else { throw .unreadablePicture(reason: "the file is empty") }
    guard PictureFormat(of: picture) != nil else {
      throw .unreadablePicture(reason: "it is not a picture file of a known format")
    }
    return picture
  }

  package func picture(of id: Int, longestSide: Int?) async throws -> PictureFile {
    guard let entry = try index.entry(at: id) else { throw SearchError.unknownPicture(id: id) }
    let path = entry.location.path
    guard let bytes = Self.read(entry.location), let format = PictureFormat(of: bytes) else {
      throw SearchError.pictureFileMissing(id: id, path: path)
    }
    // What cannot be shrunk, the browser may still be able to show.
    if let longestSide, let small = try? shrinker?(bytes, longestSide) { return small }
    return PictureFile(bytes: bytes, mediaType: format.mediaType)
  }

  private static func read(_ location: IndexedLocation) -> [UInt8]? {
    let file = try? FileHandle(forReadingFrom: URL(fileURLWithPath: location.path))
    guard let file else { return nil }
    defer { try? file.close() }
    do {
      switch location {
      case .file:
        return try file.read(upToCount: largestPicture + 1).flatMap {
          $0.count <= largestPicture ? Array($0) : nil
        }
      case .part(_, let offset, let length):
        guard offset >= 0, length > 0, length <= largestPicture else { return nil }
        try file.seek(toOffset: UInt64(offset))
        return try file.read(upToCount: length).flatMap { $0.count == length ? Array($0) : nil }
      }
    } catch {
      return nil
    }
  }
}
