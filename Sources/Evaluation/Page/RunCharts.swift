/// Charts below each other, as one drawing or one page.
package enum RunCharts {
  /// One SVG that holds all charts.
  package static func drawing(_ charts: [LineChart]) -> String {
    let height = 340.0
    let inner = charts.enumerated().map { index, chart in
      let svg = chart.svg(isStandalone: false)
      return svg.replacing(
        "<svg ", with: "<svg y=\"\(Int(Double(index) * height))\" height=\"\(Int(height))\" ",
        maxReplacements: 1)
    }.joined()
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 460 "
      + "\(Int(height) * charts.count)\" role=\"img\" aria-label=\"How training goes\">"
      + "<style>\(ChartStyle.sheet)</style>\(inner)</svg>\n"
  }

  /// One page of HTML that needs nothing else.
  ///
  /// - Parameters:
  ///   - table: Stands below the charts as it is.
  package static func page(title: String, _ charts: [LineChart], table: String) -> String {
    let drawn = charts.map { $0.svg(isStandalone: false) }.joined()
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'">
      <title>\(title.escapedForMarkup)</title>
      <style>\(PageStyle.sheet)\n\(ChartStyle.sheet)</style></head>
      <body><h1>\(title.escapedForMarkup)</h1>
      <div class="charts">\(drawn)</div>
      <div class="scroll"><pre>\(table.escapedForMarkup)</pre></div>
      </body></html>

      """
  }
}
