extension LensReport {
  /// The report for a terminal: the rankings beside each other, then how far they agree.
  package func table() -> String {
    var hits = TextTable(
      [TextTable.Column("rank")]
        + columns.flatMap { column in
          let group = "“\(column.text)” (\(column.tag))".truncated(toDisplayWidth: 40)
          return [
            TextTable.Column("picture", group: group, alignment: .left, maximumWidth: 28),
            TextTable.Column("score", group: group),
            TextTable.Column(columns.count > 2 ? "others' ranks" : "other's rank", group: group),
          ]
        })
    for place in 0..<(columns.map(\.hits.count).max() ?? 0) {
      hits.append(
        ["\(place + 1)"]
          + columns.enumerated().flatMap { number, column in
            guard place < column.hits.count else { return ["", "", ""] }
            let hit = column.hits[place]
            let others = hit.ranks.enumerated().filter { $0.offset != number }.map {
              "\($0.element)"
            }
            return [
              hit.caption ?? hit.name, Format.decimal(Double(hit.score), places: 3),
              (hit.isAlone ? "◆ " : "") + others.joined(separator: " / "),
            ]
          })
    }
    return hits.rendered()
      + "◆ only this text has the picture among its first \(top) of \(pictures).\n\n"
      + agreements().rendered()
  }

  private func agreements() -> TextTable {
    let ks = pairs.first?.overlaps.map(\.k) ?? []
    var table = TextTable(
      [TextTable.Column("", alignment: .left)]
        + ks.map { TextTable.Column("\($0)", group: "shared of first") }
        + [
          TextTable.Column("Spearman", group: "order of all"),
          TextTable.Column("Kendall", group: "order of all"),
          TextTable.Column("biased overlap"), TextTable.Column("texts' cosine"),
        ])
    for pair in pairs {
      table.append(
        [name(of: pair)] + pair.overlaps.map { "\($0.shared)" }
          + [pair.spearman, pair.kendall, pair.biasedOverlap, Double(pair.textSimilarity)].map {
            $0.map { Format.decimal($0, places: 3) } ?? "–"
          })
    }
    if let pair = pairs.first {
      table.append(
        ["by chance"] + pair.overlaps.map { Format.decimal($0.chance, places: 2) } + ["0", "0"])
    }
    return table
  }

  /// The two languages, or the texts where these are the same.
  func name(of pair: Pair) -> String {
    let (first, second) = (columns[pair.first], columns[pair.second])
    return first.tag == second.tag
      ? "“\(first.text)” – “\(second.text)”" : "\(first.tag) – \(second.tag)"
  }
}
