internal import Foundation
import Languages

extension LabelList {
  /// Reads a file of labels.
  ///
  /// - Text: one label a line.
  /// - `.tsv`, `.csv`: a header of language tags, after a first column of ids if its name is no tag;
  ///   a row for each class; a class may lack a name in a language.
  /// - `.json`: a list of labels; `{"en": ["cat", …], "ko": ["고양이", …]}` with the classes in one
  ///   order; `{"cat": {"en": "cat", "ko": "고양이"}, …}`; what Babel-ImageNet has,
  ///   `{"EN": [[0, 1, …], ["tench", …]], …}`; or what CLIP_benchmark has,
  ///   `{"imagenet1k": ["tench", …], …}`, of which `set` chooses one.
  ///
  /// - Throws: ``LabelListError``
  package init(contentsOf path: String, set: String? = nil) throws(LabelListError) {
    switch (path as NSString).pathExtension.lowercased() {
    case "json":
      let file = try LabelJSON(try Self.bytes(path), path: path, set: set)
      if file.columns.count == 1, file.ids == nil, file.columns[0].language == nil {
        try self.init(file.columns[0].labels, path: path)
      } else {
        try self.init(ids: file.ids, file.columns, path: path)
      }
    case "tsv", "csv": try self.init(table: path)
    default:
      let bytes = try Self.bytes(path)
      if case .failure(let fault) = TextEncoding.decoded(bytes) {
        throw .unreadable(path: path, reason: fault.reason)
      }
      let lines = textLines(bytes).map { String(decoding: $0, as: UTF8.self) }
      try self.init(lines.filter { !$0.isBlank }, path: path)
    }
  }

  private static func bytes(_ path: String) throws(LabelListError) -> [UInt8] {
    do { return try InputFile(path).all() } catch {
      throw .unreadable(path: path, reason: reason(error))
    }
  }

  private static func reason(_ error: CorpusError) -> String {
    switch error {
    case .missing: "there is no such file"
    case .unreadable(_, let reason): reason
    default: "\(error)"
    }
  }

  private init(table path: String) throws(LabelListError) {
    var collector = SampleCollector(options: CorpusOptions())
    var rows: [[String]] = []
    do {
      var reader = try TableRows(try InputFile(path))
      while let row = try reader.next(reporting: &collector) { rows.append(row) }
    } catch { throw .unreadable(path: path, reason: Self.reason(error)) }
    if let problem = collector.problems.first {
      throw .unreadable(path: path, reason: "\(problem.place): \(problem.text)")
    }
    guard let header = rows.first, rows.count > 1 else { throw .empty(path: path) }
    for (number, row) in rows.enumerated() where row.count != header.count {
      throw .unreadable(
        path: path,
        reason: "line \(number + 1) has \(row.count) columns, the header \(header.count)")
    }
    let hasIDs = (try? LanguageTag(header[0])) == nil
    var columns: [LabelColumn] = []
    for (place, name) in header.enumerated() where place > 0 || !hasIDs {
      columns.append(
        LabelColumn(
          language: try Self.tag(name, path: path),
          labels: rows.dropFirst().map { $0[place].withoutBlanksAround }))
    }
    let ids = hasIDs ? rows.dropFirst().map { $0[0].withoutBlanksAround } : nil
    try self.init(ids: ids, columns, path: path)
  }

  /// Classes that stand in one order in all languages; a blank name is none.
  private init(ids: [String]?, _ columns: [LabelColumn], path: String)
    throws(LabelListError)
  {
    guard let first = columns.first, !first.labels.isEmpty else { throw .empty(path: path) }
    var names: [Names] = []
    for column in columns {
      let labels = column.labels
      guard labels.count == first.labels.count else {
        throw .unreadable(
          path: path,
          reason: "\(column.language?.text ?? "") has \(labels.count) labels, "
            + "\(first.language?.text ?? "") \(first.labels.count)")
      }
      let present = labels.indices.filter { !labels[$0].isEmpty }
      if present.isEmpty { continue }
      names.append(
        Names(language: column.language, classes: present, labels: present.map { labels[$0] }))
    }
    let own = first.labels.enumerated().map { $1.isEmpty ? "\($0)" : $1 }
    var known: Set<String> = []
    for id in ids ?? own {
      guard !id.isEmpty else { throw .unreadable(path: path, reason: "a class has no id") }
      guard known.insert(id).inserted else { throw .twice(id, path: path) }
    }
    guard !names.isEmpty else { throw .empty(path: path) }
    self.init(ids: ids ?? own, languages: names)
  }

  static func tag(_ name: String, path: String) throws(LabelListError) -> LanguageTag {
    do { return try LanguageTag(name.withoutBlanksAround) } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
  }
}

/// What classes are called in one language, in the order of the classes; blank for none.
struct LabelColumn {
  var language: LanguageTag?
  var labels: [String]
}
