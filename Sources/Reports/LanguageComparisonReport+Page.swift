import Evaluation
import Languages
import Search

extension LanguageComparisonReport {
  /// The report as one page of HTML that needs nothing else: a contact sheet of the rankings.
  ///
  /// - Parameters:
  ///   - thumbnail: Gives small picture files; where it has none, the picture's name stands instead.
  package func page(
    thumbnail: @escaping (_ name: String) -> (bytes: [UInt8], mediaType: String)? = { _ in nil }
  ) -> String {
    let columns = comparison.columns
    var sheet = PictureSheet(thumbnail)
    // Made first: it gathers the pictures that the head holds.
    var columnsMarkup = ""
    for number in columns.indices { columnsMarkup += markup(of: number, &sheet) }
    let title = columns.map(\.reading.text).joined(separator: " · ").escapedForMarkup
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
      <title>\(title)</title>
      <style>\(PageStyle.sheet)\n\(Self.style)\n\(sheet.sheet)</style></head>
      <body><h1><bdi>\(title)</bdi></h1>
      \(facts)\(notes)
      <div class="lens">\(columnsMarkup)</div>
      <p class="soft"><span class="sign alone">◆</span> Only this text has the picture among its \
      first \(comparison.top) of \(comparison.pictures). The number under a picture is its cosine with the text; the \
      smaller one its rank by the other text.</p>
      <h2>How far the texts agree</h2>
      <div class="scroll">\(agreements)</div>
      <p class="soft">Shared: pictures that both have among their first k. Spearman's ρ (equal \
      scores share their mean rank) and Kendall's τ-b compare the order of all \(comparison.pictures) \
      pictures. Rank-biased overlap has persistence 0.9: the first ten places make up most of it.\
      </p></body></html>

      """
  }

  private static let style = """
    .lens{display:grid;gap:.75rem;\
    grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr))}
    .lens section{background:var(--raised);border:1px solid var(--faint);border-radius:8px;\
    padding:.6rem}
    .lens h2{margin:0;overflow-wrap:anywhere}.lens h2+p{margin-bottom:.6rem}
    .lens ol{list-style:none;margin:0;padding:0;display:grid;gap:.5rem;\
    grid-template-columns:repeat(auto-fill,minmax(4.6rem,1fr))}
    .lens li{font-size:.75rem;min-width:0;overflow-wrap:anywhere;line-height:1.3}
    .lens .picture{width:100%;height:auto;aspect-ratio:1}
    .lens .caption{display:block;margin-top:.15rem}
    .alone{color:#bf5b00;font-weight:700}.lens li.only .picture{border:3px solid #d9731a}
    @media(prefers-color-scheme:dark){.alone{color:#ffa657}}
    """

  private var facts: String {
    "<dl>"
      + subject.map {
        "<dt>\($0.name.escapedForMarkup)</dt><dd>\($0.value.escapedForMarkup)</dd>"
      }.joined() + "<dt>Pictures</dt><dd>\(comparison.pictures)</dd></dl>\n"
  }

  private var notes: String {
    let notes = comparison.columns.compactMap(\.reading.note)
    guard !notes.isEmpty else { return "" }
    return "<div class=\"problems\">"
      + notes.map { "<p>\($0.escapedForMarkup)</p>" }.joined() + "</div>\n"
  }

  private func markup(of number: Int, _ sheet: inout PictureSheet) -> String {
    let column = comparison.columns[number]
    let reading = column.reading
    let language = reading.language.map { " lang=\"\($0.text.escapedForMarkup)\"" } ?? ""
    let name = reading.language?.englishName ?? tag(of: column)
    let sureness = reading.sureness.map { ", detected, \(Format.percent($0)) % sure" } ?? ""
    var markup =
      "<section><h2 dir=\"auto\"\(language)>\(reading.text.escapedForMarkup)</h2>"
      + "<p class=\"soft\">\(name.escapedForMarkup)\(sureness)</p><ol>"
    for (place, placed) in column.hits.enumerated() {
      let hit = placed.hit
      let others = placed.ranks.enumerated().filter { $0.offset != number }.map { "#\($0.element)" }
      let tag = hit.caption?.language.map { " lang=\"\($0.escapedForMarkup)\"" } ?? ""
      markup +=
        "<li\(placed.isAlone ? " class=\"only\"" : "")>\(sheet.markup(hit.entry.name))"
        + "<span class=\"caption\">\(place + 1). <bdi\(tag)>"
        + "\((hit.caption?.text ?? hit.entry.name).escapedForMarkup)</bdi></span>"
        + (placed.isAlone
          ? "<span class=\"alone\" role=\"img\" aria-label=\"only this text\">◆</span> " : "")
        + "\(Format.decimal(Double(hit.score), places: 2)) "
        + "<span class=\"soft\">\(others.joined(separator: " "))</span></li>"
    }
    return markup + "</ol></section>\n"
  }

  private var agreements: String {
    let pairs = comparison.pairs
    let overlaps = pairs.first?.agreement.overlaps ?? []
    let names =
      overlaps.map { "shared of \($0.k)" }
      + ["Spearman's ρ", "Kendall's τ-b", "rank-biased overlap", "texts' cosine"]
    var markup =
      "<table><thead><tr><th scope=\"col\"></th>"
      + names.map { "<th scope=\"col\">\($0)</th>" }.joined() + "</tr></thead><tbody>"
    for pair in pairs {
      let agreement = pair.agreement
      let values = [
        agreement.spearman, agreement.kendall, agreement.biasedOverlap, Double(pair.textSimilarity),
      ]
      markup +=
        "<tr><th scope=\"row\"><bdi>\(self.name(of: pair).escapedForMarkup)</bdi></th>"
        + agreement.overlaps.map { "<td>\($0.shared)</td>" }.joined()
        + values.map { "<td>\($0.map { Format.decimal($0, places: 3) } ?? "–")</td>" }.joined()
        + "</tr>"
    }
    let chance = overlaps.map {
      "<td>\(Format.decimal($0.chance, places: 2))</td>"
    }
    return markup + "</tbody><tfoot><tr><th scope=\"row\">by chance</th>" + chance.joined()
      + "<td>0</td><td>0</td><td></td><td></td></tr></tfoot></table>"
  }
}
