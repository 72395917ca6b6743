import Files

/// New numbers for a tokenizer's tokens, some of which may fall away.
package struct TokenRenumbering: Sendable, Equatable {
  /// By new number, the old one.
  package let kept: [Int32]
  private let new: [Int32: Int32]

  /// - Parameters:
  ///   - kept: The old numbers in the order of the new ones, each once.
  package init(kept: [Int32]) {
    self.kept = kept
    new = Dictionary(
      kept.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
  }

  /// All `count` tokens, two of which change places.
  package init(swapping first: Int32, _ second: Int32, of count: Int) {
    var kept = (0..<Int32(count)).map { $0 }
    kept.swapAt(Int(first), Int(second))
    self.init(kept: kept)
  }

  /// The new number of a token; nil if it has fallen away.
  package subscript(old: Int32) -> Int32? { new[old] }

  /// A `tokenizer.json` with the new numbers: vocabulary, merges, added tokens, template, padding.
  ///
  /// Merges stay whose parts and result stay.
  ///
  /// - Throws: ``TokenizerError`` if it is not a tokenizer, or a token that its template needs is
  ///   not kept.
  package func apply(to json: [UInt8]) throws(TokenizerError) -> [UInt8] {
    let root: JSONValue
    do { root = try JSONDocument(json).root } catch {
      throw TokenizerJSON.broken("at byte \(error.offset), \(error.reason)")
    }
    var lost: Int?
    func number(_ out: inout JSONWriter, _ value: JSONValue) {
      let id = value.int.flatMap { self[Int32(clamping: $0)] }
      if id == nil { lost = lost ?? value.int ?? -1 }
      out.raw("\(id ?? 0)")
    }
    var out = JSONWriter()
    out.object(root) { out, name, value in
      switch name {
      case "model":
        model(value, &out)
        return true
      case "added_tokens":
        addedTokens(value, &out, number)
        return true
      case "padding" where value.kind == .object:
        out.object(value) { out, name, value in
          guard name == "pad_id" else { return false }
          number(&out, value)
          return true
        }
        return true
      case "post_processor":
        processor(value, &out, number)
        return true
      default: return false
      }
    }
    out.raw("\n")
    if let lost { throw TokenizerJSON.broken("it needs the token \(lost), which is not kept") }
    return out.bytes
  }

  /// The tokens that stay, by their new numbers.
  private func addedTokens(
    _ value: JSONValue, _ out: inout JSONWriter,
    _ number: (inout JSONWriter, JSONValue) -> Void
  ) {
    let entries = value.elements.compactMap { entry -> (id: Int32, entry: JSONValue)? in
      guard let old = entry["id"]?.int, let id = self[Int32(clamping: old)] else { return nil }
      return (id, entry)
    }
    out.array(entries.sorted { $0.id < $1.id }) { out, entry in
      out.object(entry.entry) { out, name, value in
        guard name == "id" else { return false }
        number(&out, value)
        return true
      }
    }
  }

  /// A template names ids in lists, the older processors in pairs of a token and its id.
  private func processor(
    _ value: JSONValue, _ out: inout JSONWriter,
    _ number: (inout JSONWriter, JSONValue) -> Void
  ) {
    switch value.kind {
    case .array: out.array(value.elements) { processor($1, &$0, number) }
    case .object:
      out.object(value) { out, name, value in
        if name == "ids", value.kind == .array {
          out.array(value.elements) { number(&$0, $1) }
        } else if ["sep", "cls"].contains(name), value.kind == .array {
          out.array(value.elements) { out, part in
            if part.kind == .number { number(&out, part) } else { out.value(part) }
          }
        } else {
          processor(value, &out, number)
        }
        return true
      }
    default: out.value(value)
    }
  }

  private func model(_ value: JSONValue, _ out: inout JSONWriter) {
    let vocabulary = value["vocab"]
    var isKept: Set<[UInt8]> = []
    if vocabulary?.kind == .object, value["merges"] != nil {
      vocabulary?.forEachMember { spelling, id in
        if let id = id.int, self[Int32(clamping: id)] != nil { isKept.insert(spelling) }
      }
    }
    let prefix = value["continuing_subword_prefix"]?.utf8?.count ?? 0
    out.object(value) { out, name, value in
      switch (name, value.kind) {
      case ("vocab", .object):
        entries(value, &out)
        return true
      case ("vocab", .array):
        // Its place is a piece's number.
        let pieces = Array(value.elements)
        let stay = kept.filter { Int($0) < pieces.count }
        out.array(stay) { $0.value(pieces[Int($1)]) }
        return true
      case ("unk_id", .number):
        let id = value.int.flatMap { self[Int32(clamping: $0)] }
        out.raw(id.map { "\($0)" } ?? "null")
        return true
      case ("merges", .array):
        let merges = value.elements.filter { merge in
          guard let (left, right) = Self.parts(of: merge) else { return false }
          return isKept.contains(left) && isKept.contains(right)
            && isKept.contains(left + right.dropFirst(prefix))
        }
        out.array(merges) { $0.value($1) }
        return true
      default: return false
      }
    }
  }

  private func entries(_ vocabulary: JSONValue, _ out: inout JSONWriter) {
    var entries: [(spelling: [UInt8], id: Int32)] = []
    vocabulary.forEachMember { spelling, id in
      if let old = id.int, let new = self[Int32(clamping: old)] { entries.append((spelling, new)) }
    }
    out.raw("{")
    for (place, entry) in entries.sorted(by: { $0.id < $1.id }).enumerated() {
      out.raw(place > 0 ? ",\n" : "\n")
      out.string(entry.spelling)
      out.raw(":\(entry.id)")
    }
    out.raw("}")
  }

  /// The two parts of a merge, in either of the forms that files have.
  static func parts(of merge: JSONValue) -> (left: [UInt8], right: [UInt8])? {
    if let text = merge.utf8 {
      let parts = text.split(separator: 0x20, omittingEmptySubsequences: false)
      return parts.count == 2 ? (Array(parts[0]), Array(parts[1])) : nil
    }
    let parts = merge.elements.compactMap(\.utf8)
    return parts.count == 2 ? (parts[0], parts[1]) : nil
  }
}
