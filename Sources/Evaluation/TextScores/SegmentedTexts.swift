import Files

/// Texts and their references, cut into words: what the metrics read.
package struct SegmentedTexts: Sendable {
  /// One text for each picture, its words between blanks.
  package let hypotheses: [Scalars]

  /// For each picture the references, at least one.
  package let references: [[Scalars]]
  package let segmentation: Segmentation
  package let isLowercased: Bool

  /// Cuts texts into words, on all cores.
  ///
  /// - Parameter lowercase: Whether all is written in lower case first.
  package init(
    _ hypotheses: [String], references: [[String]], _ segmentation: Segmentation,
    lowercase: Bool = false
  ) {
    @Sendable func line(_ text: String, isReference: Bool) -> Scalars {
      let text = Scalars(text)
      return segmentation.line(lowercase ? text.lowercased : text, isReference: isReference)
    }
    self.segmentation = segmentation
    isLowercased = lowercase
    // Blocks, so that little time goes into handing out the work.
    let block = 256
    let cut = concurrentMap((hypotheses.count + block - 1) / block) { number in
      (number * block..<min((number + 1) * block, hypotheses.count)).map { place in
        (
          line(hypotheses[place], isReference: false),
          references[place].map { line($0, isReference: true) }
        )
      }
    }.flatMap { $0 }
    self.hypotheses = cut.map(\.0)
    self.references = cut.map(\.1)
  }

  package var count: Int { hypotheses.count }
  package var indices: Range<Int> { hypotheses.indices }

  /// How the words were cut, for scores that have no signature of their own.
  var signature: String { "tok:\(segmentation.name)" + (isLowercased ? "|case:lc" : "") }
}
