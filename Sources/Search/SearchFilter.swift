/// Which pictures of an index may be hits; an empty list asks nothing.
package struct SearchFilter: Sendable, Equatable {
  /// The collections a picture may come from.
  package var sources: [String]
  package var licenses: [String]
  package var concepts: [String]

  package init(sources: [String] = [], licenses: [String] = [], concepts: [String] = []) {
    self.sources = sources
    self.licenses = licenses
    self.concepts = concepts
  }

  package var isEmpty: Bool { sources.isEmpty && licenses.isEmpty && concepts.isEmpty }

  /// Columns of the metadata and the values they may have.
  var conditions: [(column: String, values: [String])] {
    [("source", sources), ("license", licenses), ("concept", concepts)]
  }
}
