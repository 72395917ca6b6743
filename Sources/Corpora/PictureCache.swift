internal import Files
internal import Foundation
package import Pictures

/// The pictures of a corpus, decoded once, shrunk and held in memory for training.
///
/// A picture of `longSide` 96 takes 27 kB at most, so 100,000 of them take 2.7 GB.
package struct PictureCache: Sendable {
  package struct Settings: Sendable, Equatable {
    /// The most pixels of the longer side; a smaller picture stays as it is.
    package var longSide: Int
    /// Whether pictures are put in the middle of a white square.
    package var padsToSquare: Bool
    /// The most threads that decode at once; 0 for as many as there are cores.
    package var threads: Int

    package init(longSide: Int = 128, padsToSquare: Bool = false, threads: Int = 0) {
      self.longSide = longSide
      self.padsToSquare = padsToSquare
      self.threads = threads
    }
  }

  /// The samples whose pictures are held; broken ones are left out.
  package let samples: [Sample]
  /// The picture of each of ``samples``.
  package let pictures: [Picture]
  /// The pictures that could not be read or decoded, one line each.
  package let problems: [CorpusProblem]

  /// Decodes every picture of `corpus`.
  ///
  /// - Parameters:
  ///   - corpus: Usually one split.
  ///   - settings: How large pictures are kept.
  ///   - progress: Called with the number of pictures done so far.
  package init(
    _ corpus: Corpus, _ settings: Settings = Settings(), progress: ((Int) -> Void)? = nil
  ) {
    let results = concurrentMap(
      corpus.samples.count, threads: settings.threads, progress: progress
    ) { index in
      Result { try Self.prepared(corpus.picture(of: corpus.samples[index]), settings) }
    }
    var samples: [Sample] = []
    var pictures: [Picture] = []
    var problems: [CorpusProblem] = []
    for (sample, result) in zip(corpus.samples, results) {
      switch result {
      case .success(let picture):
        samples.append(sample)
        pictures.append(picture)
      case .failure(let error):
        problems.append(CorpusProblem(brokenPictureOf: sample, error))
      }
    }
    (self.samples, self.pictures, self.problems) = (samples, pictures, problems)
  }

  /// The corpus without the samples whose pictures could not be decoded.
  package func corpus(like corpus: Corpus) -> Corpus {
    Corpus(path: corpus.path, samples: samples)
  }

  /// The bytes that all pictures take.
  package var byteCount: Int { pictures.reduce(0) { $0 + $1.pixels.count } }

  /// A digest of all pictures as they are held, and of their order.
  package var digest: String {
    var digest = ContentDigest()
    for (sample, picture) in zip(samples, pictures) {
      digest.combine(sample.id)
      digest.combine(UInt64(picture.width) << 32 | UInt64(picture.height))
      picture.pixels.withUnsafeBytes { digest.combine($0) }
    }
    return digest.text
  }

  private static func prepared(_ picture: Picture, _ settings: Settings) -> Picture {
    let small = picture.shrunk(toLongSide: settings.longSide)
    return settings.padsToSquare ? small.paddedToSquare() : small
  }
}

extension Picture {
  /// The picture with a longer side of at most `side` pixels, its shape kept.
  package func shrunk(toLongSide side: Int) -> Picture {
    let longest = max(width, height)
    guard longest > side else { return self }
    let scale = Double(side) / Double(longest)
    return resized(
      width: max(1, Int((Double(width) * scale).rounded())),
      height: max(1, Int((Double(height) * scale).rounded())), filter: .bicubic)
  }
}

extension CorpusProblem {
  /// That the picture of `sample` cannot be decoded, or is not there.
  init(brokenPictureOf sample: Sample, _ error: any Error) {
    if case CorpusError.missing(let path) = error {
      self.init(.missingPicture, sample.id, "there is no picture at \(path)")
    } else {
      self.init(.brokenPicture, sample.id, "\(error)")
    }
  }
}
