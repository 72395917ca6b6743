/// The best and worst queries of a few languages, with what they found.
struct ContactSheet {
  let languageNames: [String: String]
  var pictures: PictureSheet

  /// The sheet of one language.
  mutating func markup(_ examples: LanguageExamples) -> String {
    let tag = examples.language.escapedForMarkup
    let name = languageNames[examples.language].map { " · \($0.escapedForMarkup)" } ?? ""
    var markup = "<section><h3>\(tag)\(name)</h3>"
    let parts: [(String, [QueryExample])] = [
      ("Captions that found their picture best", examples.bestCaptions),
      ("Captions that found it worst", examples.worstCaptions),
      ("Pictures that found their caption best", examples.bestImages),
      ("Pictures that found it worst", examples.worstImages),
    ]
    for (title, queries) in parts where !queries.isEmpty {
      markup += "<h4>\(title)</h4><div class=\"queries\">"
      for query in queries {
        markup += query.text == nil ? asking(picture: query, tag) : asking(caption: query, tag)
      }
      markup += "</div>"
    }
    return markup + "</section>\n"
  }

  private mutating func asking(caption query: QueryExample, _ tag: String) -> String {
    let text = (query.text ?? "").escapedForMarkup
    var markup =
      "<article class=\"query\"><header><strong dir=\"auto\" lang=\"\(tag)\">\(text)</strong>"
      + "<span class=\"rank\">\(rank(query))</span>"
      + "<span class=\"right\">\(pictures.markup(query.imageID))</span></header>"
      + "<ol class=\"hits\">"
    for hit in query.hits {
      markup +=
        "<li\(hit.isRelevant ? " class=\"right\"" : "")>\(pictures.markup(hit.imageID))"
        + "\(sign(hit)) \(score(hit))</li>"
    }
    return markup + "</ol></article>"
  }

  private mutating func asking(picture query: QueryExample, _ tag: String) -> String {
    var markup =
      "<article class=\"query\"><header>\(pictures.markup(query.imageID))"
      + "<strong dir=\"auto\" lang=\"\(tag)\">\((query.rightText ?? "").escapedForMarkup)</strong>"
      + "<span class=\"rank\">\(rank(query))</span></header>"
      + "<ol class=\"captions\">"
    for hit in query.hits {
      markup +=
        "<li\(hit.isRelevant ? " class=\"right\"" : "")>\(sign(hit))"
        + "<bdi dir=\"auto\" lang=\"\(tag)\">\((hit.text ?? "").escapedForMarkup)</bdi>"
        + "<span class=\"soft\">\(score(hit))</span></li>"
    }
    return markup + "</ol></article>"
  }

  private func rank(_ query: QueryExample) -> String { "rank \(query.rank)" }

  private func sign(_ hit: ExampleHit) -> String {
    hit.isRelevant
      ? "<span class=\"sign\" role=\"img\" aria-label=\"right\">✓</span>"
      : "<span class=\"sign\" role=\"img\" aria-label=\"wrong\">✗</span>"
  }

  private func score(_ hit: ExampleHit) -> String {
    hit.score.map { Format.decimal(Double($0), places: 2) } ?? "–"
  }
}
