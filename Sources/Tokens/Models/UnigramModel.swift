import Languages

/// A unigram language model over pieces: of all ways to split a text, the likeliest.
///
/// - Source: Kudo 2018, arXiv:1804.10959.
struct UnigramModel: Sendable {
  /// How much less likely an unknown character is than the least likely piece.
  private static let unknownPenalty = 10.0

  let unknownID: Int32?
  private let trie: ByteTrie
  private let scores: [Double]
  private let unknownScore: Double
  /// By byte, its `<0xXX>` token; complete or empty.
  private let byteTokens: [Int32]
  /// SentencePiece adds scores in single precision, Hugging Face in double.
  private let isSinglePrecision: Bool

  /// Makes a model of `scores` by id and `spellings`, the pieces that may be used.
  ///
  /// `floor` is the least score of a piece, from which unknown characters are scored.
  init(
    scores: [Double], spellings: [(bytes: ArraySlice<UInt8>, value: Int32)], unknownID: Int32?,
    floor: Double, byteTokens: [Int32], isSinglePrecision: Bool
  ) {
    self.scores = scores
    self.unknownID = unknownID
    self.byteTokens = byteTokens
    self.isSinglePrecision = isSinglePrecision
    unknownScore = floor - Self.unknownPenalty
    trie = ByteTrie(spellings)
  }

  /// Splits one piece of text; unknown neighbours are one token.
  ///
  /// `lengths` gets how many bytes each token covers, if that is wanted.
  func encode(
    _ piece: UnsafeBufferPointer<UInt8>, _ scratch: inout UnigramScratch, into ids: inout [Int32],
    lengths: inout [Int32], wantsLengths: Bool
  ) {
    if piece.isEmpty { return }
    if isSinglePrecision {
      walk(piece, &scratch.single)
      collect(piece, scratch.single, into: &ids, &lengths, wantsLengths)
    } else {
      walk(piece, &scratch.double)
      collect(piece, scratch.double, into: &ids, &lengths, wantsLengths)
    }
  }

  /// The best way to reach each place of a text.
  struct Step<Score: BinaryFloatingPoint & Sendable>: Sendable {
    var score: Score = 0
    var start: Int32 = -1
    var id: Int32 = 0
  }

  @inline(__always)
  private func walk<Score: BinaryFloatingPoint & Sendable>(
    _ piece: UnsafeBufferPointer<UInt8>, _ steps: inout [Step<Score>]
  ) {
    steps.removeAll(keepingCapacity: true)
    steps.append(contentsOf: repeatElement(Step(), count: piece.count + 1))
    let unknown = Score(unknownScore)
    let unknownID = unknownID ?? -1
    trie.nodes.withUnsafeBufferPointer { nodes in
      scores.withUnsafeBufferPointer { scores in
        steps.withUnsafeMutableBufferPointer { steps in
          var at = 0
          while at < piece.count {
            let sofar = steps[at].score
            let length = min(UTF8Reading.length(piece[at]), piece.count - at)
            var hasSingle = false
            var node = ByteTrie.root
            var end = at
            while end < piece.count {
              node = ByteTrie.child(nodes, node, piece[end])
              if node < 0 { break }
              end += 1
              let id = nodes[Int(node)].value
              if id < 0 { continue }
              let score = Score(scores[Int(id)]) + sofar
              if steps[end].start < 0 || score > steps[end].score {
                steps[end] = Step(score: score, start: Int32(at), id: id)
              }
              if end - at == length { hasSingle = true }
            }
            if !hasSingle {
              let score = unknown + sofar
              let end = at + length
              if steps[end].start < 0 || score > steps[end].score {
                steps[end] = Step(score: score, start: Int32(at), id: unknownID)
              }
            }
            at += length
          }
        }
      }
    }
  }

  private func collect<Score: BinaryFloatingPoint & Sendable>(
    _ piece: UnsafeBufferPointer<UInt8>, _ steps: [Step<Score>], into ids: inout [Int32],
    _ lengths: inout [Int32], _ wantsLengths: Bool
  ) {
    let first = ids.count
    let firstLength = lengths.count
    var end = piece.count
    let unknownID = unknownID ?? -1
    while end > 0 {
      let step = steps[end]
      var start = Int(step.start)
      if step.id == unknownID {
        while start > 0, steps[start].id == unknownID { start = Int(steps[start].start) }
        if byteTokens.isEmpty {
          if unknownID >= 0 {
            ids.append(unknownID)
            if wantsLengths { lengths.append(Int32(end - start)) }
          }
        } else {
          for place in (start..<end).reversed() {
            ids.append(byteTokens[Int(piece[place])])
            if wantsLengths { lengths.append(1) }
          }
        }
      } else {
        ids.append(step.id)
        if wantsLengths { lengths.append(Int32(end - start)) }
      }
      end = start
    }
    ids[first...].reverse()
    if wantsLengths { lengths[firstLength...].reverse() }
  }

  /// The sum of the scores of tokens, to compare two ways to split that tie.
  func score(of ids: [Int32]) -> Double {
    ids.reduce(0) { sum, id in
      sum + (id == unknownID || Int(id) >= scores.count ? unknownScore : scores[Int(id)])
    }
  }
}

/// The working memory of ``UnigramModel``.
struct UnigramScratch {
  var single: [UnigramModel.Step<Float>] = []
  var double: [UnigramModel.Step<Double>] = []
}
