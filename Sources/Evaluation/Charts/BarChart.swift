/// Horizontal bars, one below the other, each with a label.
///
/// The values of a bar are laid over each other, as recall@1, 5 and 10 are, where each holds the one
/// before; the last value may have an interval, drawn as a whisker, and chance is a small mark.
package struct BarChart: Sendable {
  /// One bar.
  package struct Bar: Sendable {
    package var label: String
    package var values: [Double]
    package var interval: ClosedRange<Double>?
    package var chance: Double?

    /// Drawn paler.
    package var isMuted: Bool

    package init(
      _ label: String, _ values: [Double], interval: ClosedRange<Double>? = nil,
      chance: Double? = nil, isMuted: Bool = false
    ) {
      self.label = label
      self.values = values
      self.interval = interval
      self.chance = chance
      self.isMuted = isMuted
    }
  }

  package var title: String
  package var axisLabel: String
  package var seriesNames: [String]
  package var bars: [Bar]
  package var numbers: ChartNumbers

  package init(
    title: String, axisLabel: String, seriesNames: [String], bars: [Bar],
    numbers: ChartNumbers = .plain
  ) {
    self.title = title
    self.axisLabel = axisLabel
    self.seriesNames = seriesNames
    self.bars = bars
    self.numbers = numbers
  }

  private static let width = 460.0
  private static let rowHeight = 18.0

  /// The chart as SVG.
  package func svg(isStandalone: Bool = true) -> String {
    typealias Style = ChartStyle
    let labels = bars.map { $0.label.truncated(toDisplayWidth: 24) }
    let left = min(170, labels.map(Style.width).max() ?? 0) + 10
    let right = Self.width - 24
    let legend = Style.legend(seriesNames, x: 4, y: 36, width: Self.width)
    let top = 28 + legend.height + 18
    let bottom = top + Double(bars.count) * Self.rowHeight
    let axis = Axis(
      bars.flatMap { $0.values + [$0.interval?.upperBound, $0.chance].compactMap { $0 } },
      beginsAtZero: true)
    func x(_ value: Double) -> Double { left + (axis.place(value) ?? 0) * (right - left) }

    var markup = Style.text(title, x: 4, y: 15, style: "title") + legend.markup
    for tick in axis.ticks {
      markup += Style.line(x(tick), top - 4, x(tick), bottom)
      let label = numbers.text(tick)
      markup += Style.text(label, x: x(tick), y: top - 8, anchor: "middle", style: "soft")
      markup += Style.text(label, x: x(tick), y: bottom + 14, anchor: "middle", style: "soft")
    }
    markup += Style.text(
      axisLabel, x: (left + right) / 2, y: bottom + 30, anchor: "middle", style: "soft")
    for (index, bar) in bars.enumerated() {
      let y = top + Double(index) * Self.rowHeight
      markup += "<g\(bar.isMuted ? " class=\"muted\"" : "")>\(Style.title(tooltip(bar)))"
      markup += Style.text(labels[index], x: left - 6, y: y + 13, anchor: "end")
      // The longest first, so that the shorter ones lie on it.
      for (series, value) in bar.values.enumerated().reversed() where value.isFinite {
        let (from, to) = (min(x(0), x(value)), max(x(0), x(value)))
        markup +=
          "<rect class=\"s\(series % Style.colours)\" x=\"\(Style.number(from))\" "
          + "y=\"\(Style.number(y + 3))\" width=\"\(Style.number(to - from))\" height=\"13\"/>"
      }
      if let interval = bar.interval {
        markup += Style.line(
          x(interval.lowerBound), y + 9.5, x(interval.upperBound), y + 9.5, style: "mark")
      }
      if let chance = bar.chance {
        markup += Style.line(x(chance), y + 1, x(chance), y + 18, style: "mark")
      }
      markup += "</g>"
    }
    return Style.frame(
      width: Self.width, height: bottom + 38,
      label: "\(title). Bar chart of \(bars.count) bars; \(axisLabel).",
      isStandalone: isStandalone, markup)
  }

  private func tooltip(_ bar: Bar) -> String {
    var lines = [bar.label]
    for (index, value) in bar.values.enumerated() {
      let name = index < seriesNames.count ? seriesNames[index] + ": " : ""
      lines.append(name + numbers.text(value))
    }
    if let interval = bar.interval {
      let (low, high) = (numbers.text(interval.lowerBound), numbers.text(interval.upperBound))
      lines.append("interval: \(low) to \(high)")
    }
    if let chance = bar.chance { lines.append("chance: \(numbers.text(chance))") }
    return lines.joined(separator: "\n")
  }
}
