import Foundation

extension RunComparison {
  /// Runs that differ in nothing but their seeds.
  package struct Arm: Encodable {
    /// The names of its runs.
    package let runs: [String]
    /// Mean and deviation over its runs of each row's number.
    package let loss: Spread
    /// Nil where not every run has measured it.
    package let recall: Spread?
    package let minutes: Spread
  }

  /// What several runs of one kind came to.
  package struct Spread: Encodable, Equatable {
    package let mean: Double
    /// The standard deviation of a sample, which divides by one less than there are.
    package let deviation: Double

    init(_ values: [Double]) {
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      (self.mean, deviation) = (mean, (squares / Double(max(1, values.count - 1))).squareRoot())
    }
  }

  /// The groups of two runs or more that differ in nothing but their seeds, in the order of their
  /// first runs.
  package var arms: [Arm] {
    let kinds = runs.map { run in
      var facts = facts(of: run)
      facts["seed"] = nil
      return facts
    }
    let rows = rows
    var seen: [[String: String]] = []
    return kinds.indices.compactMap { first in
      guard !seen.contains(kinds[first]) else { return nil }
      seen.append(kinds[first])
      let members = kinds.indices.filter { kinds[$0] == kinds[first] }
      guard members.count > 1 else { return nil }
      let recalls = members.compactMap { rows[$0].recall }
      return Arm(
        runs: members.map { runs[$0].name }, loss: Spread(members.map { rows[$0].loss }),
        recall: recalls.count == members.count ? Spread(recalls) : nil,
        minutes: Spread(members.map { rows[$0].minutes }))
    }
  }
}
