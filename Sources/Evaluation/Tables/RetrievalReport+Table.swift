extension RetrievalReport {
  /// The report as a table for a terminal: the best language first, at the end mean and chance.
  ///
  /// Recalls are per cent; the interval belongs to the recall with the most answers; the ranks are
  /// medians. Languages with too few captions for the mean are marked “·”. Where there are
  /// `languageNames`, they stand beside the tags.
  package func table(languageNames: [String: String] = [:]) -> String {
    var columns = [TextTable.Column("language", alignment: .left)]
    if !languageNames.isEmpty {
      columns.append(.init("", alignment: .left, maximumWidth: 24))
    }
    columns.append(.init("captions"))
    for group in ["text → image", "image → text"] {
      columns += options.recallAt.map { .init("R@\($0)", group: group) }
      if options.resamples > 0 {
        columns.append(.init("\(Format.rank(options.confidence * 100)) %", group: group))
      }
      columns.append(.init("rank", group: group))
    }
    var table = TextTable(columns)
    func cells(_ result: RankingResult) -> [String] {
      result.recall.map { Format.percent($0.value.value) }
        + (options.resamples > 0
          ? [result.recall.last.map { Format.interval($0.value) } ?? ""] : [])
        + [Format.rank(result.medianRank.value)]
    }
    func row(_ name: String, _ captions: String, _ forth: [String], _ back: [String]) -> [String] {
      [name] + (languageNames.isEmpty ? [] : [""]) + [captions] + forth + back
    }
    for (index, language) in languagesByRecall.enumerated() {
      if !language.isInMean, index == mean?.languages { table.appendRule() }
      var row = row(
        language.language + (language.isInMean ? "" : " ·"), "\(language.captions)",
        cells(language.textToImage), cells(language.imageToText))
      if !languageNames.isEmpty { row[1] = languageNames[language.language] ?? "" }
      table.append(row)
    }
    guard let mean else { return table.rendered() + explanation }
    table.appendRule()
    table.append(
      row("mean of \(mean.languages)", "", cells(mean.textToImage), cells(mean.imageToText)))
    func chance(_ result: RankingResult) -> [String] {
      result.recall.map { Format.percent($0.chance) } + (options.resamples > 0 ? [""] : []) + [""]
    }
    table.append(row("chance", "", chance(mean.textToImage), chance(mean.imageToText)))
    return table.rendered() + explanation
  }

  /// The languages, those found best first; those with too few captions for the mean come last.
  var languagesByRecall: [LanguageResult] {
    languages.sorted {
      guard $0.isInMean == $1.isInMean else { return $0.isInMean }
      let (first, second) = ($0.textToImage, $1.textToImage)
      let (a, b) = (first.recall.last?.value.value ?? 0, second.recall.last?.value.value ?? 0)
      return a == b ? $0.language < $1.language : a > b
    }
  }

  /// The line below the table.
  private var explanation: String {
    let left = languages.count(where: { !$0.isInMean })
    let without =
      left == 0
      ? "" : " · fewer than \(options.minimumCaptions) captions, not in the mean (\(left))."
    return "\(images) pictures of \(concepts) concepts, \(captions) captions.\(without)\n"
      + problems.map { "! \($0)\n" }.joined()
  }
}
