import Files
import Languages

/// What a JSON file of labels holds, in any of the forms of ``LabelList/init(contentsOf:set:)``.
struct LabelJSON {
  /// The ids of the classes; nil where their labels are unique.
  private(set) var ids: [String]?
  private(set) var columns: [LabelColumn] = []
  private let path: String

  init(_ bytes: [UInt8], path: String, set: String?) throws(LabelListError) {
    self.path = path
    if case .failure(let fault) = TextEncoding.decoded(bytes) {
      throw .unreadable(path: path, reason: fault.reason)
    }
    let value: JSONValue
    do { value = try JSONValue.record(bytes) } catch {
      throw .unreadable(path: path, reason: "no JSON: \(error.sentence)")
    }
    if let labels = value.list {
      columns = [LabelColumn(language: nil, labels: try texts(labels))]
      return
    }
    guard let members = value.namedMembers else {
      throw .unreadable(path: path, reason: "it is \(value.kindInWords), not a list or an object")
    }
    guard let first = members.first?.value else { throw .empty(path: path) }
    if first.kind == .object {
      try readClasses(members)
    } else if let parts = first.list, parts.count == 2,
      parts.allSatisfy({ $0.kind == .array })
    {
      try readNumbered(members)
    } else {
      try readLists(members, set: set)
    }
  }

  private func texts(_ values: [JSONValue]) throws(LabelListError) -> [String] {
    var texts: [String] = []
    for value in values {
      guard let text = value.isNull ? "" : value.text else {
        throw .unreadable(path: path, reason: "a label is \(value.kindInWords), not a text")
      }
      texts.append(text.withoutBlanksAround)
    }
    return texts
  }

  /// `{"cat": {"en": "cat", "ko": "고양이"}}`
  private mutating func readClasses(
    _ members: [JSONValue.Member]
  ) throws(LabelListError) {
    ids = members.map { $0.name.withoutBlanksAround }
    for (number, member) in members.enumerated() {
      guard let names = member.value.namedMembers else {
        throw .unreadable(path: path, reason: "“\(member.name)” is \(member.value.kindInWords)")
      }
      for name in names {
        let language = try LabelList.tag(name.name, path: path)
        let label = try texts([name.value])
        if let place = columns.firstIndex(where: { $0.language == language }) {
          columns[place].labels[number] = label[0]
        } else {
          var labels = Array(repeating: "", count: members.count)
          labels[number] = label[0]
          columns.append(LabelColumn(language: language, labels: labels))
        }
      }
    }
  }

  /// `{"EN": [[0, 1], ["tench", "goldfish"]], "KO": [[1], ["금붕어"]]}`
  private mutating func readNumbered(
    _ members: [JSONValue.Member]
  ) throws(LabelListError) {
    var found: [(language: LanguageTag, names: [Int: String])] = []
    for member in members {
      guard let parts = member.value.list, parts.count == 2, let numbers = parts[0].list,
        let labels = parts[1].list, numbers.count == labels.count
      else {
        throw .unreadable(
          path: path,
          reason: "“\(member.name)” is not two lists, of class numbers and as many names")
      }
      var names: [Int: String] = [:]
      for (number, label) in zip(numbers, try texts(labels)) {
        guard let text = number.text, let index = Int(text), (0..<1_000_000).contains(index) else {
          throw .unreadable(
            path: path, reason: "a class number of “\(member.name)” is \(number.kindInWords)")
        }
        names[index] = label
      }
      found.append((try LabelList.tag(member.name, path: path), names))
    }
    let all = Set(found.flatMap { $0.names.keys }).sorted()
    ids = all.map { "\($0)" }
    columns = found.map { entry in
      LabelColumn(language: entry.language, labels: all.map { entry.names[$0] ?? "" })
    }
  }

  /// `{"en": ["cat"], "ko": ["고양이"]}`, or `{"pets": ["cat"], "food": ["rice"]}`
  private mutating func readLists(
    _ members: [JSONValue.Member], set: String?
  ) throws(LabelListError) {
    var lists: [(name: String, labels: [String])] = []
    for member in members {
      guard let labels = member.value.list else {
        throw .unreadable(
          path: path,
          reason: "“\(member.name)” is \(member.value.kindInWords), not a list of labels")
      }
      lists.append((member.name, try texts(labels)))
    }
    let tags = lists.compactMap { try? LanguageTag($0.name) }
    if set == nil, tags.count == lists.count {
      columns = zip(tags, lists).map { LabelColumn(language: $0, labels: $1.labels) }
      return
    }
    guard let chosen = lists.first(where: { set == nil ? lists.count == 1 : $0.name == set })
    else { throw .noSet(path: path, asked: set, known: lists.map { $0.name }) }
    // Some published lists repeat a name; the numbers of the classes are unique.
    ids = chosen.labels.indices.map { "\($0)" }
    columns = [LabelColumn(language: nil, labels: chosen.labels)]
  }
}
