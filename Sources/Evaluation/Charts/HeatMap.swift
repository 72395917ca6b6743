import Foundation

/// A table of coloured squares: languages by measures, or languages by languages.
package struct HeatMap: Sendable {
  package var title: String
  package var rows: [String]
  package var columns: [String]

  /// `[rows][columns]`; `nil` where nothing was measured.
  package var values: [[Double?]]
  package var numbers: ChartNumbers

  package init(
    title: String, rows: [String], columns: [String], values: [[Double?]],
    numbers: ChartNumbers = .plain
  ) {
    self.title = title
    self.rows = rows
    self.columns = columns
    self.values = values
    self.numbers = numbers
  }

  /// The chart as SVG.
  package func svg(isStandalone: Bool = true) -> String {
    typealias Style = ChartStyle
    let rowLabels = rows.map { $0.truncated(toDisplayWidth: 24) }
    let columnLabels = columns.map { $0.truncated(toDisplayWidth: 18) }
    let left = (rowLabels.map(Style.width).max() ?? 0) + 10
    let top = 28 + (columnLabels.map(Style.width).max() ?? 0) + 8
    let cell = max(14, min(44, (460 - left) / Double(max(1, columns.count))))
    let height = min(cell, 22)
    let measured = values.joined().compactMap { $0 }.filter(\.isFinite)
    let (low, high) = (measured.min() ?? 0, measured.max() ?? 1)
    let width = max(460, left + cell * Double(columns.count) + 8)

    var markup = Style.text(title, x: 4, y: 15, style: "title")
    for (index, label) in columnLabels.enumerated() {
      markup += Style.text(
        label, x: left + (Double(index) + 0.5) * cell + 4, y: top - 6, turned: true)
    }
    for (row, label) in rowLabels.enumerated() {
      let y = top + Double(row) * height
      markup += Style.text(label, x: left - 6, y: y + height / 2 + 4, anchor: "end")
      for column in columns.indices {
        let value = row < values.count && column < values[row].count ? values[row][column] : nil
        let name = "\(rows[row]), \(columns[column])"
        let x = left + Double(column) * cell
        let place =
          "x=\"\(Style.number(x))\" y=\"\(Style.number(y))\" "
          + "width=\"\(Style.number(cell - 1))\" height=\"\(Style.number(height - 1))\""
        guard let value, value.isFinite else {
          markup += "<rect class=\"grid\" \(place)>\(Style.title(name + ": not measured"))</rect>"
          continue
        }
        let share = high > low ? (value - low) / (high - low) : 1
        markup +=
          "<rect fill=\"\(Self.colour(share))\" \(place)>"
          + Style.title("\(name): \(numbers.text(value))") + "</rect>"
      }
    }
    let bottom = top + Double(rows.count) * height + 20
    markup += Style.text(numbers.text(low), x: left, y: bottom, style: "soft")
    for step in 0..<40 {
      markup +=
        "<rect fill=\"\(Self.colour(Double(step) / 39))\" "
        + "x=\"\(Style.number(left + 70 + Double(step) * 4))\" y=\"\(Style.number(bottom - 10))\" "
        + "width=\"4.2\" height=\"12\"/>"
    }
    markup += Style.text(numbers.text(high), x: left + 238, y: bottom, style: "soft")
    return Style.frame(
      width: max(width, left + 310), height: bottom + 10,
      label: "\(title). Heat map of \(rows.count) rows and \(columns.count) columns, "
        + "from \(numbers.text(low)) to \(numbers.text(high)).",
      isStandalone: isStandalone, markup)
  }

  /// From dark blue to yellow; lightness rises evenly, so it reads in grey as well.
  ///
  /// - Source: Nuñez, Anderton, Renslow 2018, doi:10.1371/journal.pone.0199239 (cividis), five of
  ///   its colours.
  private static func colour(_ share: Double) -> String {
    let stops: [(Double, Double, Double)] = [
      (0, 34, 78), (65, 77, 107), (124, 123, 120), (188, 175, 111), (254, 232, 56),
    ]
    let place = min(max(share, 0), 1) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    let part = place - Double(index)
    let (from, to) = (stops[index], stops[index + 1])
    func mixed(_ a: Double, _ b: Double) -> Int { Int((a + (b - a) * part).rounded()) }
    return String(
      format: "#%02x%02x%02x", mixed(from.0, to.0), mixed(from.1, to.1), mixed(from.2, to.2))
  }
}
