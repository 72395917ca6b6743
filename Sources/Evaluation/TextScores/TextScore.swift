/// A score of texts against references, as a function of sums over the pictures.
///
/// Every metric here counts something for each picture and makes its score of the counts' sums: a
/// BLEU of matches and lengths, a mean of a sum and a number. So the score of a resample is the same
/// function of other sums, and no text is read twice.
package struct TextScore: Sendable {
  /// What it is called in tables: `BLEU-4`, `CIDEr-D`.
  package let name: String

  /// How the texts were cut into words, and whatever else the number depends on.
  package let signature: String

  /// What papers print beside it, such as a BLEU's precisions and lengths; often empty.
  package internal(set) var details = ""

  /// The counts of each picture, `width` of them, one picture after the other.
  let counts: [Double]
  let width: Int
  let score: @Sendable ([Double]) -> Double

  /// A score of these counts.
  init(
    _ name: String, signature: String, counts: [Double], width: Int,
    score: @escaping @Sendable ([Double]) -> Double
  ) {
    self.name = name
    self.signature = signature
    self.counts = counts
    self.width = width
    self.score = score
  }

  /// A score that is the mean of the pictures' scores.
  init(_ name: String, signature: String, meanOf scores: [Double]) {
    self.init(
      name, signature: signature, counts: scores.flatMap { [$0, 1] }, width: 2
    ) { $0[1] > 0 ? $0[0] / $0[1] : 0 }
  }

  /// The score of all pictures.
  package var value: Double { score(sums) }

  /// The counts of all pictures together.
  var sums: [Double] { sums { _ in 1 } }

  /// The score of each picture by itself.
  package var ofPictures: [Double] {
    stride(from: 0, to: counts.count, by: width).map { score(Array(counts[$0..<$0 + width])) }
  }

  /// The scores of resamples of the pictures; `draws` says how often each picture is in each.
  func values(drawn draws: [[UInt16]]) -> [Double] {
    draws.map { weights in score(sums { Double(weights[$0]) }) }
  }

  private func sums(_ weight: (Int) -> Double) -> [Double] {
    var sums = [Double](repeating: 0, count: width)
    counts.withUnsafeBufferPointer { counts in
      for picture in 0..<counts.count / width {
        let weight = weight(picture)
        if weight == 0 { continue }
        for place in 0..<width { sums[place] += weight * counts[picture * width + place] }
      }
    }
    return sums
  }
}
