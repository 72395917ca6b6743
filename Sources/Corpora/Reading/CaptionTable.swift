import Languages

/// Reads a table with a header line, as pandas, Excel, open_clip's `--dataset-type csv` and Hugging
/// Face's `metadata.csv` have it.
///
/// Where captions alone are asked for, a table without a column of pictures holds parallel sentences:
/// a column for each language, whose tag is its name.
enum CaptionTable {
  static func read(_ path: String, into collector: inout SampleCollector) throws(CorpusError) {
    let file = try InputFile(path)
    let name = fileName(path)
    if let mark = TextEncoding.foreignMark(try file.read(at: 0, upTo: 4)) {
      collector.report(.wrongEncoding, name, mark)
      return
    }
    var rows = try TableRows(file)
    guard let header = try rows.next(reporting: &collector) else { return }
    let columns = collector.options.columns
    let isSentences =
      collector.options.keepsCaptionsWithoutPictures
      && TableColumns.place(of: columns.path, in: header) == nil
    let sentences = isSentences ? SentencePlaces(header, columns) : nil
    let places = try ColumnPlaces(header, columns, of: path, needsPath: !isSentences)
    if !isSentences { try places.requireCaptions(header, of: path, reporting: &collector) }
    var records = PictureRecords()
    while let row = try rows.next(reporting: &collector) {
      let place = "\(name) line \(rows.line)"
      guard row.count == header.count else {
        collector.report(
          .badRecord, place, "\(row.count) columns where the header has \(header.count)")
        continue
      }
      if let sentences {
        collector.add(sentences.record(row), at: place, picture: .absent)
      } else if let picture = places.path.map({ row[$0] }), !picture.isBlank {
        records.add(places.record { [row[$0]] }, at: place, picture: picture)
      } else {
        collector.report(.badRecord, place, "no path of a picture")
      }
    }
    records.finish(into: &collector, from: path)
  }
}

/// Where the columns of parallel sentences stand.
private struct SentencePlaces {
  let id, split, concept: Int?
  let languages: [(place: Int, tag: String)]

  init(_ header: [String], _ columns: TableColumns) {
    id = TableColumns.place(of: columns.id, in: header)
    split = TableColumns.place(of: columns.split, in: header)
    concept = TableColumns.place(of: columns.concept, in: header)
    let others = [columns.id, columns.split, columns.concept, columns.source, columns.license]
      .map { TableColumns.place(of: $0, in: header) }
    languages = header.indices.filter { !others.contains($0) && !header[$0].isBlank }
      .map { ($0, header[$0]) }
  }

  func record(_ row: [String]) -> RawSample {
    var raw = RawSample()
    raw.id = id.map { row[$0] } ?? ""
    raw.split = SampleRecord.canonicalSplit(split.map { row[$0] } ?? "")
    raw.concept = concept.map { row[$0] } ?? ""
    // A sentence that is missing in one language is no fault of the others.
    raw.captions = languages.filter { !row[$0.place].isBlank }.map { ($0.tag, [row[$0.place]]) }
    return raw
  }
}
