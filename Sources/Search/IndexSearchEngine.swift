import Files

/// Searches one index with the model that made it.
package struct IndexSearchEngine: SearchEngine {
  /// The most characters of a text that are read.
  package static let longestText = 2000
  /// The largest picture file that is handed out, in bytes.
  package static let largestPicture = 256 << 20

  /// Shrinks a picture file to at most so many pixels a side.
  package typealias Shrinker = @Sendable (_ file: [UInt8], _ longestSide: Int) throws -> PictureFile

  /// Tells the media type of a picture file, such as `image/png`; nil if it is none.
  package typealias MediaType = @Sendable (_ file: [UInt8]) -> String?

  package let index: SearchIndex
  let embedder: any Embedder
  private let mediaType: MediaType
  private let shrinker: Shrinker?

  /// Joins an index and a model.
  ///
  /// - Parameters:
  ///   - mediaType: What tells pictures that may be handed out from other files.
  ///   - shrinker: What makes small pictures of large ones; nil hands them out as they are.
  /// - Throws: ``IndexError/otherModel(folder:index:asked:)`` if they do not belong together.
  package init(
    index: SearchIndex, embedder: any Embedder, mediaType: @escaping MediaType,
    shrinker: Shrinker? = nil
  ) throws(IndexError) {
    let model = IndexedModel(name: embedder.modelName, id: embedder.modelID)
    try index.requireModel(model, width: embedder.width)
    self.index = index
    self.embedder = embedder
    self.mediaType = mediaType
    self.shrinker = shrinker
  }

  /// The same for the index that is committed in the folder now.
  func reopened() throws(IndexError) -> IndexSearchEngine {
    try IndexSearchEngine(
      index: SearchIndex(opening: index.folder), embedder: embedder, mediaType: mediaType,
      shrinker: shrinker)
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
    let query = try await embed(request.operands)
    let embedded = clock.now
    let leftOut = request.leavesOutItsPictures ? try ownPictures(of: request.operands, query) : []
    let rows = Set(leftOut.map(\.id))
    let hits = try index.search(
      query.vector, limit: request.limit + rows.count, where: request.filter,
      language: request.language
    ).filter { !rows.contains($0.id) }
    return SearchAnswer(
      hits: Array(hits.prefix(request.limit)), readings: query.readings, leftOut: leftOut,
      embeddingTime: (embedded - start) / .seconds(1),
      scanningTime: (clock.now - embedded) / .seconds(1))
  }

  package func picture(of id: Int, longestSide: Int?) async throws -> PictureFile {
    guard let entry = try index.entry(at: id) else { throw SearchError.unknownPicture(id: id) }
    let path = entry.location.path
    guard let bytes = Self.read(entry.location), let type = mediaType(bytes) else {
      throw SearchError.pictureFileMissing(id: id, path: path)
    }
    // What cannot be shrunk, the browser may still be able to show.
    if let longestSide, let small = try? shrinker?(bytes, longestSide) { return small }
    return PictureFile(bytes: bytes, mediaType: type)
  }

  static func read(_ location: IndexedLocation) -> [UInt8]? {
    switch location {
    case .file(let path):
      guard let bytes = try? readFile(path, upTo: largestPicture + 1),
        (1...largestPicture).contains(bytes.count)
      else { return nil }
      return bytes
    case .part(let path, let offset, let length):
      guard offset >= 0, length > 0, length <= largestPicture,
        let bytes = try? readFile(path, from: offset, upTo: length), bytes.count == length
      else { return nil }
      return bytes
    }
  }
}
