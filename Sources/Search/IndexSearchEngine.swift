import Files
import Languages

/// Searches pictures with the model that embedded them: finds vectors in any store, and says what is
/// known of them.
package struct IndexSearchEngine: SearchEngine {
  /// The most characters of a text that are read.
  package static let longestText = 2000
  /// The largest picture file that is handed out, in bytes.
  package static let largestPicture = 256 << 20

  let store: any VectorStore
  package let metadata: MetadataStore
  package let info: SearchInfo
  let embedder: any Embedder
  let pictures: any PictureFormats

  /// Joins a store, what is known of its pictures, and a model.
  ///
  /// - Parameters:
  ///   - store: The pictures' vectors; an id is a picture's name.
  ///   - metadata: A record for each.
  ///   - info: What is searched, for those who ask.
  /// - Throws: ``IndexError/otherWidth(folder:index:asked:)`` if the model's vectors have other
  ///   dimensions than the store's.
  package init(
    store: any VectorStore, metadata: MetadataStore, info: SearchInfo, embedder: any Embedder,
    pictures: any PictureFormats
  ) throws(IndexError) {
    guard store.dimensions == embedder.width else {
      throw .otherWidth(folder: store.name, index: store.dimensions, asked: embedder.width)
    }
    self.store = store
    self.metadata = metadata
    self.info = info
    self.embedder = embedder
    self.pictures = pictures
  }

  /// Joins an index and a model.
  ///
  /// - Throws: ``IndexError/otherModel(folder:index:asked:)`` if they do not belong together.
  package init(
    index: SearchIndex, embedder: any Embedder, pictures: any PictureFormats
  ) throws(IndexError) {
    let model = IndexedModel(name: embedder.modelName, id: embedder.modelID)
    try index.requireModel(model, width: embedder.width)
    try self.init(
      store: index.store, metadata: index.metadata, info: index.info, embedder: embedder,
      pictures: pictures)
  }

  package func search(_ request: SearchRequest) async throws -> SearchAnswer {
    guard SearchRequest.limits.contains(request.limit) else {
      throw SearchError.limitOutOfRange(request.limit, allowed: SearchRequest.limits)
    }
    let clock = ContinuousClock()
    let start = clock.now
    let query = try await embed(request.operands)
    let embedded = clock.now
    let leftOut =
      request.leavesOutItsPictures ? try await ownPictures(of: request.operands, query) : []
    let rows = Set(leftOut.map(\.id))
    let nearest = try await store.nearest(
      to: query.vector, limit: request.limit + rows.count, among: candidates(request.filter))
    let hits = try hits(for: nearest, language: request.language).filter { !rows.contains($0.id) }
    return SearchAnswer(
      hits: Array(hits.prefix(request.limit)), readings: query.readings, leftOut: leftOut,
      embeddingTime: (embedded - start) / .seconds(1),
      scanningTime: (clock.now - embedded) / .seconds(1))
  }

  private func candidates(_ filter: SearchFilter) throws(IndexError) -> Candidates {
    if filter.isEmpty { return .all }
    if store.abilities.readsFilters { return .matching(filter) }
    return .these(try metadata.ids(passing: filter))
  }

  /// What is known of pictures that were found, with their captions in `language` where they have one.
  func hits(
    for neighbours: [StoredNeighbour], language: LanguageTag?
  ) throws(IndexError) -> [Hit] {
    let choice = CaptionChoice(asked: language)
    let records = try metadata.records(
      of: neighbours.map(\.id), languages: choice.languages)
    var hits: [Hit] = []
    for neighbour in neighbours {
      guard let record = records[neighbour.id] else {
        throw metadata.hasNoRecord(of: "picture “\(neighbour.id)”")
      }
      hits.append(
        Hit(
          id: record.row, score: neighbour.score, entry: record.entry,
          caption: choice.caption(of: record.entry)))
    }
    return hits
  }

  package func picture(of id: Int, longestSide: Int?) async throws -> PictureFile {
    guard let entry = try metadata.entry(at: id) else { throw SearchError.unknownPicture(id: id) }
    let path = entry.location.path
    guard let bytes = Self.read(entry.location), let type = pictures.mediaType(of: bytes) else {
      throw SearchError.pictureFileMissing(id: id, path: path)
    }
    // What cannot be shrunk, the browser may still be able to show.
    if let longestSide, let small = pictures.shrunk(bytes, to: longestSide) { return small }
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
