/// How far the making of a collection is.
package struct CollectionProgress: Sendable, Equatable {
  /// What is being done, for a person.
  package var stage: String
  package var done: Int
  /// 0 where it is not known.
  package var total: Int

  package init(stage: String, done: Int, total: Int) {
    self.stage = stage
    self.done = done
    self.total = total
  }
}

/// What was made, and what was left out of it.
package struct CollectionReport: Sendable {
  package var description: CollectionDescription
  package var problems: [CorpusProblem]

  package init(description: CollectionDescription, problems: [CorpusProblem]) {
    self.description = description
    self.problems = problems
  }
}
