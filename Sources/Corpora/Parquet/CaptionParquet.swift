import Languages

/// Reads Parquet files of captions, with the paths of pictures or with pictures inside, as Hugging
/// Face's data sets and img2dataset have them.
enum CaptionParquet {
  /// Reads the files of one collection, such as `train-00000-of-00002.parquet` and the next.
  static func read(
    _ paths: [String], into collector: inout SampleCollector, _ progress: ((Int) -> Void)?
  ) throws(CorpusError) {
    for (path, label) in zip(paths, distinguishingNames(paths)) {
      var part = SampleCollector(options: collector.options)
      try read(path, into: &part)
      collector.merge(part, from: label)
      progress?(collector.samples.count)
    }
  }

  private static func read(
    _ path: String, into collector: inout SampleCollector
  ) throws(CorpusError) {
    let file = try InputFile(path)
    let parquet: ParquetFile
    do { parquet = try ParquetFile(file) } catch {
      throw .badFile(path: path, what: "a Parquet file", reason: error.reason)
    }
    let header = parquet.columns.map(\.name)
    let pictures = pictureColumn(of: parquet, collector.options.columns)
    let isSentences = collector.options.keepsCaptionsWithoutPictures
    let places = try ColumnPlaces(
      header, collector.options.columns, of: path,
      needsPath: pictures == nil && !isSentences)
    try places.requireCaptions(header, of: path, reporting: &collector)
    let rows = ParquetRows(parquet: parquet, name: fileName(path), pictures: pictures)
    var records = PictureRecords()
    try rows.read(places, into: &collector, &records)
    records.finish(into: &collector, from: path)
  }

  /// The column that has the bytes of pictures, if one has: `image.bytes` of a structure of Hugging
  /// Face's, or bytes that are no text under a name for pictures.
  private static func pictureColumn(of parquet: ParquetFile, _ columns: TableColumns) -> Int? {
    let names = columns.path + ["jpg", "jpeg", "png", "webp", "bytes", "image_bytes", "image_data"]
    let wanted = columns.path.map { $0 + ".bytes" } + names
    let places = parquet.columns.indices.filter { place in
      let column = parquet.columns[place]
      return column.type == .bytes && !column.isText && !column.isList
        && !parquet.groups.allSatisfy { $0.chunks[place].missing == $0.chunks[place].count }
    }
    return TableColumns.place(of: wanted, in: places.map { parquet.columns[$0].name })
      .map { places[$0] }
  }
}

/// The rows of a Parquet file, read group by group.
private struct ParquetRows {
  let parquet: ParquetFile
  let name: String
  /// The column with the bytes of pictures.
  let pictures: Int?

  /// The part of a data set that a file's name says: `train` of `train-00000-of-00002.parquet`.
  private var split: String {
    guard name.firstMatch(of: /^([a-z]+)-[0-9]+-of-[0-9]+/) != nil else { return "" }
    return SampleRecord.canonicalSplit(String(name.prefix { $0 != "-" }))
  }

  func read(
    _ places: ColumnPlaces, into collector: inout SampleCollector, _ records: inout PictureRecords
  ) throws(CorpusError) {
    var first = 0
    let stem = name.prefix { $0 != "." }
    var ids: Set<[UInt8]> = []
    for (number, group) in parquet.groups.enumerated() {
      defer { first += group.rows }
      let texts: [Int: [[String]]]
      let pages: [PagePlace]
      do {
        texts = try self.texts(places.used, in: group, first: first, reporting: &collector)
        pages =
          try pictures.map { column throws(ParquetFault) in
            try ParquetPictures.places(column, in: group, of: parquet)
          } ?? []
      } catch {
        collector.report(
          .badRecord, "\(name) group \(number + 1)",
          "its \(group.rows) rows cannot be read: \(error.reason)")
        continue
      }
      for row in 0..<group.rows {
        let place = "\(name) row \(first + row + 1)"
        var raw = places.record { texts[$0]?[row] ?? [""] }
        if raw.split.isEmpty { raw.split = split }
        let path = places.path.flatMap { texts[$0]?[row].first } ?? ""
        if pages.isEmpty {
          records.add(raw, at: place, picture: path.isBlank ? nil : path)
          continue
        }
        if raw.id.isEmpty {
          let isNew = !path.isBlank && ids.insert(Array(path.utf8)).inserted
          raw.id = isNew ? path : "\(stem)/\(first + row + 1)"
        }
        collector.add(raw, at: place, picture: .page(path: parquet.file.path, pages[row]))
      }
    }
  }

  /// The texts of columns, row by row; what is missing is empty.
  private func texts(
    _ columns: [Int], in group: ParquetFile.RowGroup, first: Int,
    reporting collector: inout SampleCollector
  ) throws(ParquetFault) -> [Int: [[String]]] {
    var texts: [Int: [[String]]] = [:]
    for column in columns {
      var rows: [[String]] = []
      for values in try parquet.values(column, in: group) {
        var row: [String] = []
        for value in values {
          switch value.text {
          case .success(let text): row.append(text)
          case .failure(let fault):
            collector.report(.wrongEncoding, "\(name) row \(first + rows.count + 1)", fault.reason)
          }
        }
        rows.append(row.isEmpty ? [""] : row)
      }
      texts[column] = rows
    }
    return texts
  }
}
