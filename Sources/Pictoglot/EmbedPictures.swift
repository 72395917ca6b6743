package import Corpora
import Files
import Models
import Pictures
import Search
import Towers
package import Vectors

/// The pictures of a corpus as vectors, and which of them could not be read.
package struct EmbeddedPictures: Sendable {
  /// The samples that have a vector.
  package var samples: [Sample] = []
  /// Their places among the samples asked for.
  package var places: [Int] = []
  /// XXH64 of the bytes of their pictures, in hexadecimal.
  package var checksums: [String] = []
  /// Sizes of their pictures, in pixels.
  package var sizes: [(width: Int, height: Int)] = []
  /// One of length one a sample.
  package var vectors: VectorRows
  /// One line for each picture left out.
  package var problems: [String] = []
}

/// What is known of a picture of a corpus when it is decoded.
private struct PictureNote {
  let width, height: Int
  let checksum: String
}

extension ImageTextModel {
  /// Embeds the pictures of `samples`; while the network computes a batch, other threads decode the
  /// next one.
  ///
  /// A picture that cannot be read is named in the result and the others are still processed.
  ///
  /// - Parameters:
  ///   - batch: Pictures that go through the network at once.
  ///   - fast: Whether big JPEGs are decoded only as closely as the model looks
  ///     (``ReducedPicture``): several times as fast, and nearly the same.
  ///   - each: Called after every batch with its vectors; return false to stop.
  /// - Throws: An error if the network fails, out of memory among others; `CancellationError` if the
  ///   task was cancelled.
  package func embed(
    picturesOf samples: [Sample], in corpus: Corpus, batch: Int = 64, fast: Bool = false,
    each: (_ batch: EmbeddedPictures, _ done: Int) throws -> Bool
  ) throws {
    let preprocessing = card.preprocessing
    try embedPictures(samples.count, width: width, batch: batch) { place in
      let bytes = try corpus.bytes(of: samples[place])
      let picture = try ReducedPicture(decoding: bytes, for: preprocessing, isExact: !fast)
      return (
        preprocessing(picture),
        PictureNote(
          width: picture.width, height: picture.height,
          checksum: SentenceVectors.checksum(of: bytes))
      )
    } network: { pixels, batch in
      try model.embed(
        pixels: pixels, count: batch.places.count,
        boxes: boxes(of: batch.places.map { samples[$0] }, batch.notes))
    } each: { batch in
      try each(
        EmbeddedPictures(
          samples: batch.places.map { samples[$0] }, places: batch.places,
          checksums: batch.notes.map(\.checksum),
          sizes: batch.notes.map { ($0.width, $0.height) }, vectors: batch.vectors,
          problems: batch.failures.map { "\(samples[$0.place].id): \($0.error)".printable }),
        batch.done)
    }
  }

  /// Embeds pictures all of which must be readable, or are refused together.
  ///
  /// - Parameter pixels: A picture by its number, preprocessed; called once for each, from any thread.
  /// - Throws: What `pixels` throws; an error if the network fails.
  func embed(
    _ count: Int, pixels: @escaping @Sendable (Int) throws -> [Float]
  ) throws -> VectorRows {
    var vectors = VectorRows(width: width)
    try embedPictures(count, width: width) {
      (try pixels($0), ())
    } network: { pixels, batch in
      try model.embed(pixels: pixels, count: batch.places.count)
    } each: { batch in
      if let failure = batch.failures.first { throw failure.error }
      vectors.append(batch.vectors)
      return true
    }
    return vectors
  }

  /// The marked parts of pictures as a tower that looks at parts sees them; none for other towers.
  private func boxes(of samples: [Sample], _ notes: [PictureNote]) -> [[ImageBox]?] {
    let most = card.encoder.image?.settings.mostBoxes ?? 0
    guard most > 0 else { return [] }
    let side = Float(card.preprocessing.size)
    return zip(samples, notes).map { sample, note in
      guard !sample.boxes.isEmpty else { return nil }
      let (x, y) = (side / Float(note.width), side / Float(note.height))
      // Those that a detector was surest of come first.
      return sample.boxes.prefix(most).map {
        .init(left: $0.left * x, top: $0.top * y, right: $0.right * x, bottom: $0.bottom * y)
      }
    }
  }

  /// All of them at once.
  ///
  /// - Throws: An error if the network fails, out of memory among others.
  package func embed(
    picturesOf samples: [Sample], in corpus: Corpus, fast: Bool = false,
    progress: (Int) -> Void = { _ in }
  ) throws -> EmbeddedPictures {
    var all = EmbeddedPictures(vectors: VectorRows(width: width))
    all.vectors.reserveCapacity(samples.count)
    try embed(picturesOf: samples, in: corpus, fast: fast) { part, done in
      all.samples += part.samples
      all.places += part.places
      all.checksums += part.checksums
      all.sizes += part.sizes
      all.vectors.append(part.vectors)
      all.problems += part.problems
      progress(done)
      return true
    }
    return all
  }
}
