/// How a table is written: what parts its fields, and whether quotation marks enclose them.
struct TableDialect: Equatable {
  let separator: UInt8
  /// Whether a field that begins with a quotation mark is a quoted one.
  private(set) var isQuoted = true

  /// What parts fields, the rarest in texts first.
  private static let separators = "\t|;,".utf8
  private static let tab = UInt8(ascii: "\t")
  private static let quote = UInt8(ascii: "\"")
  /// The most bytes of a quoted field.
  private static let longest = 1 << 20

  /// Finds out how a table is written. Its name does not say: open_clip's lists are parted by tabs
  /// and called `.csv`, and Excel writes semicolons where numbers have commas.
  ///
  /// - Parameters:
  ///   - sample: The beginning of the table.
  ///   - isWhole: Whether that is all of it.
  ///   - separator: What parts its fields, if the table says so itself.
  init(of sample: ArraySlice<UInt8>, isWhole: Bool, separator stated: UInt8? = nil) {
    var best: (separator: UInt8, share: Double, width: Int)?
    for separator in Self.separators where stated == nil {
      let rows = TableDialect(separator: separator)
        .rows(in: sample, isWhole: isWhole, limit: 100)
      guard let width = rows.first?.fields.count, width > 1 else { continue }
      let share = Double(rows.count { $0.fields.count == width }) / Double(rows.count)
      if best.map({ (share, width) > ($0.share, $0.width) }) ?? true {
        best = (separator, share, width)
      }
    }
    // In a table of one column, tabs are the least likely to stand in texts.
    separator = stated ?? best?.separator ?? Self.tab
    // Lists parted by tabs are often written without quoting: their marks belong to the texts.
    if separator == Self.tab {
      isQuoted = !rows(in: sample, isWhole: isWhole, limit: .max).contains(where: \.hasStrayQuote)
    }
  }

  private init(separator: UInt8) { self.separator = separator }

  private func rows(in sample: ArraySlice<UInt8>, isWhole: Bool, limit: Int) -> [Row] {
    var rows: [Row] = []
    var place = sample.startIndex
    while place < sample.endIndex, rows.count < limit,
      let row = row(in: sample, from: place, isWhole: isWhole)
    {
      if !row.isEmpty { rows.append(row) }
      place = row.end
    }
    return rows
  }
}

extension TableDialect {
  /// A row, and where it ends.
  struct Row {
    var fields: [[UInt8]] = []
    /// The place behind its line end.
    var end = 0
    /// How many lines it takes.
    var lines = 1
    /// Whether a quotation mark begins a field that it does not enclose.
    var hasStrayQuote = false
    /// Whether a quoted field has no end.
    var isBroken = false

    var isEmpty: Bool { fields.count == 1 && fields[0].isEmpty }
  }

  /// The row that begins at `start`, `nil` if it may go on behind `bytes`, which then are not whole.
  ///
  /// - Parameter width: How many fields it should have, if that is known.
  func row(
    in bytes: ArraySlice<UInt8>, from start: Int, isWhole: Bool, width: Int? = nil
  ) -> Row? {
    let row = row(in: bytes, from: start, isWhole: isWhole, isQuoted: isQuoted)
    guard let row, let width, row.lines > 1, row.fields.count != width,
      var first = self.row(in: bytes, from: start, isWhole: isWhole, isQuoted: false),
      first.fields.count == width
    else { return row }
    // A mark that has no partner in its line took in the lines up to the next such one.
    first.isBroken = separator != Self.tab
    return first
  }

  private func row(
    in bytes: ArraySlice<UInt8>, from start: Int, isWhole: Bool, isQuoted: Bool
  ) -> Row? {
    var row = Row()
    var place = start
    while true {
      var field: [UInt8] = []
      if isQuoted, place < bytes.endIndex, bytes[place] == Self.quote {
        switch quotedField(in: bytes, from: place) {
        case .unfinished where !isWhole && bytes.endIndex - place <= Self.longest:
          return nil
        case .unfinished:
          row.hasStrayQuote = true
          row.isBroken = separator != Self.tab
        case .closed(let text, let end, let breaks):
          let isStray = end < bytes.endIndex && !endsField(bytes[end])
          row.hasStrayQuote = row.hasStrayQuote || isStray
          // A caption of a list without quoting may begin with a word in quotes. Elsewhere what
          // follows the quotes is taken along, as by Python's csv, unless they took in lines.
          if isStray, separator == Self.tab || breaks > 0 {
            row.isBroken = separator != Self.tab
          } else {
            (field, place) = (text, end)
            row.lines += breaks
          }
        }
      }
      let begin = place
      while place < bytes.endIndex, !endsField(bytes[place]) { place += 1 }
      row.fields.append(field + bytes[begin..<place])
      guard place < bytes.endIndex else {
        row.end = place
        return isWhole ? row : nil
      }
      let end = bytes[place]
      place += 1
      if end == separator { continue }
      if end == 0x0D {
        guard isWhole || place < bytes.endIndex else { return nil }
        if place < bytes.endIndex, bytes[place] == 0x0A { place += 1 }
      }
      row.end = place
      return row
    }
  }
}

extension TableDialect {
  private enum QuotedField {
    /// Its text, the place behind its second mark, and the line breaks in it.
    case closed([UInt8], end: Int, breaks: Int)
    case unfinished
  }

  private func endsField(_ byte: UInt8) -> Bool {
    byte == separator || byte == 0x0A || byte == 0x0D
  }

  /// The field whose opening mark is at `start`; two marks in it stand for one.
  private func quotedField(in bytes: ArraySlice<UInt8>, from start: Int) -> QuotedField {
    var text: [UInt8] = []
    var breaks = 0
    var place = start + 1
    while place < bytes.endIndex, place - start <= Self.longest {
      let byte = bytes[place]
      place += 1
      if byte == Self.quote {
        guard place < bytes.endIndex, bytes[place] == Self.quote else {
          return .closed(text, end: place, breaks: breaks)
        }
        place += 1
      } else if byte == 0x0A || byte == 0x0D && (place == bytes.endIndex || bytes[place] != 0x0A) {
        breaks += 1
      }
      text.append(byte)
    }
    return .unfinished
  }
}
