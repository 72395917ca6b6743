import Foundation

extension TextSpaceReport {
  /// The report as a table for a terminal: each language asking and answering, the best first.
  package func table(languageNames: [String: String] = [:]) -> String {
    var columns = [TextTable.Column("language", alignment: .left)]
    if !languageNames.isEmpty { columns.append(.init("", alignment: .left, maximumWidth: 24)) }
    columns.append(.init("texts"))
    for group in ["finds others", "is found"] {
      columns += recallAt.map { .init("R@\($0)", group: group) }
    }
    var table = TextTable(columns)
    for row in rows {
      table.append(
        [row.language] + (languageNames.isEmpty ? [] : [languageNames[row.language] ?? ""])
          + ["\(row.texts)"] + (row.finds + row.isFound).map(Format.percent))
    }
    table.appendRule()
    let means = recallAt.indices.map { meanRecall($0) }
    func closing(_ name: String, _ values: [Double?]) -> [String] {
      let cells = values.map { $0.map(Format.percent) ?? "–" }
      return [name] + (languageNames.isEmpty ? [] : [""]) + [""] + cells + cells
    }
    table.append(closing("mean of \(pairs.count) pairs", means.map { $0?.value }))
    table.append(closing("chance", means.map { $0?.chance }))
    return table.rendered() + problems.map { "! \($0)\n" }.joined()
  }

  /// A language's mean recalls with all others, asking and answering.
  private struct Row {
    let language: String
    let texts: Int
    let finds: [Double]
    let isFound: [Double]
  }

  private var rows: [Row] {
    zip(languages, texts).map { language, texts in
      Row(
        language: language, texts: texts,
        finds: recallAt.indices.map { meanRecall($0) { $0.from == language }?.value ?? .nan },
        isFound: recallAt.indices.map { meanRecall($0) { $0.to == language }?.value ?? .nan })
    }.sorted {
      let (a, b) = ($0.finds.last ?? 0, $1.finds.last ?? 0)
      return a == b || a.isNaN || b.isNaN ? $0.language < $1.language : a > b
    }
  }

  /// Recall at each pair of languages as coloured squares.
  package func heatMap(recallAt index: Int) -> HeatMap {
    let order = rows.map(\.language)
    let values = Dictionary(
      pairs.map { ([$0.from, $0.to], $0.result.recall[index].value.value) },
      uniquingKeysWith: { first, _ in first })
    return HeatMap(
      title: "Recall@\(recallAt[index]): a text of the row's language finds its translation among "
        + "the column's", rows: order, columns: order,
      values: order.map { row in order.map { values[[row, $0]] } }, numbers: .percent)
  }

  /// The report as one page of HTML that needs nothing else.
  package func page(languageNames: [String: String] = [:]) -> String {
    let facts =
      subject + [
        .init("Texts", "\(texts.reduce(0, +)) in \(languages.count) languages"),
        .init("Pairs", "\(pairs.count)"),
      ]
    let list = facts.map {
      "<dt>\($0.name.escapedForMarkup)</dt><dd>\($0.value.escapedForMarkup)</dd>"
    }.joined()
    let cards = recallAt.indices.compactMap { index in
      meanRecall(index).map {
        "<div class=\"card\"><span>recall@\(recallAt[index])</span>"
          + "<b>\(Format.percent($0.value)) %</b>"
          + "<span>chance \(Format.percent($0.chance)) %</span></div>"
      }
    }.joined()
    let maps = recallAt.indices.reversed().map {
      "<div class=\"scroll\">\(heatMap(recallAt: $0).svg(isStandalone: false))</div>"
    }.joined()
    let problemList =
      problems.isEmpty
      ? ""
      : "<div class=\"problems\">"
        + problems.map { "<p>\($0.escapedForMarkup)</p>" }.joined() + "</div>"
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'">
      <title>Languages among themselves</title>
      <style>\(PageStyle.sheet)\n\(ChartStyle.sheet)</style></head>
      <body><h1>Languages among themselves</h1>
      <dl>\(list)</dl>\(problemList)
      <h4>Mean of all pairs</h4><div class="cards">\(cards)</div>
      \(maps)
      <details><summary>All numbers</summary><div class="scroll">\(numbers(languageNames))</div>\
      </details>
      <h2>How it was measured</h2><p>Every text of a language is compared with all texts of another; \
      those of the same concept are right answers, and a query counts by its best one. No picture is \
      looked at. Ties count against the model. A text without a translation is not asked.</p>
      </body></html>

      """
  }

  private func numbers(_ names: [String: String]) -> String {
    let head = recallAt.map { "<th scope=\"col\">R@\($0)</th>" }.joined()
    let body = rows.map { row in
      let name = names[row.language].map { " \($0)" } ?? ""
      let cells = (row.finds + row.isFound).map { "<td>\(Format.percent($0))</td>" }.joined()
      return "<tr><th scope=\"row\">\((row.language + name).escapedForMarkup)</th>"
        + "<td>\(row.texts)</td>\(cells)</tr>"
    }.joined()
    return "<table><thead><tr><th scope=\"col\">language</th><th scope=\"col\">texts</th>"
      + "\(head)\(head)</tr></thead><tbody>\(body)</tbody></table>"
  }
}
