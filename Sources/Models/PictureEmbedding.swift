import Files
package import Vectors

/// Pictures that went through the network together, and those beside them that cannot be read.
package struct PictureBatch<Note: Sendable>: Sendable {
  /// The numbers of the pictures that have a vector, among all asked for; ascending.
  package var places: [Int] = []
  /// What was noted of each of these while it was decoded.
  package var notes: [Note] = []
  /// The vector of each of these, of length one.
  package var vectors: VectorRows
  /// The pictures that cannot be read, and why.
  package var failures: [(place: Int, error: any Error)] = []
  /// How many of all pictures are done, these included.
  package let done: Int
}

/// Embeds pictures batch by batch, in order: while the network computes a batch, other threads decode
/// the next one.
///
/// No more than two batches of decoded pictures are in memory: the one in the network and the next.
/// A picture that cannot be read is named in its batch, and the others are still embedded.
///
/// - Parameters:
///   - count: How many pictures there are.
///   - width: How many numbers an embedding has.
///   - batch: Pictures that go through the network at once, at most.
///   - decode: The pixels of a picture by its number, as the network takes them, and a note on it;
///     called once for each, from any thread.
///   - network: Embeds a batch on the caller's thread, from the pixels of its pictures, one after
///     another, and their places and notes.
///   - each: Called after every batch; return false to stop.
/// - Throws: What `network` and `each` throw; `CancellationError` if the task was cancelled. Nothing
///   is decoded any more when this returns or throws.
package func embedPictures<Note: Sendable>(
  _ count: Int, width: Int, batch size: Int = 64,
  decoding decode: @escaping @Sendable (Int) throws -> (pixels: [Float], note: Note),
  network: (_ pixels: [Float], PictureBatch<Note>) throws -> VectorRows,
  each: (PictureBatch<Note>) throws -> Bool
) throws {
  let batches = (count + size - 1) / size
  let decoded = Lookahead(0..<batches, depth: 1) { number in
    DecodedBatch(number * size..<min((number + 1) * size, count), width: width, decode)
  }
  defer { decoded.stop() }
  for _ in 0..<batches {
    try Task.checkCancellation()
    let next = decoded.next()
    var batch = next.batch
    if !batch.places.isEmpty { batch.vectors = try network(next.pixels, batch) }
    guard try each(batch) else { return }
  }
}

/// A batch before it goes through the network.
private struct DecodedBatch<Note: Sendable>: Sendable {
  var batch: PictureBatch<Note>
  /// Of its pictures, one after another.
  var pixels: [Float] = []

  /// Decodes on all cores.
  init(
    _ places: Range<Int>, width: Int,
    _ decode: @Sendable (Int) throws -> (pixels: [Float], note: Note)
  ) {
    batch = PictureBatch(vectors: VectorRows(width: width), done: places.upperBound)
    let outcomes = concurrentMap(places.count) { index in
      Result { try decode(places.lowerBound + index) }
    }
    for (place, outcome) in zip(places, outcomes) {
      switch outcome {
      case .success(let picture):
        batch.places.append(place)
        batch.notes.append(picture.note)
        pixels += picture.pixels
      case .failure(let error): batch.failures.append((place, error))
      }
    }
  }
}
