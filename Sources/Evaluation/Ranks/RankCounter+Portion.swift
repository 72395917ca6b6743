import Vectors

extension RankCounter {
  /// A value for each caption of a portion, and one for each picture.
  struct Both<Value: Sendable>: Sendable {
    var ofCaptions: [Value]
    var ofImages: [Value]
  }

  /// The best right scores, −∞ where there is none.
  func best(of portion: Portion) -> Both<Float> {
    var best = Both(
      ofCaptions: [Float](repeating: -.infinity, count: portion.captions.count),
      ofImages: [Float](repeating: -.infinity, count: data.imageIDs.count))
    forEachRelevantPair(in: portion) { caption, image, score in
      // Not `max`, so that a score that is not a number is never the best.
      if score > best.ofCaptions[caption] { best.ofCaptions[caption] = score }
      if score > best.ofImages[image] { best.ofImages[image] = score }
    }
    return best
  }

  /// How many wrong answers stand before or beside the best right one.
  func count(_ portion: Portion, captionBests: [Float], imageBests: [Float]) -> Both<Int32> {
    let captionThresholds = captionBests.map { $0 - tolerance }
    let imageThresholds = imageBests.map { $0 - tolerance }
    var counts = countAll(
      portion, captionThresholds: captionThresholds, imageThresholds: imageThresholds)
    forEachRelevantPair(in: portion) { caption, image, score in
      if !(score < captionThresholds[caption]) { counts.ofCaptions[caption] -= 1 }
      if !(score < imageThresholds[image]) { counts.ofImages[image] -= 1 }
    }
    return counts
  }

  /// How many answers, right ones too, reach the thresholds.
  private func countAll(
    _ portion: Portion, captionThresholds: [Float], imageThresholds: [Float]
  ) -> Both<Int32> {
    let language = data.languages[portion.language]
    let imageCount = data.imageIDs.count
    var captionCounts = [Int32](repeating: 0, count: portion.captions.count)
    var imageCounts = [Int32](repeating: 0, count: imageCount)
    var scores = [Float](repeating: 0, count: ScoreBlock.images * ScoreBlock.captions)
    for start in stride(from: 0, to: portion.captions.count, by: ScoreBlock.captions) {
      let block = start..<min(start + ScoreBlock.captions, portion.captions.count)
      let first = portion.captions.lowerBound
      let packed = PackedMatrix(
        language.embeddings, rows: first + block.lowerBound..<first + block.upperBound,
        lanes: ScoreBlock.captionLanes)
      for imageStart in stride(from: 0, to: imageCount, by: ScoreBlock.images) {
        let rows = min(ScoreBlock.images, imageCount - imageStart)
        scores.withUnsafeMutableBufferPointer { scores in
          packedImages.values.withUnsafeBufferPointer { images in
            packed.values.withUnsafeBufferPointer { captions in
              guard let scores = scores.baseAddress, let images = images.baseAddress,
                let captions = captions.baseAddress
              else { return }
              ScoreBlock.compute(
                images: images, firstPanel: imageStart / ScoreBlock.imageLanes,
                panels: (rows + ScoreBlock.imageLanes - 1) / ScoreBlock.imageLanes,
                captions: captions,
                captionPanels: (block.count + ScoreBlock.captionLanes - 1)
                  / ScoreBlock.captionLanes,
                width: data.width, into: scores)
            }
          }
        }
        captionThresholds.withUnsafeBufferPointer { captionThresholds in
          captionCounts.withUnsafeMutableBufferPointer { captionCounts in
            scores.withUnsafeBufferPointer { scores in
              for row in 0..<rows {
                imageCounts[imageStart + row] += countRow(
                  UnsafeBufferPointer(rebasing: scores[(row * ScoreBlock.captions)...]),
                  UnsafeBufferPointer(rebasing: captionThresholds[block]),
                  imageThresholds[imageStart + row],
                  UnsafeMutableBufferPointer(rebasing: captionCounts[block]))
              }
            }
          }
        }
      }
    }
    return Both(ofCaptions: captionCounts, ofImages: imageCounts)
  }

  /// Counts a picture's scores against each caption's threshold and against its own.
  @inline(__always)
  private func countRow(
    _ scores: UnsafeBufferPointer<Float>, _ captionThresholds: UnsafeBufferPointer<Float>,
    _ imageThreshold: Float, _ captionCounts: UnsafeMutableBufferPointer<Int32>
  ) -> Int32 {
    guard let scores = scores.baseAddress, let thresholds = captionThresholds.baseAddress,
      let counts = captionCounts.baseAddress
    else { return 0 }
    var reached: Int32 = 0
    for column in 0..<captionThresholds.count {
      let score = scores[column]
      // “Not below” and not “at least”, so that a score that is not a number counts.
      counts[column] &+= score < thresholds[column] ? 0 : 1
      reached &+= score < imageThreshold ? 0 : 1
    }
    return reached
  }

  /// Calls `body` with the number within the portion of each caption, each picture of its concept,
  /// and their score.
  private func forEachRelevantPair(
    in portion: Portion, _ body: (_ caption: Int, _ image: Int, _ score: Float) -> Void
  ) {
    let language = data.languages[portion.language]
    let width = data.width
    data.images.values.withUnsafeBufferPointer { images in
      language.embeddings.values.withUnsafeBufferPointer { captions in
        guard let images = images.baseAddress, let captions = captions.baseAddress else { return }
        for (number, caption) in portion.captions.enumerated() {
          let concept = groups.conceptOfImage[language.imageIndices[caption]]
          let right = groups.imagesOfConcept[concept]
          for start in stride(from: 0, to: right.count, by: 4) {
            // The last ones are done again to make four.
            func row(_ place: Int) -> UnsafePointer<Float> {
              images + right[min(start + place, right.count - 1)] * width
            }
            let scores = ScoreBlock.pairScores(
              (row(0), row(1), row(2), row(3)), captions + caption * width, width: width)
            for place in 0..<min(4, right.count - start) {
              body(number, right[start + place], scores[place])
            }
          }
        }
      }
    }
  }
}
