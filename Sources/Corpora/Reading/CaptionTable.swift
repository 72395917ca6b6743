/// The names of the columns of a TSV or CSV file that hold what a sample needs.
package struct TableColumns: Sendable, Codable, Equatable {
  /// In each list the first column that the table has is taken.
  package var path = ["filepath", "image", "path", "image_path", "file", "filename"]
  package var caption = ["title", "caption", "text"]
  package var language = ["language", "lang"]
  package var id = ["id", "key"]
  package var concept = ["concept"]
  package var split = ["split"]
  package var source = ["source", "url"]
  package var license = ["license", "licence"]

  package init() {}
}

/// Reads a TSV or CSV file with a header line, as open_clip's `--dataset-type csv` does.
///
/// Lines that name the same picture are captions of one sample, unless ids tell them apart. Where
/// captions alone are asked for, a table without a column of pictures holds parallel sentences: a
/// column for each language, whose tag is its name.
enum CaptionTable {
  static func read(_ path: String, into collector: inout SampleCollector) throws(CorpusError) {
    let file = try InputFile(path)
    let name = fileName(path)
    if let mark = TextEncoding.foreignMark(try file.read(at: 0, upTo: 4)) {
      collector.report(.wrongEncoding, name, mark)
      return
    }
    var rows = TableRows(file, separator: path.lowercased().hasSuffix(".csv") ? "," : "\t")
    guard let header = try rows.next(reporting: &collector) else { return }
    if collector.options.keepsCaptionsWithoutPictures,
      !header.contains(where: { collector.options.columns.path.contains($0.lowercased()) })
    {
      return try readSentences(&rows, header, name, into: &collector)
    }
    let places = try ColumnPlaces(header, collector.options.columns, of: path)
    // Keyed by bytes: to String, composed and decomposed names of files are one.
    var order: [[UInt8]] = []
    var gathered: [[UInt8]: (raw: RawSample, place: String, picture: String)] = [:]
    while let row = try rows.next(reporting: &collector) {
      let place = "\(name) line \(rows.line)"
      guard fits(row, header, at: place, reporting: &collector) else { continue }
      let picture = row[places.path]
      guard !picture.isBlank else {
        collector.report(.badRecord, place, "no path of a picture")
        continue
      }
      let id = places.id.map { row[$0] } ?? ""
      let language = places.language.map { row[$0] } ?? ""
      let caption = (language.isEmpty ? "und" : language, [places.caption.map { row[$0] } ?? ""])
      let key = Array("\(id)\u{0}\(picture)".utf8)
      if gathered[key] == nil {
        var raw = RawSample()
        raw.id = id
        raw.concept = places.concept.map { row[$0] } ?? ""
        raw.split = SampleRecord.canonicalSplit(places.split.map { row[$0] } ?? "")
        raw.source = places.source.map { row[$0] } ?? ""
        raw.license = places.license.map { row[$0] } ?? ""
        gathered[key] = (raw, place, picture)
        order.append(key)
      }
      if places.caption != nil { gathered[key]?.raw.captions.append(caption) }
    }
    for key in order {
      guard let (raw, place, picture) = gathered[key] else { continue }
      collector.add(raw, at: place, pictureAt: picture, relativeTo: path)
    }
  }
}

extension CaptionTable {
  /// Whether a row has a field for each column; otherwise it is told.
  private static func fits(
    _ row: [String], _ header: [String], at place: String,
    reporting collector: inout SampleCollector
  ) -> Bool {
    if row.count == header.count { return true }
    collector.report(
      .badRecord, place, "\(row.count) columns where the header has \(header.count)")
    return false
  }

  /// A sample a line, with a caption in each language that has a column.
  private static func readSentences(
    _ rows: inout TableRows, _ header: [String], _ name: String,
    into collector: inout SampleCollector
  ) throws(CorpusError) {
    let columns = collector.options.columns
    func place(_ names: [String]) -> Int? {
      header.firstIndex { names.contains($0.lowercased()) }
    }
    let (id, split, concept) = (place(columns.id), place(columns.split), place(columns.concept))
    let others = [id, split, concept, place(columns.source), place(columns.license)]
    let languages = header.indices.filter { !others.contains($0) && !header[$0].isBlank }
    while let row = try rows.next(reporting: &collector) {
      let place = "\(name) line \(rows.line)"
      guard fits(row, header, at: place, reporting: &collector) else { continue }
      var raw = RawSample()
      raw.id = id.map { row[$0] } ?? ""
      raw.split = SampleRecord.canonicalSplit(split.map { row[$0] } ?? "")
      raw.concept = concept.map { row[$0] } ?? ""
      // A sentence that is missing in one language is no fault of the others.
      raw.captions = languages.filter { !row[$0].isBlank }.map { (header[$0], [row[$0]]) }
      collector.add(raw, at: place, picture: .absent)
    }
  }
}

/// Where in a row each column stands.
private struct ColumnPlaces {
  let path: Int
  let caption, language, id, concept, split, source, license: Int?

  init(_ header: [String], _ columns: TableColumns, of file: String) throws(CorpusError) {
    func place(_ names: [String]) -> Int? {
      names.lazy.compactMap { name in header.firstIndex { $0.lowercased() == name.lowercased() } }
        .first
    }
    guard let path = place(columns.path) else {
      throw .unknownForm(
        path: file,
        reason: "its header (\(header.prefix(6).joined(separator: ", "))) has no column "
          + columns.path.map { "“\($0)”" }.joined(separator: " or "))
    }
    self.path = path
    caption = place(columns.caption)
    language = place(columns.language)
    id = place(columns.id)
    concept = place(columns.concept)
    split = place(columns.split)
    source = place(columns.source)
    license = place(columns.license)
  }
}

/// The rows of a table; a quoted field may hold separators, doubled quotes and, in CSV, line breaks.
struct TableRows {
  private var lines: LineReader
  private let name: String
  private let separator: UInt8
  /// The line at which the last row ended.
  var line: Int { lines.number }

  init(_ file: InputFile, separator: Character) {
    lines = LineReader(file)
    name = fileName(file.path)
    self.separator = separator.asciiValue ?? 0x09
  }

  /// The next row that is text, `nil` after the last.
  mutating func next(reporting collector: inout SampleCollector) throws(CorpusError) -> [String]? {
    while var bytes = try lines.next().map({ Array($0) }) {
      let first = lines.number
      if first == 1, bytes.starts(with: TextEncoding.utf8Mark) { bytes.removeFirst(3) }
      guard !bytes.isEmpty else { continue }
      var fields = split(bytes)
      while fields == nil, let more = try lines.next() {
        bytes.append(0x0A)
        bytes += more
        fields = bytes.count < 1 << 20 ? split(bytes) : nil
        if bytes.count >= 1 << 20 { break }
      }
      guard let fields else {
        collector.report(.badRecord, "\(name) line \(first)", "a quoted field without an end")
        continue
      }
      var row: [String] = []
      for field in fields {
        switch TextEncoding.decoded(field) {
        case .success(let text): row.append(text)
        case .failure(let fault):
          collector.report(.wrongEncoding, "\(name) line \(first)", fault.reason)
        }
        guard row.count > 0 || fields.isEmpty else { break }
      }
      if row.count == fields.count { return row }
    }
    return nil
  }

  /// The fields of a row, `nil` if a quoted one does not end in it.
  private func split(_ row: [UInt8]) -> [[UInt8]]? {
    let quote = UInt8(ascii: "\"")
    var fields: [[UInt8]] = []
    var place = 0
    while true {
      var field: [UInt8] = []
      if place < row.count, row[place] == quote, separator == UInt8(ascii: ",") {
        place += 1
        while true {
          guard place < row.count else { return nil }
          if row[place] != quote {
            field.append(row[place])
            place += 1
          } else if place + 1 < row.count, row[place + 1] == quote {
            field.append(quote)
            place += 2
          } else {
            place += 1
            break
          }
        }
      }
      while place < row.count, row[place] != separator {
        field.append(row[place])
        place += 1
      }
      fields.append(field)
      guard place < row.count else { return fields }
      place += 1
    }
  }
}
