/// How far the building of an index is.
package struct IndexProgress: Sendable, Equatable {
  /// Pictures that are in the index so far.
  package var done: Int
  /// How many of them needed no new embedding.
  package var reused: Int
  /// Pictures left out, since there is no embedding of them.
  package var skipped: Int
}

extension IndexBuilder {
  /// Adds pictures batch by batch, embedding only those that no earlier build has.
  ///
  /// - Parameters:
  ///   - entries: The pictures, each once.
  ///   - batch: How many pictures are embedded at a time.
  ///   - embed: Makes the vectors of a batch; nil leaves a picture out.
  ///   - progress: Called after each batch.
  /// - Returns: What was done in all.
  /// - Throws: ``IndexError``, what `embed` throws, and `CancellationError` when the task was
  ///   cancelled; the same build can be gone on with afterwards.
  @discardableResult
  nonisolated(nonsending) package func add(
    _ entries: some Sequence<IndexEntry>, batch: Int = 64,
    embed: nonisolated(nonsending) ([IndexEntry]) async throws -> [[Float]?],
    progress: (IndexProgress) -> Void = { _ in }
  ) async throws -> IndexProgress {
    let batch = max(1, batch)
    var state = IndexProgress(done: count, reused: reusedCount, skipped: 0)
    var entries = entries.makeIterator()
    var next = entries.next()
    while next != nil {
      var waiting: [IndexEntry] = []
      var offered = 0
      while let entry = next, waiting.count < batch, offered < 16 * batch {
        if try !reuses(entry) { waiting.append(entry) }
        offered += 1
        next = entries.next()
      }
      if !waiting.isEmpty {
        let vectors = try await embed(waiting)
        guard vectors.count == waiting.count else {
          throw IndexError.badSettings(
            reason: "\(waiting.count) pictures got \(vectors.count) vectors")
        }
        let kept = zip(waiting, vectors).compactMap { entry, vector in vector.map { (entry, $0) } }
        try add(kept.map(\.0), vectors: kept.map(\.1))
        state.skipped += waiting.count - kept.count
      }
      (state.done, state.reused) = (count, reusedCount)
      progress(state)
      try Task.checkCancellation()
    }
    return state
  }
}
