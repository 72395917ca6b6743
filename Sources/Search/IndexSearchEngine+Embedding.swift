import Vectors

extension IndexSearchEngine {
  /// A request's parts as vectors.
  struct EmbeddedQuery {
    /// The weighted sum of the parts, of length one.
    var vector: [Float]
    /// The vector of each operand, of length one.
    var parts: VectorRows
    /// How the texts were taken, in their order.
    var readings: [TextReading]
  }

  /// Embeds the operands, brings each to length one, and adds them by their weights.
  ///
  /// - Throws: ``SearchError``
  func embed(_ operands: [SearchRequest.Operand]) async throws -> EmbeddedQuery {
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
    var parts = VectorRows(width: store.dimensions)
    var embedded = EmbeddedTexts(vectors: parts, readings: [], tokenCount: 0)
    if !texts.isEmpty { embedded = try await embed(texts) }
    let ofPictures = pictures.isEmpty ? parts : try await embedder.embed(pictures: pictures)
    guard ofPictures.count == pictures.count else {
      throw SearchError.badEmbedding(reason: "their number differs from that of the inputs")
    }
    var stored = try await storedVectors(of: operands)[...]
    var (text, picture) = (0, 0)
    for operand in operands {
      switch operand.content {
      case .text:
        parts.append(try unit(embedded.vectors[text]))
        text += 1
      case .picture:
        parts.append(try unit(ofPictures[picture]))
        picture += 1
      case .indexed: parts.append(try unit(stored.removeFirst()[...]))
      }
    }
    // Only the ratios of weights count; as they are, sums of large ones would not be finite.
    let largest = operands.reduce(0) { max($0, abs($1.weight)) }
    let shares = operands.map { largest > 0 ? $0.weight / largest : 0 }
    var sum = [Float](repeating: 0, count: store.dimensions)
    for (share, part) in zip(shares, parts) {
      for (place, number) in part.enumerated() { sum[place] += share * number }
    }
    // What is left after equal parts cancelled each other is the rounding of vectors kept in halves.
    let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let weights = shares.reduce(0) { $0 + abs($1) }
    guard weights > 0, length > 1e-3 * weights, let vector = unitVector(sum[...]) else {
      throw SearchError.cancelledOut
    }
    return EmbeddedQuery(vector: vector, parts: parts, readings: embedded.readings)
  }

  /// The vectors of the operands that are pictures of the index, in their order.
  private func storedVectors(of operands: [SearchRequest.Operand]) async throws -> [[Float]] {
    let rows = operands.compactMap { operand in
      if case .indexed(let row) = operand.content { row } else { nil }
    }
    guard !rows.isEmpty else { return [] }
    let names = try metadata.ids(at: rows)
    let ids = try rows.map { row in
      guard let id = names[row] else { throw SearchError.unknownPicture(id: row) }
      return id
    }
    return try zip(rows, try await store.vectors(of: ids)).map { row, vector in
      guard let vector else { throw SearchError.unknownPicture(id: row) }
      return vector
    }
  }

  /// Embeds texts that were checked.
  func embed(_ texts: [Query]) async throws -> EmbeddedTexts {
    let embedded = try await embedder.embed(texts: texts)
    guard embedded.vectors.count == texts.count, embedded.readings.count == texts.count else {
      throw SearchError.badEmbedding(reason: "their number differs from that of the inputs")
    }
    return embedded
  }

  /// A model's vector as the index compares them.
  func unit(_ vector: ArraySlice<Float>) throws(SearchError) -> [Float] {
    guard vector.count == store.dimensions else {
      throw .wrongWidth(expected: store.dimensions, found: vector.count)
    }
    guard let unit = unitVector(vector) else {
      throw .badEmbedding(reason: "it is zero or not finite")
    }
    return unit
  }

  static func checked(_ query: Query) throws(SearchError) -> Query {
    guard !query.isBlank else { throw .emptyQuery }
    let length = query.text.unicodeScalars.count
    guard length <= longestText else { throw .textTooLong(characters: length, most: longestText) }
    return query
  }

  static func checked(_ picture: [UInt8]) throws(SearchError) -> [UInt8] {
    guard !picture.isEmpty else { throw .unreadablePicture(reason: "the file is empty") }
    return picture
  }
}
