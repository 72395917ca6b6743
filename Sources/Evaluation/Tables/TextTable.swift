/// A table for a terminal: columns stand below each other in every script.
package struct TextTable: Sendable {
  /// One column.
  package struct Column: Sendable {
    package enum Alignment: Sendable { case left, right }

    /// Stands over the column.
    package var title: String

    /// Stands once over all neighbouring columns that have the same one.
    package var group: String

    package var alignment: Alignment

    /// Longer texts are cut.
    package var maximumWidth: Int

    package init(
      _ title: String, group: String = "", alignment: Alignment = .right, maximumWidth: Int = 40
    ) {
      self.title = title
      self.group = group
      self.alignment = alignment
      self.maximumWidth = maximumWidth
    }
  }

  package var columns: [Column]

  /// The texts of each row; missing ones are empty.
  package private(set) var rows: [[String]] = []
  private var rules: Set<Int> = []

  /// Begins a table.
  package init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row below the others.
  package mutating func append(_ row: [String]) { rows.append(row) }

  /// Draws a line below the rows so far.
  package mutating func appendRule() { rules.insert(rows.count) }

  /// The table, each line ended by a line break.
  package func rendered() -> String {
    let cells = rows.map { row in
      columns.indices.map { index in
        let text = index < row.count ? row[index] : ""
        return text.oneLine.truncated(toDisplayWidth: columns[index].maximumWidth)
      }
    }
    let widths = columns.indices.map { index in
      cells.reduce(columns[index].title.displayWidth) { max($0, $1[index].displayWidth) }
    }
    var lines: [String] = []
    if columns.contains(where: { !$0.group.isEmpty }) { lines.append(groupLine(widths)) }
    lines.append(line(columns.map(\.title), widths))
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    lines.append(rule)
    for (index, row) in cells.enumerated() {
      if index > 0, rules.contains(index) { lines.append(rule) }
      lines.append(line(row, widths))
    }
    return lines.reduce(into: "") { $0 += $1 + "\n" }
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    let padded = columns.indices.map { index in
      let space = String(repeating: " ", count: max(0, widths[index] - cells[index].displayWidth))
      return columns[index].alignment == .left ? cells[index] + space : space + cells[index]
    }
    return padded.joined(separator: "  ").trimmedAtEnd
  }

  /// Each group's name over the first of its columns.
  private func groupLine(_ widths: [Int]) -> String {
    var line = ""
    var place = 0
    for (index, column) in columns.enumerated() {
      let isFirst = index == 0 || columns[index - 1].group != column.group
      if isFirst, !column.group.isEmpty {
        line += String(repeating: " ", count: max(0, place - line.displayWidth)) + column.group
      }
      place += widths[index] + 2
    }
    return line
  }
}

extension String {
  /// The text without line breaks and controls, which would tear a table.
  fileprivate var oneLine: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map {
          $0.properties.generalCategory == .control ? " " : $0
        }))
  }

  fileprivate var trimmedAtEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
