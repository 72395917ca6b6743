extension ClassificationReport {
  /// The report as one page of HTML that needs nothing else.
  ///
  /// - Parameters:
  ///   - languageNames: Names to stand beside the tags.
  ///   - thumbnail: Gives small picture files for the examples; where it has none, the picture's
  ///     name stands instead.
  package func page(
    languageNames: [String: String] = [:],
    thumbnail: @escaping (_ imageID: String) -> (bytes: [UInt8], mediaType: String)? = { _ in nil }
  ) -> String {
    var pictures = PictureSheet(thumbnail)
    // Made first: it gathers the pictures that the head holds.
    let examples = examples.reduce(into: "") { $0 += markup($1, &pictures) }
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
      <title>\(heading.escapedForMarkup)</title>
      <style>\(PageStyle.sheet)\n\(ChartStyle.sheet)\n\(pictures.sheet)</style></head>
      <body><h1>\(heading.escapedForMarkup)</h1>
      \(facts)\(problemList)\(comparison(languageNames))
      \(languages.map { section($0, languageNames) }.joined())\
      \(examples.isEmpty
        ? "" : "<h2>Some of the pictures</h2><div class=\"queries\">\(examples)</div>\n")\
      \(method)</body></html>

      """
  }

  private var heading: String {
    let model = subject.first { $0.name.lowercased() == "model" }
    return "Classification" + (model.map { ": \($0.value)" } ?? "")
  }

  private var facts: String {
    let own = [
      RetrievalReport.Fact(
        "Pictures", "\(pictures)" + (knownPictures > 0 ? ", \(knownPictures) of known class" : "")),
      RetrievalReport.Fact("Classes", "\(classes)"),
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

  /// The languages beside each other: accuracy, and how often they agree.
  private func comparison(_ names: [String: String]) -> String {
    var charts: [String] = []
    if knownPictures > 0 {
      let hasFive = languages.contains { $0.result?.acc5 != nil }
      charts.append(
        BarChart(
          title: "Accuracy", axisLabel: "share of pictures",
          seriesNames: hasFive ? ["acc1", "acc5"] : ["acc1"],
          bars: languagesByAccuracy.map { language in
            let result = language.result
            var interval: ClosedRange<Double>?
            if let low = result?.acc1.low, let high = result?.acc1.high, low <= high {
              interval = low...high
            }
            return BarChart.Bar(
              title(language, names),
              [result?.acc1.value ?? 0] + (result?.acc5.map { [$0] } ?? []), interval: interval,
              chance: result?.chance, isMuted: result == nil)
          }, numbers: .percent
        ).svg(isStandalone: false))
    }
    if languages.count > 1, !agreement.isEmpty {
      let tags = languages.map(\.language)
      charts.append(
        HeatMap(
          title: "Pictures for which two languages chose the same class", rows: tags,
          columns: tags, values: agreement, numbers: .percent
        ).svg(isStandalone: false))
    }
    return charts.isEmpty
      ? "" : "<h2>Languages</h2><div class=\"charts\">\(charts.joined())</div>\n\(numbers(names))"
  }

  private func numbers(_ names: [String: String]) -> String {
    guard knownPictures > 0 else { return "" }
    let head = ["language", "labels", "pictures", "acc1", "95 %", "acc5", "per class", "chance"]
    var markup =
      "<details><summary>All numbers</summary><div class=\"scroll\"><table><thead><tr>"
      + head.map { "<th scope=\"col\">\($0)</th>" }.joined() + "</tr></thead><tbody>"
    for language in languagesByAccuracy {
      guard let result = language.result else { continue }
      let cells = [
        "\(language.classes)", "\(result.pictures)", Format.percent(result.acc1.value),
        Format.interval(result.acc1), result.acc5.map(Format.percent) ?? "–",
        Format.percent(result.meanPerClassRecall), Format.percent(result.chance),
      ]
      markup +=
        "<tr><th scope=\"row\">\(title(language, names).escapedForMarkup)</th>"
        + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
    }
    return markup + "</tbody></table></div></details>\n"
  }

  /// What one language chose, and how often rightly.
  private func section(_ language: LanguageClassification, _ names: [String: String]) -> String {
    let chart: BarChart
    if let result = language.result {
      let worst = result.recalls.sorted { a, b in
        let (x, y) = (share(a), share(b))
        return x == y ? a.label < b.label : x < y
      }
      chart = BarChart(
        title: result.recalls.count > 30 ? "The 30 hardest classes" : "Classes, the hardest first",
        axisLabel: "share of the class's pictures that were recognised", seriesNames: [],
        bars: worst.prefix(30).map { BarChart.Bar("\($0.label) (\($0.pictures))", [share($0)]) },
        numbers: .percent)
    } else {
      chart = BarChart(
        title: "Chosen most often", axisLabel: "pictures", seriesNames: [],
        bars: language.choices.prefix(30).map { BarChart.Bar($0.label, [Double($0.pictures)]) })
    }
    let mistakes = (language.result?.mistakes ?? []).map {
      "<li><span>\(bdi($0.truth, language)) taken for \(bdi($0.taken, language))</span> "
        + "<span class=\"soft\">\($0.pictures)</span></li>"
    }
    let sureness = language.sureness.map { ", detected, \(Format.percent($0)) % sure" } ?? ""
    return "<section><h3>\(title(language, names).escapedForMarkup)</h3>"
      + "<p class=\"soft\">\(language.classes) labels\(sureness), each put into: "
      + language.templates.map { bdi($0, language) }.joined(separator: " · ") + "</p>"
      + language.notes.map { "<p>\($0.escapedForMarkup)</p>" }.joined()
      + "<div class=\"charts\">\(chart.svg(isStandalone: false))</div>"
      + (mistakes.isEmpty
        ? ""
        : "<h4>Commonest mistakes</h4><ul class=\"captions\">\(mistakes.joined())</ul>")
      + "</section>\n"
  }

  private func share(_ recall: ClassRecall) -> Double {
    Double(recall.recognised) / Double(max(1, recall.pictures))
  }

  private func title(_ language: LanguageClassification, _ names: [String: String]) -> String {
    language.language + (names[language.language].map { " \($0)" } ?? "")
  }

  private func bdi(_ text: String, _ language: LanguageClassification) -> String {
    "<bdi dir=\"auto\" lang=\"\(language.language.escapedForMarkup)\">"
      + "\(text.escapedForMarkup)</bdi>"
  }

  private func markup(_ example: ClassifiedExample, _ pictures: inout PictureSheet) -> String {
    var markup =
      "<article class=\"query\"><header>\(pictures.markup(example.imageID))"
      + "<strong dir=\"auto\">\((example.truth ?? example.imageID).escapedForMarkup)</strong>"
      + "</header><ol class=\"captions\">"
    for answer in example.answers {
      let sign =
        answer.isRight.map { isRight in
          isRight
            ? "<span class=\"sign\" role=\"img\" aria-label=\"right\">✓</span>"
            : "<span class=\"sign\" role=\"img\" aria-label=\"wrong\">✗</span>"
        } ?? ""
      let tag = answer.language.escapedForMarkup
      let labels = answer.labels.map {
        "<bdi dir=\"auto\" lang=\"\(tag)\">\($0.text.escapedForMarkup)</bdi> "
          + "<span class=\"soft\">\(Format.percent($0.probability)) %</span>"
      }
      markup +=
        "<li\(answer.isRight == true ? " class=\"right\"" : "")>\(sign)"
        + "<span class=\"soft\">\(tag)</span><span>\(labels.joined(separator: ", "))</span></li>"
    }
    return markup + "</ol></article>"
  }

  /// How it was measured, for readers who see only the page.
  private var method: String {
    let known =
      knownPictures == 0
      ? ""
      : " acc1 is the share of pictures whose right class scores highest, acc5 that whose right "
        + "class is among the five highest; of equal scores the earlier class counts as higher. "
        + "“Per class” is the mean of acc1 over the classes that pictures have. A picture whose "
        + "class has no label in a language is left out there, so languages with other labels or "
        + "pictures compare only roughly. Intervals are Wilson's, 95 %."
    return "<h2>How it was measured</h2><p>Each label was put into the sentences named above; its "
      + "vector is the mean of theirs, each of length one, brought to length one again. Every "
      + "picture was compared with every label of a language. "
      + (isExclusive
        ? "Probabilities are the softmax over a language's labels, at the scale that the model has "
          + "learned."
        : "Probabilities are the sigmoid of each score alone, at the scale and bias that the model "
          + "has learned: they do not add up to one.") + known + "</p>"
  }
}
