internal import Foundation

/// What a corpus holds, in numbers.
package struct CorpusReport: Codable, Sendable, Equatable {
  /// One language, split, source, license or kind.
  package struct Row: Codable, Sendable, Equatable {
    package var name: String
    /// How many pictures have it.
    package var pictures: Int
    package var captions: Int
    /// The mean length of its captions, in Unicode scalars.
    package var meanLength: Double
  }

  package var path: String
  package var pictures: Int
  package var captions: Int
  package var concepts: Int
  package var picturesWithoutConcept: Int
  package var languages: [Row]
  package var splits: [Row]
  package var sources: [Row]
  package var licenses: [Row]
  package var kinds: [Row]
  package var problems: [CorpusProblem]
  /// What was left out, in one line.
  package var leftOut: String?
  /// What lies in its folder and is no part of it.
  package var passedOver: [PassedOver]

  package init(_ corpus: Corpus) {
    var languages = Tally()
    var splits = Tally()
    var sources = Tally()
    var licenses = Tally()
    var kinds = Tally()
    var concepts: Set<[UInt8]> = []
    var captions = 0
    var without = 0
    for sample in corpus.samples {
      var count = 0
      var length = 0
      for (language, texts) in sample.captions {
        let scalars = texts.reduce(0) { $0 + $1.unicodeScalars.count }
        languages.add(language, captions: texts.count, length: scalars)
        count += texts.count
        length += scalars
      }
      splits.add(sample.split, captions: count, length: length)
      sources.add(sample.source, captions: count, length: length)
      licenses.add(sample.license, captions: count, length: length)
      kinds.add(sample.kind, captions: count, length: length)
      captions += count
      if sample.concept.isEmpty {
        without += 1
      } else {
        concepts.insert(Array(sample.concept.utf8))
      }
    }
    path = corpus.path
    pictures = corpus.samples.count
    self.captions = captions
    self.concepts = concepts.count
    picturesWithoutConcept = without
    self.languages = languages.rows
    self.splits = splits.rows
    self.sources = sources.rows
    self.licenses = licenses.rows
    self.kinds = kinds.rows
    problems = corpus.problems
    leftOut = corpus.problems.summary
    passedOver = corpus.passedOver
  }

  /// The report as text for a terminal.
  ///
  /// - Parameters:
  ///   - limit: The most sources and licenses listed.
  ///   - name: What a language is called after its tag, `nil` for nothing.
  /// - Returns: Lines of at most about 80 columns.
  package func table(limit: Int = 20, name: (String) -> String? = { _ in nil }) -> String {
    var lines = [
      path,
      "\(grouped(pictures)) pictures, \(grouped(captions)) captions, "
        + "\(languages.count) languages, \(grouped(concepts)) concepts"
        + (picturesWithoutConcept > 0
          ? ", \(grouped(picturesWithoutConcept)) pictures without a concept" : ""),
    ]
    let parts: [(String, [Row])] = [
      ("split", splits), ("kind", kinds), ("source", sources), ("license", licenses),
      ("language", languages),
    ]
    for (title, rows) in parts where rows.contains(where: { !$0.name.isEmpty }) {
      let shown = title == "language" ? rows[...] : rows.prefix(limit)
      lines += ["", aligned(title, "pictures", "captions", "mean length")]
      for row in shown {
        var label = row.name.isEmpty ? "(none)" : row.name
        if title == "language", let name = name(row.name) { label += "  " + name }
        lines.append(
          aligned(
            label, grouped(row.pictures), grouped(row.captions),
            String(format: "%.1f", row.meanLength)))
      }
      if shown.count < rows.count { lines.append("… and \(rows.count - shown.count) more") }
    }
    let told = (leftOut.map { [$0] } ?? []) + passedOver.summary
    if !told.isEmpty { lines += [""] + told }
    return lines.joined(separator: "\n")
  }
}

/// Counts by name.
private struct Tally {
  private var counts: [String: (pictures: Int, captions: Int, length: Int)] = [:]

  mutating func add(_ name: String, captions: Int, length: Int) {
    let old = counts[name] ?? (0, 0, 0)
    counts[name] = (old.pictures + 1, old.captions + captions, old.length + length)
  }

  /// The largest first, equal ones by name.
  var rows: [CorpusReport.Row] {
    counts.map { name, count in
      CorpusReport.Row(
        name: name, pictures: count.pictures, captions: count.captions,
        meanLength: count.captions > 0 ? Double(count.length) / Double(count.captions) : 0)
    }
    .sorted { ($1.pictures, $0.name) < ($0.pictures, $1.name) }
  }
}

private func aligned(_ label: String, _ columns: String...) -> String {
  // Counted in scalars: names here are Latin, and a terminal's own width is not known.
  let width = 44
  let padding = String(repeating: " ", count: max(1, width - label.unicodeScalars.count))
  return "  " + label + padding
    + columns.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
}

/// `number` with commas between thousands.
func grouped(_ number: Int) -> String {
  let digits = String(number)
  var grouped = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0, digit != "-" { grouped += "," }
    grouped.append(digit)
  }
  return grouped
}
