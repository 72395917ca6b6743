extension RetrievalReport {
  /// The report as one page of HTML that needs nothing else.
  ///
  /// - Parameters:
  ///   - languageNames: Names to stand beside the tags.
  ///   - thumbnail: Gives small picture files for the contact sheet; where it has none, the
  ///     picture's name stands instead.
  /// - Returns: The page; the pictures are in it, each once.
  package func page(
    languageNames: [String: String] = [:],
    thumbnail: @escaping (_ imageID: String) -> (bytes: [UInt8], mediaType: String)? = { _ in nil }
  ) -> String {
    var sheet = ContactSheet(languageNames: languageNames, pictures: PictureSheet(thumbnail))
    // Made first: it gathers the pictures that the head holds.
    let examples = examples.reduce(into: "") { $0 += sheet.markup($1) }
    let contact =
      examples.isEmpty
      ? ""
      : "<h2>Best and worst queries</h2>"
        + "<p class=\"soft\">Green and ✓: a right answer. The number is the score, from −1 to 1."
        + "</p>\n\(examples)"
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
      <title>\(heading.escapedForMarkup)</title>
      <style>\(PageStyle.sheet)\n\(ChartStyle.sheet)\n\(sheet.pictures.sheet)</style></head>
      <body><h1>\(heading.escapedForMarkup)</h1>
      \(facts)\(problemList)\(cards)
      <h2>Languages</h2>
      <div class="charts">\
      \(chart("Text → image", languageNames, \.textToImage).svg(isStandalone: false))\
      \(chart("Image → text", languageNames, \.imageToText).svg(isStandalone: false))</div>
      <details><summary>All numbers</summary><div class="scroll">\(numbers(languageNames))</div>\
      </details>
      \(contact)\(method)</body></html>

      """
  }

  private var heading: String {
    let model = subject.first { $0.name.lowercased() == "model" }
    return "Retrieval" + (model.map { ": \($0.value)" } ?? "")
  }

  private var facts: String {
    let own = [
      Fact("Pictures", "\(images) of \(concepts) concepts"),
      Fact("Captions", "\(captions) in \(languages.count) languages"),
    ]
    return "<dl>"
      + (subject + own).map {
        "<dt>\($0.name.escapedForMarkup)</dt><dd>\($0.value.escapedForMarkup)</dd>"
      }.joined() + "</dl>\n"
  }

  private var problemList: String {
    problems.isEmpty
      ? ""
      : "<div class=\"problems\">"
        + problems.map { "<p>\($0.escapedForMarkup)</p>" }.joined() + "</div>\n"
  }

  /// The means, large.
  private var cards: String {
    guard let mean else {
      return "<p>No language has \(options.minimumCaptions) captions, so there is no mean.</p>"
    }
    func row(_ title: String, _ result: RankingResult) -> String {
      var markup = "<h4>\(title), mean of \(mean.languages) languages</h4><div class=\"cards\">"
      for recall in result.recall {
        markup +=
          "<div class=\"card\"><span>recall@\(recall.k)</span>"
          + "<b>\(Format.percent(recall.value.value)) %</b>"
          + "<span>\(Format.interval(recall.value))</span>"
          + "<span>chance \(Format.percent(recall.chance)) %</span></div>"
      }
      markup +=
        "<div class=\"card\"><span>rank of the first right answer</span>"
        + "<b>\(Format.rank(result.medianRank.value))</b>"
        + "<span>mean \(Format.rank(result.meanRank.value))</span>"
        + "<span>chance \(Format.rank(result.chanceMeanRank))</span></div></div>"
      return markup
    }
    return row("Text → image", mean.textToImage) + row("Image → text", mean.imageToText)
  }

  private func chart(
    _ title: String, _ names: [String: String],
    _ direction: KeyPath<LanguageResult, RankingResult>
  ) -> BarChart {
    BarChart(
      title: title, axisLabel: "recall", seriesNames: options.recallAt.map { "recall@\($0)" },
      bars: languagesByRecall.map { language in
        let result = language[keyPath: direction]
        let last = result.recall.last
        var interval: ClosedRange<Double>?
        if let low = last?.value.low, let high = last?.value.high, low <= high {
          interval = low...high
        }
        let name = names[language.language].map { " \($0)" } ?? ""
        return BarChart.Bar(
          language.language + name, result.recall.map(\.value.value), interval: interval,
          chance: last?.chance, isMuted: !language.isInMean)
      }, numbers: .percent)
  }

  private func numbers(_ names: [String: String]) -> String {
    func head(_ arrow: String) -> String {
      options.recallAt.map { "<th scope=\"col\">\(arrow) R@\($0)</th>" }.joined()
        + "<th scope=\"col\">\(arrow) median</th><th scope=\"col\">\(arrow) mean</th>"
    }
    func cells(_ result: RankingResult) -> String {
      result.recall.map {
        "<td title=\"\(Format.interval($0.value))\">\(Format.percent($0.value.value))</td>"
      }.joined() + "<td>\(Format.rank(result.medianRank.value))</td>"
        + "<td>\(Format.rank(result.meanRank.value))</td>"
    }
    func chance(_ result: RankingResult) -> String {
      result.recall.map { "<td>\(Format.percent($0.chance))</td>" }.joined()
        + "<td></td><td>\(Format.rank(result.chanceMeanRank))</td>"
    }
    var markup =
      "<table><thead><tr><th scope=\"col\">language</th><th scope=\"col\">captions</th>"
      + head("t→i") + head("i→t") + "</tr></thead><tbody>"
    for language in languagesByRecall {
      let name = names[language.language].map { " \($0)" } ?? ""
      markup +=
        "<tr><th scope=\"row\">\((language.language + name).escapedForMarkup)"
        + "\(language.isInMean ? "" : " ·")</th><td>\(language.captions)</td>"
        + cells(language.textToImage) + cells(language.imageToText) + "</tr>"
    }
    markup += "</tbody>"
    if let mean {
      markup +=
        "<tfoot><tr><th scope=\"row\">mean of \(mean.languages)</th><td></td>"
        + cells(mean.textToImage) + cells(mean.imageToText)
        + "</tr><tr><th scope=\"row\">chance</th><td></td>" + chance(mean.textToImage)
        + chance(mean.imageToText) + "</tr></tfoot>"
    }
    return markup + "</table>"
  }

  /// How it was measured, for readers who see only the page.
  private var method: String {
    let interval =
      options.resamples == 0
      ? ""
      : " Intervals hold \(Format.rank(options.confidence * 100)) % of \(options.resamples) "
        + "draws of the queries (for the mean: of the pictures, with their captions in all "
        + "languages); seed \(options.seed)."
    return "<h2>How it was measured</h2><p>Text → image: each caption of a language against all "
      + "pictures. Image → text: each picture that has a caption in the language against all "
      + "captions of the language. Every picture and caption of the query's concept is a right "
      + "answer; a query counts by its best one, and ties count against the model. Chance is what "
      + "guessing would reach. A language that lacks a caption for a picture is left out there. "
      + "The mean is over languages with at least \(options.minimumCaptions) captions, each "
      + "counting the same; the others are pale, or marked “·”.\(interval)</p>"
  }
}
