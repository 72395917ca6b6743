internal import Foundation
package import Tokens

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
    case "json": try self.init(json: try Self.bytes(path), path: path, set: set)
    case "tsv", "csv": try self.init(table: path)
    default:
      let text: String
      switch TextEncoding.decoded(try Self.bytes(path)) {
      case .success(let decoded): text = decoded
      case .failure(let fault): throw .unreadable(path: path, reason: fault.reason)
      }
      let lines = text.split(whereSeparator: \.isNewline).map(String.init)
      try self.init(lines.filter { !$0.withoutBlanksAround.isEmpty }, path: path)
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

  // MARK: Tables

  private init(table path: String) throws(LabelListError) {
    var collector = SampleCollector(options: CorpusOptions())
    var rows: [[String]] = []
    do {
      var reader = TableRows(
        try InputFile(path), separator: path.lowercased().hasSuffix(".csv") ? "," : "\t")
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
    var columns: [(LanguageTag?, [String])] = []
    for (place, name) in header.enumerated() where place > 0 || !hasIDs {
      columns.append(
        (try Self.tag(name, path: path), rows.dropFirst().map { $0[place].withoutBlanksAround }))
    }
    let ids = hasIDs ? rows.dropFirst().map { $0[0].withoutBlanksAround } : nil
    try self.init(ids: ids, columns, path: path)
  }

  /// Classes that stand in one order in all languages; a blank name is none.
  private init(ids: [String]?, _ columns: [(LanguageTag?, [String])], path: String)
    throws(LabelListError)
  {
    guard let first = columns.first, !first.1.isEmpty else { throw .empty(path: path) }
    var names: [Names] = []
    for (tag, labels) in columns {
      guard labels.count == first.1.count else {
        throw .unreadable(
          path: path,
          reason: "\(tag?.text ?? "") has \(labels.count) labels, \(first.0?.text ?? "") "
            + "\(first.1.count)")
      }
      let present = labels.indices.filter { !labels[$0].isEmpty }
      if present.isEmpty { continue }
      names.append(Names(language: tag, classes: present, labels: present.map { labels[$0] }))
    }
    let ids = ids ?? first.1.indices.map { first.1[$0].isEmpty ? "\($0)" : first.1[$0] }
    var known: Set<String> = []
    for id in ids {
      guard !id.isEmpty else { throw .unreadable(path: path, reason: "a class has no id") }
      guard known.insert(id).inserted else { throw .twice(id, path: path) }
    }
    guard !names.isEmpty else { throw .empty(path: path) }
    self.init(ids: ids, languages: names)
  }

  private static func tag(_ name: String, path: String) throws(LabelListError) -> LanguageTag {
    do { return try LanguageTag(name.withoutBlanksAround) } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
  }

  // MARK: JSON

  private init(json bytes: [UInt8], path: String, set: String?) throws(LabelListError) {
    if case .failure(let fault) = TextEncoding.decoded(bytes) {
      throw .unreadable(path: path, reason: fault.reason)
    }
    let value: JSONValue
    do { value = try JSONValue(bytes) } catch {
      throw .unreadable(path: path, reason: "no JSON: \(error.reason)")
    }
    switch value {
    case .array(let labels): try self.init(try Self.texts(labels, path), path: path)
    case .object(let members) where members.isEmpty: throw .empty(path: path)
    case .object(let members):
      if case .object = members[0].value {
        try self.init(classes: members, path: path)
      } else if Self.isIndexed(members[0].value) {
        try self.init(indexed: members, path: path)
      } else {
        try self.init(lists: members, path: path, set: set)
      }
    default: throw .unreadable(path: path, reason: "it is \(value.kind), not a list or an object")
    }
  }

  private static func texts(_ values: [JSONValue], _ path: String) throws(LabelListError)
    -> [String]
  {
    var texts: [String] = []
    for value in values {
      guard value != .null else {
        texts.append("")
        continue
      }
      guard let text = value.text else {
        throw .unreadable(path: path, reason: "a label is \(value.kind), not a text")
      }
      texts.append(text.withoutBlanksAround)
    }
    return texts
  }

  /// `{"cat": {"en": "cat", "ko": "고양이"}}`
  private init(classes members: [(name: String, value: JSONValue)], path: String)
    throws(LabelListError)
  {
    var tags: [LanguageTag] = []
    var table: [LanguageTag: [Int: String]] = [:]
    for (number, member) in members.enumerated() {
      guard case .object(let names) = member.value else {
        throw .unreadable(path: path, reason: "“\(member.name)” is \(member.value.kind)")
      }
      for (language, label) in names {
        let tag = try Self.tag(language, path: path)
        if table[tag] == nil { tags.append(tag) }
        table[tag, default: [:]][number] = try Self.texts([label], path)[0]
      }
    }
    try self.init(
      ids: members.map(\.name.withoutBlanksAround),
      tags.map { tag in (tag, members.indices.map { table[tag]?[$0] ?? "" }) }, path: path)
  }

  private static func isIndexed(_ value: JSONValue) -> Bool {
    guard case .array(let parts) = value, parts.count == 2, case .array = parts[0],
      case .array = parts[1]
    else { return false }
    return true
  }

  /// `{"EN": [[0, 1], ["tench", "goldfish"]], "KO": [[1], ["금붕어"]]}`
  private init(indexed members: [(name: String, value: JSONValue)], path: String)
    throws(LabelListError)
  {
    var found: [(LanguageTag, [Int: String])] = []
    for (name, value) in members {
      guard case .array(let parts) = value, parts.count == 2, case .array(let numbers) = parts[0],
        case .array(let labels) = parts[1], numbers.count == labels.count
      else {
        throw .unreadable(
          path: path, reason: "“\(name)” is not two lists, of class numbers and as many names")
      }
      var names: [Int: String] = [:]
      for (number, label) in zip(numbers, try Self.texts(labels, path)) {
        guard let text = number.text, let index = Int(text), (0..<1_000_000).contains(index) else {
          throw .unreadable(path: path, reason: "a class number of “\(name)” is \(number.kind)")
        }
        names[index] = label
      }
      found.append((try Self.tag(name, path: path), names))
    }
    let all = Set(found.flatMap(\.1.keys)).sorted()
    try self.init(
      ids: all.map(String.init), found.map { tag, names in (tag, all.map { names[$0] ?? "" }) },
      path: path)
  }

  /// `{"en": ["cat"], "ko": ["고양이"]}`, or `{"pets": ["cat"], "food": ["rice"]}`
  private init(lists members: [(name: String, value: JSONValue)], path: String, set: String?)
    throws(LabelListError)
  {
    var lists: [(name: String, labels: [String])] = []
    for (name, value) in members {
      guard case .array(let labels) = value else {
        throw .unreadable(path: path, reason: "“\(name)” is \(value.kind), not a list of labels")
      }
      lists.append((name, try Self.texts(labels, path)))
    }
    let tags = lists.compactMap { try? LanguageTag($0.name) }
    if set == nil, tags.count == lists.count {
      try self.init(ids: nil, zip(tags, lists).map { ($0, $1.labels) }, path: path)
      return
    }
    guard let chosen = lists.first(where: { set == nil ? lists.count == 1 : $0.name == set })
    else { throw .noSet(path: path, asked: set, known: lists.map(\.name)) }
    // Published lists have equal names now and then; their numbers tell the classes apart.
    try self.init(
      ids: chosen.labels.indices.map(String.init), [(nil, chosen.labels)], path: path)
  }
}
