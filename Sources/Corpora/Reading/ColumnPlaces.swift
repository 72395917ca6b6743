import Languages

/// Where in the rows of a table each column stands.
struct ColumnPlaces {
  /// The column of paths, or of what pictures inside a file are called.
  let path: Int?
  let captions: [(place: Int, language: String?)]
  let language, id, concept, split, source, license: Int?

  /// All columns that are read.
  var used: [Int] {
    captions.map(\.place)
      + [path, language, id, concept, split, source, license].compactMap(\.self)
  }

  /// - Parameter needsPath: Whether pictures are nowhere but in files of their own.
  /// - Throws: ``CorpusError/unknownForm(path:reason:)`` if there is no column of them, then.
  init(
    _ header: [String], _ columns: TableColumns, of file: String, needsPath: Bool
  ) throws(CorpusError) {
    let path = TableColumns.place(
      of: columns.path + columns.path.map { $0 + ".path" }, in: header)
    guard path != nil || !needsPath else {
      throw .unknownForm(
        path: file, reason: Self.reason(header, lacks: "pictures' files", named: columns.path))
    }
    self.path = path
    captions = columns.captionPlaces(in: header).filter { $0.place != path }
    language = TableColumns.place(of: columns.language, in: header)
    id = TableColumns.place(of: columns.id, in: header)
    concept = TableColumns.place(of: columns.concept, in: header)
    split = TableColumns.place(of: columns.split, in: header)
    source = TableColumns.place(of: columns.source, in: header)
    license = TableColumns.place(of: columns.license, in: header)
    named = columns.caption
  }

  /// The names of columns of captions.
  private let named: [String]

  /// Tells that no column has captions.
  ///
  /// - Throws: ``CorpusError/unknownForm(path:reason:)`` if pictures alone are of no use.
  func requireCaptions(
    _ header: [String], of file: String, reporting collector: inout SampleCollector
  ) throws(CorpusError) {
    guard captions.isEmpty else { return }
    let reason = Self.reason(header, lacks: "captions", named: named)
    guard collector.options.keepsPicturesWithoutCaptions else {
      throw .unknownForm(path: file, reason: reason)
    }
    collector.report(.noCaptionColumn, fileName(file), reason)
  }

  private static func reason(_ header: [String], lacks what: String, named names: [String])
    -> String
  {
    "it has no column of \(what) among its columns \(header.prefix(20).joined(separator: ", "))"
      + (header.count > 20 ? ", …" : "") + "; call one "
      + names.prefix(4).map { "“\($0)”" }.joined(separator: ", ")
      + " or the like, or name yours to “pictoglot data import”"
  }

  /// What a row says of its picture.
  ///
  /// - Parameter texts: What the row has in a column, one text or more.
  func record(_ texts: (Int) -> [String]) -> RawSample {
    func text(_ place: Int?) -> String { place.flatMap { texts($0).first } ?? "" }
    var raw = RawSample()
    raw.id = text(id)
    raw.concept = text(concept)
    raw.split = SampleRecord.canonicalSplit(text(split))
    raw.source = text(source)
    raw.license = text(license)
    let common = text(language).isEmpty ? "und" : text(language)
    // What is missing in one language is no fault of the others.
    raw.captions = captions.map { ($0.language ?? common, texts($0.place)) }
      .filter { captions.count == 1 || !$1.allSatisfy(\.isBlank) }
    return raw
  }
}
