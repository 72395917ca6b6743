import Vectors

/// The best and worst queries of one language.
package struct LanguageExamples: Codable, Sendable, Equatable {
  /// The BCP 47 tag.
  package var language: String

  /// Captions that found their pictures best, and worst; best first, and worst first.
  package var bestCaptions: [QueryExample]
  package var worstCaptions: [QueryExample]

  /// Pictures that found their captions best, and worst.
  package var bestImages: [QueryExample]
  package var worstImages: [QueryExample]
}

/// A query and what it found.
package struct QueryExample: Codable, Sendable, Equatable {
  /// The caption that asked; `nil` if the picture asked.
  package var text: String?

  /// The picture that asked, or that the caption belongs to.
  package var imageID: String

  /// The best right caption, if a picture asked.
  package var rightText: String?

  /// The rank of the best right answer, from 1.
  package var rank: Int

  /// The score of the best right answer; `nil` if it is not a number.
  package var score: Float?

  /// The first answers, best first; a wrong answer stands before a right one of the same score.
  package var hits: [ExampleHit]
}

/// An answer to an example.
package struct ExampleHit: Codable, Sendable, Equatable {
  /// The caption found, if captions were asked for.
  package var text: String?

  /// The picture found, or the one that the caption belongs to.
  package var imageID: String

  /// The inner product; `nil` if it is not a number.
  package var score: Float?

  /// Whether it is of the query's concept.
  package var isRelevant: Bool
}

/// The best and worst queries of the languages that the options ask for.
func examples(
  _ data: RetrievalData, ranks: [LanguageRanks], results: [LanguageResult],
  groups: ConceptGroups, options: RetrievalOptions
) -> [LanguageExamples] {
  guard options.examplesPerLanguage > 0 else { return [] }
  let wanted = options.exampleLanguages ?? spread(results, count: 6)
  return wanted.compactMap { tag in
    guard
      let number = data.languages.firstIndex(where: { $0.language == tag && !$0.texts.isEmpty })
    else { return nil }
    let finder = ExampleFinder(
      data: data, language: data.languages[number], groups: groups, options: options)
    let (forth, back) = (ranks[number].textToImage, ranks[number].imageToText)
    return LanguageExamples(
      language: tag,
      bestCaptions: finder.best(forth).map { finder.captionExample($0, forth) },
      worstCaptions: finder.worst(forth).map { finder.captionExample($0, forth) },
      bestImages: finder.best(back).map { finder.imageExample($0, back) },
      worstImages: finder.worst(back).map { finder.imageExample($0, back) })
  }
}

/// Languages at even distances from the best to the worst, of those in the mean if any is.
private func spread(_ results: [LanguageResult], count: Int) -> [String] {
  let inMean = results.filter(\.isInMean)
  let sorted = (inMean.isEmpty ? results : inMean).sorted {
    let (first, second) = ($0.textToImage, $1.textToImage)
    let (a, b) = (first.recall.last?.value.value ?? 0, second.recall.last?.value.value ?? 0)
    return a == b ? first.meanRank.value < second.meanRank.value : a > b
  }
  guard sorted.count > count, count > 1 else { return sorted.map(\.language) }
  return (0..<count).map { sorted[$0 * (sorted.count - 1) / (count - 1)].language }
}

/// Chooses queries and asks them again, one at a time.
private struct ExampleFinder {
  let data: RetrievalData
  let language: LanguageCaptions
  let groups: ConceptGroups
  let options: RetrievalOptions

  /// The queries with the best ranks; of equal ranks, those most sure.
  func best(_ queries: QueryRanks) -> [Int] {
    choose(queries) { first, second in
      (queries.ranks[first], -queries.scores[first], first)
        < (queries.ranks[second], -queries.scores[second], second)
    }
  }

  /// The queries with the worst ranks; of equal ranks, those with the lowest scores.
  func worst(_ queries: QueryRanks) -> [Int] {
    choose(queries) { first, second in
      (-queries.ranks[first], queries.scores[first], first)
        < (-queries.ranks[second], queries.scores[second], second)
    }
  }

  /// The first queries in an order, of each concept only one.
  private func choose(_ queries: QueryRanks, _ isBefore: (Int, Int) -> Bool) -> [Int] {
    var seen: Set<Int> = []
    var chosen: [Int] = []
    for query in queries.ranks.indices.sorted(by: isBefore) {
      guard chosen.count < options.examplesPerLanguage else { break }
      if seen.insert(groups.conceptOfImage[queries.images[query]]).inserted {
        chosen.append(query)
      }
    }
    return chosen
  }

  func captionExample(_ query: Int, _ queries: QueryRanks) -> QueryExample {
    let image = queries.images[query]
    let scores = scores(of: language.embeddings, row: query, against: data.images)
    let hits = first(scores) { groups.conceptOfImage[$0] == groups.conceptOfImage[image] }
    return QueryExample(
      text: language.texts[query], imageID: data.imageIDs[image], rank: queries.ranks[query],
      score: queries.scores[query].finite,
      hits: hits.map {
        ExampleHit(
          text: nil, imageID: data.imageIDs[$0.answer], score: scores[$0.answer].finite,
          isRelevant: $0.isRelevant)
      })
  }

  func imageExample(_ query: Int, _ queries: QueryRanks) -> QueryExample {
    let image = queries.images[query]
    let scores = scores(of: data.images, row: image, against: language.embeddings)
    let right = language.imageIndices.indices.filter {
      groups.conceptOfImage[language.imageIndices[$0]] == groups.conceptOfImage[image]
    }
    let isRight = Set(right)
    let hits = first(scores) { isRight.contains($0) }
    let best = right.filter { !scores[$0].isNaN }.max { scores[$0] < scores[$1] } ?? right.first
    return QueryExample(
      text: nil, imageID: data.imageIDs[image], rightText: best.map { language.texts[$0] },
      rank: queries.ranks[query],
      score: queries.scores[query].finite,
      hits: hits.map {
        ExampleHit(
          text: language.texts[$0.answer],
          imageID: data.imageIDs[language.imageIndices[$0.answer]],
          score: scores[$0.answer].finite, isRelevant: $0.isRelevant)
      })
  }

  private func scores(of queries: VectorRows, row: Int, against answers: VectorRows) -> [Float] {
    let width = data.width
    return queries.values.withUnsafeBufferPointer { queries in
      answers.values.withUnsafeBufferPointer { numbers in
        guard let queries = queries.baseAddress, let first = numbers.baseAddress else { return [] }
        return (0..<answers.count).map {
          ScoreBlock.pairScore(queries + row * width, first + $0 * width, width: width)
        }
      }
    }
  }

  private func first(
    _ scores: [Float], isRelevant: (Int) -> Bool
  ) -> [(answer: Int, isRelevant: Bool)] {
    // A score that is not a number stands first, as it does in the ranks.
    let order = scores.indices.map { answer -> (score: Float, isRelevant: Int, answer: Int) in
      let isRelevant = isRelevant(answer)
      let score = scores[answer]
      let missing: Float = isRelevant ? -.infinity : .infinity
      return (score.isNaN ? missing : score, isRelevant ? 1 : 0, answer)
    }
    return order.sorted {
      (-$0.score, $0.isRelevant, $0.answer) < (-$1.score, $1.isRelevant, $1.answer)
    }
    .prefix(options.hitsPerExample).map { ($0.answer, $0.isRelevant == 1) }
  }
}

extension Float {
  /// The number, if it is one; JSON has no others.
  fileprivate var finite: Float? { isFinite ? self : nil }
}
