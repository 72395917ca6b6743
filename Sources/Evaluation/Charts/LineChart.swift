/// Lines over a common axis: losses and recalls over steps.
package struct LineChart: Sendable {
  /// One line.
  package struct Series: Sendable {
    package var name: String

    /// Ascending in `x`; a `y` that is not finite breaks the line.
    package var points: [Point]

    package init(_ name: String, _ points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  package struct Point: Sendable, Equatable {
    package var x: Double
    package var y: Double

    package init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  package var title: String
  package var xLabel: String
  package var yLabel: String
  package var series: [Series]
  package var numbers: ChartNumbers
  package var isLogarithmic: Bool

  /// Describes a chart; on a logarithmic `y` axis, values that are not positive are left out.
  package init(
    title: String, xLabel: String, yLabel: String, series: [Series],
    numbers: ChartNumbers = .plain, isLogarithmic: Bool = false
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
    self.numbers = numbers
    self.isLogarithmic = isLogarithmic
  }

  private static let width = 460.0
  private static let plotHeight = 220.0

  /// The chart as SVG.
  package func svg(isStandalone: Bool = true) -> String {
    typealias Style = ChartStyle
    let horizontal = Axis(series.lazy.flatMap(\.points).map(\.x))
    let vertical = Axis(series.lazy.flatMap(\.points).map(\.y), isLogarithmic: isLogarithmic)
    let legend = Style.legend(series.map(\.name), x: 4, y: 36, width: Self.width)
    let labels = vertical.ticks.map(numbers.text)
    let left = (labels.map(Style.width).max() ?? 0) + 30
    let (right, top) = (Self.width - 24, 28 + legend.height + 4)
    let bottom = top + Self.plotHeight

    var markup = Style.text(title, x: 4, y: 15, style: "title") + legend.markup
    for (tick, label) in zip(vertical.ticks, labels) {
      let y = bottom - (vertical.place(tick) ?? 0) * Self.plotHeight
      markup += Style.line(left, y, right, y)
      markup += Style.text(label, x: left - 5, y: y + 4, anchor: "end", style: "soft")
    }
    for tick in horizontal.ticks {
      let x = left + (horizontal.place(tick) ?? 0) * (right - left)
      markup += Style.line(x, bottom, x, bottom + 4)
      markup += Style.text(
        ChartNumbers.plain.text(tick), x: x, y: bottom + 17, anchor: "middle", style: "soft")
    }
    markup += Style.text(
      xLabel, x: (left + right) / 2, y: bottom + 33, anchor: "middle", style: "soft")
    markup += Style.text(
      yLabel, x: 13, y: (top + bottom) / 2, anchor: "middle", style: "soft", turned: true)
    for (index, line) in series.enumerated() {
      let places = line.points.map { point -> (x: Double, y: Double)? in
        guard let x = horizontal.place(point.x), let y = vertical.place(point.y) else { return nil }
        return (left + x * (right - left), bottom - y * Self.plotHeight)
      }
      markup += draw(line, places, colour: index % Style.colours)
    }
    return Style.frame(
      width: Self.width, height: bottom + 42,
      label: "\(title). Line chart of \(yLabel) over \(xLabel): "
        + series.map(\.name).joined(separator: ", ") + ".",
      isStandalone: isStandalone, markup)
  }

  private func draw(
    _ line: Series, _ places: [(x: Double, y: Double)?], colour: Int
  ) -> String {
    let kept = thinned(places)
    var path = ""
    var isBroken = true
    for index in kept {
      guard let place = places[index] else {
        isBroken = true
        continue
      }
      path +=
        (isBroken ? "M" : "L") + ChartStyle.number(place.x) + " "
        + ChartStyle.number(place.y)
      isBroken = false
    }
    var markup = "<path class=\"line s\(colour)\" d=\"\(path)\"/>"
    // Few points are drawn; of many, some carry their numbers unseen.
    let drawn = kept.count <= 40
    let step = max(1, kept.count / 60)
    for (number, index) in kept.enumerated() where number % step == 0 || number == kept.count - 1 {
      guard let place = places[index] else { continue }
      let point = line.points[index]
      markup +=
        "<circle class=\"s\(colour)\" cx=\"\(ChartStyle.number(place.x))\" "
        + "cy=\"\(ChartStyle.number(place.y))\" r=\"\(drawn ? "2.5" : "5")\""
        + (drawn ? ">" : " fill-opacity=\"0\">")
        + ChartStyle.title(
          "\(line.name)\n\(xLabel) \(ChartNumbers.plain.text(point.x)): \(numbers.text(point.y))")
        + "</circle>"
    }
    return markup
  }

  /// The points that show: of those in one pixel column the lowest and the highest.
  private func thinned(_ places: [(x: Double, y: Double)?]) -> [Int] {
    guard places.count > 1000 else { return Array(places.indices) }
    var kept: Set<Int> = [0, places.count - 1]
    var column: (pixel: Int, low: Int, high: Int)?
    for (index, place) in places.enumerated() {
      guard let place else {
        kept.insert(index)
        continue
      }
      let pixel = Int(place.x)
      guard let current = column, current.pixel == pixel, let low = places[current.low],
        let high = places[current.high]
      else {
        if let column { kept.formUnion([column.low, column.high]) }
        column = (pixel, index, index)
        continue
      }
      if place.y < low.y { column?.low = index }
      if place.y > high.y { column?.high = index }
    }
    if let column { kept.formUnion([column.low, column.high]) }
    return kept.sorted()
  }
}
