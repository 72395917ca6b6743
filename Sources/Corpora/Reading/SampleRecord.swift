internal import Files

/// Reads the JSON object that describes one sample, in our own form or another's.
///
/// Ours is `{id, captions: {TAG: [text…]}, concept, split, source, license, kind, keywords}`. A
/// plain `caption`, `text` or `title` with an optional `language` is what img2dataset and most
/// tables have; ``TableColumns`` lists the names. BriVL's is
/// `{image_id: PATH, sentences: [[kind, text]…], bbox: [[x1, y1, x2, y2]…]}`, in Chinese; `bbox` may
/// stand in any of them, in pixels of the upright picture.
enum SampleRecord {
  /// What `object` says; what in it is unreadable is reported and left out.
  static func read(
    _ object: JSONValue, at place: String, reporting collector: inout SampleCollector
  ) -> RawSample {
    var raw = RawSample()
    raw.id = object["id", "key", "image_id"]?.text ?? ""
    raw.concept = object["concept"]?.text ?? ""
    raw.split = canonicalSplit(object["split"]?.text ?? "")
    raw.source = object["source", "url"]?.text ?? ""
    raw.license = object["license", "licence"]?.text ?? ""
    raw.kind = object["kind"]?.text ?? ""
    let name = raw.id.isEmpty ? place : raw.id
    let reported = collector.problems.count
    if let captions = object["captions"] {
      raw.captions = texts(captions, of: name, reporting: &collector)
    } else if let captions = plainCaptions(object, collector.options.columns) {
      raw.captions = texts(captions, of: name, reporting: &collector)
    } else if let sentences = object["sentences"]?.list {
      raw.captions = [("zh", sentences.compactMap(sentence))]
    }
    if let boxes = object["bbox", "boxes"] {
      raw.boxes = self.boxes(boxes, of: name, reporting: &collector)
    }
    raw.isReported = collector.problems.count > reported
    if collector.options.readsKeywords, let keywords = object["keywords"] {
      raw.keywords = texts(keywords, of: name, reporting: &collector)
    }
    return raw
  }

  /// The captions that stand under names of their own, as ``TableColumns`` has them, by language.
  private static func plainCaptions(
    _ object: JSONValue, _ columns: TableColumns
  ) -> [JSONValue.Member]? {
    guard let members = object.namedMembers?.filter({ !$0.value.isNull }) else { return nil }
    let common = object.member(columns.language)?.text ?? "und"
    // A number under a language's code is what that stands for elsewhere: an hour, an address.
    let captions = columns.captionPlaces(in: members.map(\.name))
      .filter { $0.language == nil || list(members[$0.place].value) != nil }
      .map { JSONValue.Member(name: $0.language ?? common, value: members[$0.place].value) }
    return captions.isEmpty ? nil : captions
  }

  /// Texts by language; a list alone is of no known language.
  private static func texts(
    _ value: JSONValue, of name: String, reporting collector: inout SampleCollector
  ) -> [(language: String, texts: [String])] {
    if let members = value.namedMembers { return texts(members, of: name, reporting: &collector) }
    guard let list = list(value) else {
      collector.report(
        .badRecord, name,
        "the captions are \(value.kindInWords), not an object of texts by language")
      return []
    }
    return [("und", list)]
  }

  private static func texts(
    _ members: [JSONValue.Member], of name: String, reporting collector: inout SampleCollector
  ) -> [(language: String, texts: [String])] {
    members.compactMap { member in
      if let list = list(member.value) { return (member.name, list) }
      collector.report(
        .badRecord, name,
        "the caption in “\(member.name)” is \(member.value.kindInWords), not a text")
      return nil
    }
  }

  /// The text of one of BriVL's sentences: `["alt_text", "一个苹果"]`.
  private static func sentence(_ value: JSONValue) -> String? {
    guard let pair = value.list, pair.count == 2 else { return value.text }
    return pair[1].text
  }

  private static func boxes(
    _ value: JSONValue, of name: String, reporting collector: inout SampleCollector
  ) -> [PictureBox] {
    guard let list = value.list else {
      collector.report(.badRecord, name, "the boxes are \(value.kindInWords), not a list")
      return []
    }
    var boxes: [PictureBox] = []
    for value in list {
      guard let edges = value.list else { continue }
      let numbers = edges.compactMap { edge in edge.double.map { Float($0) } }
      guard numbers.count == 4, numbers.allSatisfy(\.isFinite), numbers[0] <= numbers[2],
        numbers[1] <= numbers[3]
      else { continue }
      boxes.append(
        PictureBox(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3]))
    }
    if boxes.count < list.count {
      collector.report(
        .badRecord, name,
        "\(list.count - boxes.count) of its boxes are not [x1, y1, x2, y2] and were left out")
    }
    return boxes
  }

  private static func list(_ value: JSONValue) -> [String]? {
    switch value.kind {
    case .null: [""]
    case .string: value.string.map { [$0] }
    case .array:
      value.elements.allSatisfy { $0.kind == .string }
        ? value.elements.compactMap(\.string) : nil
    default: nil
    }
  }

  /// The split's usual name: `val` for validation and dev.
  static func canonicalSplit(_ split: String) -> String {
    switch split.lowercased() {
    case "train", "training": "train"
    case "val", "valid", "validation", "dev": "val"
    case "test", "testing": "test"
    default: split
    }
  }
}

extension SampleCollector {
  /// The JSON object that `bytes` hold; `nil` if there is none, which is then reported.
  mutating func object(in bytes: some Collection<UInt8>, at place: String) -> JSONValue? {
    if case .failure(let fault) = TextEncoding.decoded(bytes) {
      report(.wrongEncoding, place, fault.reason)
      return nil
    }
    do {
      let value = try JSONValue.record(
        Array(bytes), skipping: options.readsKeywords ? nil : "keywords")
      if value.kind == .object { return value }
      report(.badRecord, place, "the JSON is \(value.kindInWords), not an object")
    } catch {
      report(.badRecord, place, "no JSON: \(error.sentence)")
    }
    return nil
  }
}
