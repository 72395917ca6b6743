internal import Files

/// Writes what a sample says about its picture as JSON, names and languages in order.
enum SampleWriter {
  static func json(_ sample: Sample) -> [UInt8] {
    var members: [String] = []
    func put(_ name: String, _ text: String) {
      if !text.isEmpty { members.append("\(quoted(name)): \(quoted(text))") }
    }
    put("id", sample.id)
    members.append("\"captions\": " + object(sample.captions))
    put("concept", sample.concept)
    put("split", sample.split)
    put("kind", sample.kind)
    put("source", sample.source)
    put("license", sample.license)
    if !sample.keywords.isEmpty { members.append("\"keywords\": " + object(sample.keywords)) }
    if !sample.boxes.isEmpty {
      let boxes = sample.boxes.map { "[\($0.left), \($0.top), \($0.right), \($0.bottom)]" }
      members.append("\"bbox\": [\(boxes.joined(separator: ", "))]")
    }
    return Array("{\(members.joined(separator: ", "))}".utf8)
  }

  private static func object(_ texts: [String: [String]]) -> String {
    let members = texts.sorted { $0.key < $1.key }.map { language, texts in
      "\(quoted(language)): [\(texts.map(quoted).joined(separator: ", "))]"
    }
    return "{\(members.joined(separator: ", "))}"
  }

  static func quoted(_ text: String) -> String {
    var out = JSONWriter()
    out.string(text)
    return String(decoding: out.bytes, as: UTF8.self)
  }
}
