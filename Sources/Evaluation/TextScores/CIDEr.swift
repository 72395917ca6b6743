import Foundation

/// How CIDEr compares a caption with a reference.
package enum CIDErForm: Sendable {
  /// Clipped to the reference's counts and made smaller the more the lengths differ: what COCO's
  /// evaluation computes and everyone reports as CIDEr.
  case d

  /// The plain cosine of the paper's first definition, which repeating words can deceive.
  case plain
}

/// CIDEr: how much a caption is like the references in the n-grams that few pictures have.
///
/// An n-gram weighs its count times ln N − ln max(1, the number of pictures whose references have
/// it), over the N pictures of this evaluation. For n = 1…4 a caption and a reference are compared
/// by their vectors' cosine; the score is 10 times the mean over n and references, and the mean over
/// pictures. The unit is thus 10 and not 1; papers print it times 100. With a single picture every
/// weight is ln 1, and the score is 0.
///
/// CIDEr-D counts of each n-gram no more than the reference has, and multiplies by exp(−δ² / 2σ²)
/// with σ = 6 and δ the difference of the lengths *in bigrams*, so that captions of no word and of
/// one word are equally long.
///
/// - Source: Vedantam, Zitnick, Parikh 2015, arXiv:1411.5726; pycocoevalcap 1.2, `cider`.
/// - Complexity: linear in all n-grams; no n-gram is made into a text.
package func cider(_ texts: SegmentedTexts, _ form: CIDErForm = .d) -> TextScore {
  var words = WordTable()
  var table = NGramTable()
  func counts(_ text: Scalars) -> [NGramTable.Counted] {
    table.counts(of: words.numbers(of: text.words), upTo: 4)
  }
  let captions = texts.hypotheses.map(counts)
  let references = texts.references.map { $0.map(counts) }

  var documents = [Int32](repeating: 0, count: table.count)
  var lastPicture = [Int32](repeating: -1, count: table.count)
  for (picture, references) in references.enumerated() {
    for gram in references.joined() where lastPicture[gram.gram] != picture {
      lastPicture[gram.gram] = Int32(picture)
      documents[gram.gram] += 1
    }
  }
  let logCount = log(Double(texts.count))
  let weights = documents.map { logCount - log(Double(max(1, $0))) }

  let scores = texts.indices.map { picture -> Double in
    let caption = WeightedCaption(captions[picture], weights)
    var sum = 0.0
    for reference in references[picture] {
      sum += caption.similarity(to: WeightedCaption(reference, weights), form)
    }
    return 10 * sum / 4 / Double(references[picture].count)
  }
  return TextScore(
    form == .d ? "CIDEr-D" : "CIDEr (plain)", signature: texts.signature, meanOf: scores)
}

/// The n-grams of a caption with their weights.
private struct WeightedCaption {
  let grams: [NGramTable.Counted]
  let values: [Double]

  /// The lengths of the vectors of each n.
  var norms = [0.0, 0.0, 0.0, 0.0]

  /// The length in bigrams.
  var length = 0

  init(_ grams: [NGramTable.Counted], _ weights: [Double]) {
    self.grams = grams
    values = grams.map { Double($0.count) * weights[$0.gram] }
    for (gram, value) in zip(grams, values) {
      norms[gram.order - 1] += value * value
      if gram.order == 2 { length += gram.count }
    }
    for place in norms.indices { norms[place] = norms[place].squareRoot() }
  }

  /// The cosines of all n together, clipped and made smaller if the form says so.
  func similarity(to reference: WeightedCaption, _ form: CIDErForm) -> Double {
    var products = [0.0, 0.0, 0.0, 0.0]
    var place = 0
    for (gram, value) in zip(grams, values) {
      while place < reference.grams.count, reference.grams[place].gram < gram.gram { place += 1 }
      guard place < reference.grams.count else { break }
      if reference.grams[place].gram == gram.gram {
        let other = reference.values[place]
        products[gram.order - 1] += (form == .d ? min(value, other) : value) * other
      }
    }
    var sum = 0.0
    for place in products.indices where norms[place] != 0 && reference.norms[place] != 0 {
      sum += products[place] / (norms[place] * reference.norms[place])
    }
    guard form == .d else { return sum }
    let difference = Double(length - reference.length)
    return sum * exp(-(difference * difference) / (2 * 6 * 6))
  }
}
