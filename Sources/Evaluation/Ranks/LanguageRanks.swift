import Files
import Vectors

/// The rank of the best right answer for every query of a language, both ways.
struct LanguageRanks: Sendable {
  /// Each caption against all pictures, in the order of the captions.
  var textToImage: QueryRanks

  /// Each picture that has a caption against all captions of the language, in the order of pictures.
  var imageToText: QueryRanks
}

/// The rank of the best right answer for every query of one direction.
struct QueryRanks: Sendable {
  /// The picture that a query is, or whose caption it is.
  var images: [Int]

  /// The rank of the best right answer, from 1; ties count against the model.
  var ranks: [Int]

  /// The score of the best right answer.
  var scores: [Float]

  /// How many right answers there are.
  var relevant: [Int]

  /// How many answers there are.
  var candidates: Int
}

/// Ranks every query of every language.
///
///     rank = 1 + |{ wrong answers with score ≥ best right score − tolerance }|
///
/// The scores are never stored: the best right scores come first, from the few pairs of one concept;
/// then blocks of scores are made, counted against both directions' thresholds, and dropped. A score
/// that is not a number counts against the model.
///
/// - Complexity: One product of pictures and captions a language for both directions; memory beside
///   the embeddings is a few numbers a query and thread.
struct RankCounter: Sendable {
  let data: RetrievalData
  let groups: ConceptGroups
  let tolerance: Float
  let packedImages: PackedMatrix

  /// A stretch of captions of a language, small enough to share a large language among threads.
  struct Portion: Sendable {
    let language: Int
    let captions: Range<Int>
  }

  static let portionSize = 2048

  init(_ data: RetrievalData, groups: ConceptGroups, tolerance: Float) {
    self.data = data
    self.groups = groups
    self.tolerance = tolerance
    packedImages = PackedMatrix(
      data.images, rows: 0..<data.images.count, lanes: ScoreBlock.imageLanes)
  }

  /// The ranks of all languages, in the order of the data.
  func ranks(threads: Int?) -> [LanguageRanks] {
    let portions = data.languages.enumerated().flatMap { number, language in
      stride(from: 0, to: language.texts.count, by: Self.portionSize).map { start in
        let end = min(start + Self.portionSize, language.texts.count)
        return Portion(language: number, captions: start..<end)
      }
    }
    let bests = concurrentMap(portions.count, threads: threads ?? 0) { best(of: portions[$0]) }
    let none = [Float](repeating: -.infinity, count: data.imageIDs.count)
    var imageBests = [[Float]](repeating: none, count: data.languages.count)
    for (portion, best) in zip(portions, bests) {
      for image in none.indices {
        let found = max(imageBests[portion.language][image], best.ofImages[image])
        imageBests[portion.language][image] = found
      }
    }
    let counts = concurrentMap(portions.count, threads: threads ?? 0) { [imageBests] index in
      count(
        portions[index], captionBests: bests[index].ofCaptions,
        imageBests: imageBests[portions[index].language])
    }
    var results = data.languages.indices.map { ranks(ofLanguage: $0, imageBests: imageBests[$0]) }
    for ((portion, best), count) in zip(zip(portions, bests), counts) {
      results[portion.language].textToImage.scores += best.ofCaptions
      results[portion.language].textToImage.ranks += count.ofCaptions.map { Int($0) + 1 }
      for (query, image) in results[portion.language].imageToText.images.enumerated() {
        results[portion.language].imageToText.ranks[query] += Int(count.ofImages[image])
      }
    }
    return results
  }

  /// What of a language's ranks is known before counting.
  private func ranks(ofLanguage number: Int, imageBests: [Float]) -> LanguageRanks {
    let language = data.languages[number]
    var captionsOfConcept = [Int](repeating: 0, count: groups.imagesOfConcept.count)
    var isCaptioned = [Bool](repeating: false, count: data.imageIDs.count)
    for image in language.imageIndices {
      captionsOfConcept[groups.conceptOfImage[image]] += 1
      isCaptioned[image] = true
    }
    let captioned = isCaptioned.indices.filter { isCaptioned[$0] }
    return LanguageRanks(
      textToImage: QueryRanks(
        images: language.imageIndices, ranks: [], scores: [],
        relevant: language.imageIndices.map {
          groups.imagesOfConcept[groups.conceptOfImage[$0]].count
        },
        candidates: data.imageIDs.count),
      imageToText: QueryRanks(
        images: captioned, ranks: [Int](repeating: 1, count: captioned.count),
        scores: captioned.map { imageBests[$0] },
        relevant: captioned.map { captionsOfConcept[groups.conceptOfImage[$0]] },
        candidates: language.texts.count))
  }
}
