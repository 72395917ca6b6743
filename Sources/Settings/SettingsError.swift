/// Why settings cannot be used.
package enum SettingsError: Error, Equatable, CustomStringConvertible {
  /// No setting has this key; `closest` is the key that looks most like it.
  case unknown(key: String, closest: String?)
  /// The key exists and its value does not fit; the key is empty where all settings are meant.
  case unreadable(key: String, reason: String)
  /// What should be `key=value` is not.
  case notKeyValue(String)
  /// Settings that can be read do not fit together.
  case unfit(reason: String)

  package var description: String {
    switch self {
    case .unknown(let key, let closest):
      "There is no setting “\(key)”." + (closest.map { " Did you mean “\($0)”?" } ?? "")
    case .unreadable("", let reason): "The settings cannot be used: \(reason)."
    case .unreadable(let key, let reason): "The setting “\(key)” cannot be used: \(reason)."
    case .notKeyValue(let text):
      "“\(text)” is not a setting; write key=value, such as training.batch=64."
    case .unfit(let reason): reason
    }
  }
}

extension SettingsError {
  /// The words of a decoding error that a person can act on.
  init(_ error: DecodingError) {
    switch error {
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      self = .unreadable(
        key: dottedKey(context.codingPath), reason: "it needs \(words(for: type))")
    case .keyNotFound(let key, let context):
      self = .unreadable(key: dottedKey(context.codingPath + [key]), reason: "it is missing")
    case .dataCorrupted(let context):
      self = .unreadable(key: dottedKey(context.codingPath), reason: context.debugDescription)
    @unknown default:
      self = .unreadable(key: "settings", reason: "\(error)")
    }
  }
}

/// A place in settings as people write it: `training.crops[0].size`.
func dottedKey(_ path: [any CodingKey]) -> String {
  path.reduce("") { name, key in
    if let index = key.intValue { return "\(name)[\(index)]" }
    return dottedKey(key.stringValue, in: name)
  }
}

/// The key of a setting in the branch with the key `branch`, which is empty for the outermost.
func dottedKey(_ key: String, in branch: String) -> String {
  branch.isEmpty ? key : branch + "." + key
}

/// What is to be written for a value of a type.
private func words(for type: any Any.Type) -> String {
  switch type {
  case is any FixedWidthInteger.Type: "a whole number"
  case is Double.Type, is Float.Type: "a number"
  case is Bool.Type: "true or false"
  case is String.Type: "a word"
  case is [SettingsTree].Type: #"a list, as ["one","two"]"#
  case is [String: SettingsTree].Type: #"names with values, as {"name":1}"#
  default: "a value of type \(type)"
  }
}
