package import Corpora
import Files
import Foundation
import Models
import Pictures
import Search
import Towers

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
  /// `[samples × width]`, of length one, row after row.
  package var vectors: [Float] = []
  /// One line for each picture left out.
  package var problems: [String] = []
}

extension ImageTextModel {
  /// Embeds the pictures of `samples`, decoding on all cores.
  ///
  /// A picture that cannot be read is named in the result and the others are still processed.
  ///
  /// - Parameters:
  ///   - batch: Pictures that go through the network at once.
  ///   - fast: Whether big JPEGs are decoded only as closely as the model looks
  ///     (``ReducedPicture``): several times as fast, and nearly the same.
  ///   - each: Called after every batch with its vectors; return false to stop.
  /// - Throws: An error if the network fails, out of memory among others.
  package func embed(
    picturesOf samples: [Sample], in corpus: Corpus, batch: Int = 64, fast: Bool = false,
    each: (_ batch: EmbeddedPictures, _ done: Int) throws -> Bool
  ) throws {
    for start in stride(from: 0, to: samples.count, by: batch) {
      let part = Array(samples[start..<min(start + batch, samples.count)])
      let decoded = decodeConcurrently(part.count) { index in
        let bytes = try corpus.bytes(of: part[index])
        let checksum = SentenceVectors.checksum(of: bytes)
        let picture = try ReducedPicture(
          decoding: bytes, for: self.card.preprocessing, isExact: !fast)
        return (self.card.preprocessing(picture), picture.width, picture.height, checksum)
      }
      var result = EmbeddedPictures()
      var pixels: [Float] = []
      for (index, (sample, outcome)) in zip(part, decoded).enumerated() {
        switch outcome {
        case .success(let (numbers, width, height, checksum)):
          pixels += numbers
          result.samples.append(sample)
          result.places.append(start + index)
          result.checksums.append(checksum)
          result.sizes.append((width, height))
        case .failure(let error):
          result.problems.append("\(sample.id): \(error)".printable)
        }
      }
      if !result.samples.isEmpty {
        result.vectors = try model.embed(
          pixels: pixels, count: result.samples.count, boxes: boxes(of: result))
      }
      guard try each(result, start + part.count) else { return }
    }
  }

  /// The marked parts of pictures as a tower that looks at parts sees them; none for other towers.
  private func boxes(of pictures: EmbeddedPictures) -> [[ImageBox]?] {
    let most = card.encoder.image?.settings.mostBoxes ?? 0
    guard most > 0 else { return [] }
    let side = Float(card.preprocessing.size)
    return zip(pictures.samples, pictures.sizes).map { sample, size in
      guard !sample.boxes.isEmpty else { return nil }
      let (x, y) = (side / Float(size.width), side / Float(size.height))
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
    var all = EmbeddedPictures()
    try embed(picturesOf: samples, in: corpus, fast: fast) { part, done in
      all.samples += part.samples
      all.places += part.places
      all.checksums += part.checksums
      all.sizes += part.sizes
      all.vectors += part.vectors
      all.problems += part.problems
      progress(done)
      return true
    }
    return all
  }
}

/// Runs `body` for every index on all cores and keeps what each gave, in order.
func decodeConcurrently<Value: Sendable>(
  _ count: Int, _ body: @Sendable (Int) throws -> Value
) -> [Result<Value, any Error>] {
  concurrentMap(count) { index in Result { try body(index) } }
}
