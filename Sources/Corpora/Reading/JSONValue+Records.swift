internal import Files

/// How records and labels are written down in JSON, in whatever way.
extension JSONValue {
  /// Reads a record or a list of labels, in which Python's `NaN` is read as null.
  ///
  /// - Parameters:
  ///   - bytes: Valid UTF-8.
  ///   - skipped: A member of the outermost object that is passed over.
  static func record(
    _ bytes: [UInt8], skipping skipped: String? = nil
  ) throws(JSONFault) -> JSONValue {
    try JSONDocument(bytes, JSONDocument.Options(readsNaN: true, isUTF8: true, skipped: skipped))
      .root
  }

  /// The value of the first of the names that an object has.
  subscript(first: String, second: String, others: String...) -> JSONValue? {
    for name in [first, second] + others {
      if let value = self[name] { return value }
    }
    return nil
  }

  /// The value of the first of `names` that an object has; capitals do not matter.
  func member(_ names: [String]) -> JSONValue? {
    guard let members = namedMembers?.filter({ !$0.value.isNull }) else { return nil }
    return TableColumns.place(of: names, in: members.map(\.name)).map { members[$0].value }
  }

  /// The text of a string, or the digits of a number.
  var text: String? {
    switch kind {
    case .string: string
    case .number:
      double.map { number in
        number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
      }
    default: nil
    }
  }

  /// The elements of an array; nil for anything else.
  var list: [JSONValue]? { kind == .array ? Array(elements) : nil }

  struct Member {
    let name: String
    let value: JSONValue
  }

  /// The members of an object in their order; nil for anything else.
  var namedMembers: [Member]? {
    guard kind == .object else { return nil }
    return members.map { Member(name: String(decoding: $0.key, as: UTF8.self), value: $0.value) }
  }

  /// What kind of value this is, for messages.
  var kindInWords: String {
    switch kind {
    case .null: "null"
    case .yes, .no: "true or false"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSONFault {
  /// What is wrong, and at which byte.
  var sentence: String { "\(reason) at byte \(offset)" }
}
