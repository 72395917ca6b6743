import Evaluation
import Languages
import Search

extension LanguageComparisonReport {
  /// The report for a terminal: the rankings beside each other, then how far they agree.
  package func table() -> String {
    let columns = comparison.columns
    var hits = TextTable(
      [TextTable.Column("rank")]
        + columns.flatMap { column in
          let group = "“\(column.reading.text)” (\(tag(of: column)))".truncated(toDisplayWidth: 40)
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
            let placed = column.hits[place]
            let hit = placed.hit
            let others = placed.ranks.enumerated().filter { $0.offset != number }.map {
              "\($0.element)"
            }
            return [
              hit.caption?.text ?? hit.entry.name, Format.decimal(Double(hit.score), places: 3),
              (placed.isAlone ? "◆ " : "") + others.joined(separator: " / "),
            ]
          })
    }
    return hits.rendered()
      + "◆ only this text has the picture among its first \(comparison.top) of \(comparison.pictures).\n\n"
      + agreements().rendered()
  }

  private func agreements() -> TextTable {
    let pairs = comparison.pairs
    let ks = pairs.first?.agreement.overlaps.map(\.k) ?? []
    var table = TextTable(
      [TextTable.Column("", alignment: .left)]
        + ks.map { TextTable.Column("\($0)", group: "shared of first") }
        + [
          TextTable.Column("Spearman", group: "order of all"),
          TextTable.Column("Kendall", group: "order of all"),
          TextTable.Column("biased overlap"), TextTable.Column("texts' cosine"),
        ])
    for pair in pairs {
      let agreement = pair.agreement
      let values = [
        agreement.spearman, agreement.kendall, agreement.biasedOverlap, Double(pair.textSimilarity),
      ]
      table.append(
        [name(of: pair)] + agreement.overlaps.map { "\($0.shared)" }
          + values.map { $0.map { Format.decimal($0, places: 3) } ?? "–" })
    }
    if let pair = pairs.first {
      let chances = pair.agreement.overlaps.map { Format.decimal($0.chance, places: 2) }
      table.append(["by chance"] + chances + ["0", "0"])
    }
    return table
  }
}
