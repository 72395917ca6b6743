internal import Files

/// For each sample, the samples of other concepts with the most similar captions: hard negatives,
/// which are worth having in one batch.
///
/// Nearness is the cosine of TF–IDF vectors of token ids in a language, and its mean over the
/// languages in which both samples have captions. Samples with identical captions are left
/// out: no model could distinguish them.
///
/// - Complexity: At most some two thousand million additions, however many samples there are: an
///   inverted index is walked from each sample's rarest terms on, as long as its share of them lasts.
///   What is rare in it decides what is near; of a large collection's commonest terms, only a part
///   of the samples is looked at. `Benchmarks near-captions` measures it.
/// - Source: Faghri et al. 2018 (VSE++), arXiv:1707.05612, and Robinson et al. 2021,
///   arXiv:2010.04592, for learning from hard negatives; Manning, Raghavan & Schütze 2008, §7.1.2,
///   for the walk.
/// - Differs: they look for hard negatives with the network that is learned, batch by batch. Here the
///   captions tell, once: that needs no model, and stays a function of the collection alone.
package struct CaptionNeighbours: Sendable {
  private let starts: [Int]
  private let near: [Int32]

  /// - Parameters:
  ///   - captions: Of each sample, each with its token ids.
  ///   - groups: The concept of each sample as a number.
  ///   - count: The most neighbours of a sample.
  ///   - visits: The most additions of all together.
  package init(
    of captions: [[(language: String, ids: [Int32])]], groups: [Int], count: Int,
    visits: Int = 1 << 31
  ) {
    let vectors = CaptionVectors(of: captions)
    let search = NeighbourSearch(
      vectors: vectors, groups: groups, count: count,
      visits: max(4096, visits / max(1, captions.count)))
    let (samples, block) = (captions.count, 256)
    let found = concurrentMap((samples + block - 1) / block) { number in
      search.neighbours(of: number * block..<min(samples, (number + 1) * block), among: samples)
    }
    var (starts, near) = ([0], [Int32]())
    for neighbours in found.joined() {
      near += neighbours
      starts.append(near.count)
    }
    (self.starts, self.near) = (starts, near)
  }

  /// The neighbours of a sample, nearest first; none where no other sample's captions are near.
  package subscript(sample: Int) -> ArraySlice<Int32> { near[starts[sample]..<starts[sample + 1]] }

  /// How many samples have neighbours.
  package var neighboured: Int { zip(starts, starts.dropFirst()).count { $0 < $1 } }
}

private struct NeighbourSearch: Sendable {
  let vectors: CaptionVectors
  let groups: [Int]
  let count: Int
  /// The most entries of lists that are looked at for one sample.
  let visits: Int

  func neighbours(of samples: Range<Int>, among all: Int) -> [[Int32]] {
    var scores = [Float](repeating: 0, count: all)
    var touched: [Int32] = []
    return samples.map { sample in
      walk(from: sample, adding: &scores, &touched)
      return nearest(to: sample, scores: &scores, touched: &touched)
    }
  }

  /// Sums up the products of all terms that other samples share with this one.
  private func walk(from sample: Int, adding scores: inout [Float], _ touched: inout [Int32]) {
    func list(_ term: Int32) -> Range<Int> {
      vectors.listStarts[Int(term)]..<vectors.listStarts[Int(term) + 1]
    }
    let terms = vectors.entries[vectors.starts[sample]..<vectors.starts[sample + 1]].sorted {
      (list($0.number).count, $0.number) < (list($1.number).count, $1.number)
    }
    var left = visits
    for term in terms where left > 0 {
      let list = list(term.number)
      // A list that is walked in part is begun behind the sample, or all would meet the same ones.
      var place = list.count > left ? self.place(of: sample, in: list) : list.lowerBound
      let visited = min(left, list.count)
      vectors.postings.withUnsafeBufferPointer { postings in
        scores.withUnsafeMutableBufferPointer { scores in
          for _ in 0..<visited {
            let other = postings[place]
            let score = scores[Int(other.number)]
            if score == 0 { touched.append(other.number) }
            scores[Int(other.number)] = score + term.weight * other.weight
            place += 1
            if place == list.upperBound { place = list.lowerBound }
          }
        }
      }
      left -= visited
    }
  }

  private func place(of sample: Int, in list: Range<Int>) -> Int {
    var (low, high) = (list.lowerBound, list.upperBound - 1)
    while low < high {
      let middle = (low + high) / 2
      if vectors.postings[middle].number < sample { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The samples of the highest scores, which are forgotten. Of equals, those that come next behind
  /// the sample in the round are taken, or a few would be everybody's neighbours.
  private func nearest(to sample: Int, scores: inout [Float], touched: inout [Int32]) -> [Int32] {
    var best: [(score: Float, distance: Int)] = []
    for number in touched {
      let other = Int(number)
      let sum = scores[other]
      scores[other] = 0
      // A mean is no more than its sum: most are passed over at once.
      if best.count == count, let worst = best.last, sum < worst.score { continue }
      guard groups[other] != groups[sample] else { continue }
      let score = sum / Float(max(1, vectors.sharedLanguages(sample, other)))
      let distance = other > sample ? other - sample : other - sample + scores.count
      if best.count == count, let worst = best.last,
        (worst.score, distance) >= (score, worst.distance)
      {
        continue
      }
      if vectors.areSame(sample, other) { continue }
      let place = best.firstIndex { ($0.score, distance) < (score, $0.distance) } ?? best.count
      best.insert((score, distance), at: place)
      if best.count > count { best.removeLast() }
    }
    touched.removeAll(keepingCapacity: true)
    return best.map { Int32((sample + $0.distance) % scores.count) }
  }
}
