import Foundation

/// Settings as names and values: the form between what a person writes and the type that it is for.
package enum SettingsTree: Sendable, Equatable {
  /// What stands for an optional setting that is not set.
  case nothing
  case flag(Bool)
  case whole(Int)
  case number(Double)
  case word(String)
  case list([SettingsTree])
  case branch([String: SettingsTree])

  /// - Throws: `DecodingError` if the text is not JSON.
  package init(json text: String) throws {
    self = try JSONDecoder().decode(SettingsTree.self, from: Data(text.utf8))
  }

  /// The tree that a value's JSON is.
  ///
  /// - Throws: `EncodingError` if the value has no JSON form.
  package init(_ value: some Encodable) throws {
    self = try JSONDecoder().decode(SettingsTree.self, from: JSONEncoder().encode(value))
  }

  /// The names and values directly below; none if this is no branch.
  package var branches: [String: SettingsTree] {
    if case .branch(let branches) = self { branches } else { [:] }
  }
}

extension SettingsTree: Decodable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .nothing
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Int.self) {
      self = .whole(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .word(value)
    } else if let value = try? container.decode([SettingsTree].self) {
      self = .list(value)
    } else {
      self = .branch(try container.decode([String: SettingsTree].self))
    }
  }
}

// Written in code as in JSON.

extension SettingsTree: ExpressibleByBooleanLiteral {
  package init(booleanLiteral value: Bool) { self = .flag(value) }
}

extension SettingsTree: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int) { self = .whole(value) }
}

extension SettingsTree: ExpressibleByFloatLiteral {
  package init(floatLiteral value: Double) { self = .number(value) }
}

extension SettingsTree: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self = .word(value) }
}

extension SettingsTree: ExpressibleByArrayLiteral {
  package init(arrayLiteral elements: SettingsTree...) { self = .list(elements) }
}

extension SettingsTree: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, SettingsTree)...) {
    self = .branch(Dictionary(elements, uniquingKeysWith: { $1 }))
  }
}
