import Evaluation
import Foundation
import Vectors

/// Numbers for tests, the same in every run.
struct TestStream: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// `count` vectors of length one.
  mutating func unitVectors(_ count: Int, width: Int) -> VectorRows {
    var vectors = VectorRows(width: width)
    for _ in 0..<count {
      let vector = (0..<width).map { _ in Float.random(in: -1...1, using: &self) }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vectors.append(vector.map { $0 / length })
    }
    return vectors
  }
}

extension RetrievalData {
  /// Random pictures and captions; `noise` 0 makes each caption its picture's twin.
  static func random(
    images: Int, captions: [Int], width: Int = 16, concepts: Int? = nil, noise: Float = 1,
    seed: UInt64 = 1
  ) -> RetrievalData {
    var stream = TestStream(state: seed)
    let pictures = stream.unitVectors(images, width: width)
    let numbers = (0..<images).map { image in
      concepts.map { Int.random(in: 0..<$0, using: &stream) } ?? image
    }
    let languages = captions.enumerated().map { number, count in
      let owners = (0..<count).map { $0 % images }
      let noises = stream.unitVectors(count, width: width)
      var embeddings = VectorRows(width: width)
      for (caption, image) in owners.enumerated() {
        let mixed = zip(pictures[image], noises[caption]).map { $0 + noise * $1 }
        let length = mixed.reduce(0) { $0 + $1 * $1 }.squareRoot()
        embeddings.append(mixed.map { $0 / length })
      }
      return LanguageCaptions(
        language: "x\(number)", texts: owners.indices.map { "caption \($0)" },
        embeddings: embeddings, imageIndices: owners)
    }
    return RetrievalData(
      images: pictures, imageIDs: (0..<images).map { "picture \($0)" },
      imageConcepts: numbers, languages: languages)
  }

  /// The same with its pictures, and the captions of each language, in another order.
  func shuffled(seed: UInt64) -> RetrievalData {
    var stream = TestStream(state: seed)
    let images = Array(imageIDs.indices).shuffled(using: &stream)
    let places = Dictionary(uniqueKeysWithValues: images.enumerated().map { ($1, $0) })
    let languages = languages.map { language in
      let captions = Array(language.texts.indices).shuffled(using: &stream)
      return LanguageCaptions(
        language: language.language, texts: captions.map { language.texts[$0] },
        embeddings: language.embeddings.rows(captions),
        imageIndices: captions.map { places[language.imageIndices[$0], default: 0] })
    }
    return RetrievalData(
      images: self.images.rows(images),
      imageIDs: images.map { imageIDs[$0] }, imageConcepts: images.map { imageConcepts[$0] },
      languages: languages)
  }

  /// The same with other languages.
  func with(_ languages: [LanguageCaptions]) -> RetrievalData {
    RetrievalData(
      images: images, imageIDs: imageIDs, imageConcepts: imageConcepts,
      languages: languages)
  }
}

extension Double {
  func isClose(to other: Double, tolerance: Double = 1e-9) -> Bool {
    abs(self - other) <= tolerance * max(1, abs(self), abs(other))
  }
}

/// The mean rank of a language as a plain loop over all scores has it.
func plainRanks(_ data: RetrievalData, _ language: LanguageCaptions) -> (forth: [Int], back: [Int])
{
  let scores = language.texts.indices.map { caption in
    data.imageIDs.indices.map { image in
      // In double precision, so that the order of the sum plays no part.
      zip(data.images[image], language.embeddings[caption]).reduce(0.0) {
        $0 + Double($1.0) * Double($1.1)
      }
    }
  }
  func isRight(_ caption: Int, _ image: Int) -> Bool {
    data.imageConcepts[language.imageIndices[caption]] == data.imageConcepts[image]
  }
  func rank(_ answers: [(score: Double, isRight: Bool)]) -> Int {
    let best = answers.filter(\.isRight).map(\.score).max() ?? 0
    return 1 + answers.count { !$0.isRight && $0.score >= best - 1e-6 }
  }
  let forth = language.texts.indices.map { caption in
    rank(data.imageIDs.indices.map { (scores[caption][$0], isRight(caption, $0)) })
  }
  let back = Set(language.imageIndices).sorted().map { image in
    rank(language.texts.indices.map { (scores[$0][image], isRight($0, image)) })
  }
  return (forth, back)
}
