import Foundation

/// Why settings cannot be used.
package enum SettingsError: Error, Equatable, CustomStringConvertible {
  case unknown(key: String, closest: String?)
  case unreadable(key: String, reason: String)
  case notKeyValue(String)
  case unfit(reason: String)

  package var description: String {
    switch self {
    case .unknown(let key, let closest):
      "There is no setting “\(key)”." + (closest.map { " Did you mean “\($0)”?" } ?? "")
    case .unreadable("", let reason): "The settings cannot be used: \(reason)."
    case .unreadable(let key, let reason): "The setting “\(key)” cannot be used: \(reason)."
    case .notKeyValue(let text):
      "“\(text)” is not a setting; write key=value, as training.batch=64."
    case .unfit(let reason): reason
    }
  }
}

extension RecipeSettings {
  /// These settings with others laid over them.
  ///
  /// - Parameters:
  ///   - tree: Nested dictionaries as a YAML or JSON file gives them; what they do not name stays.
  ///   - assignments: `key=value` texts with dotted keys; the value is JSON, or else plain text, and
  ///     takes the place of all that was there.
  /// - Throws: ``SettingsError`` for a key that does not exist (with the closest that does) and for
  ///   a value of the wrong type.
  package func overriding(with tree: [String: Any] = [:], _ assignments: [String] = []) throws
    -> Self
  {
    let data = try JSONEncoder().encode(self)
    guard var settings = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      return self
    }
    try lay(tree, over: &settings, at: "")
    for assignment in assignments {
      guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
        throw SettingsError.notKeyValue(assignment)
      }
      let key = String(assignment[..<equals])
      let text = String(assignment[assignment.index(after: equals)...])
      let value =
        (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed))
        ?? text
      // A tower that was just written as one value has the keys that the value left out, too.
      if let whole = try? Self.read(settings) { settings = try whole.tree(showing: settings) }
      let before = settings
      try assign(value, to: key.split(separator: ".").map(String.init)[...], in: &settings, at: "")
      if value is NSNumber, (try? Self.read(before)) != nil {
        try Self.read(settings, changed: key)
      }
    }
    let read = try Self.read(settings)
    _ = try read.tree(showing: settings)
    return read
  }

  /// Refuses a number that does not fit by the key that was just given it: the decoder does not say
  /// which it was.
  private static func read(_ tree: [String: Any], changed key: String) throws {
    do { _ = try read(tree) } catch SettingsError.unreadable(key: "", _) {
      throw SettingsError.unreadable(
        key: key, reason: "it needs another number, as a whole one")
    } catch {}
  }

  private static func read(_ tree: [String: Any]) throws -> Self {
    do {
      return try JSONDecoder().decode(
        Self.self, from: JSONSerialization.data(withJSONObject: tree))
    } catch let error as DecodingError {
      throw SettingsError(error)
    }
  }

  /// These settings as a tree, in which every optional key must still stand that stood in the tree
  /// that they were read from.
  private func tree(showing origin: [String: Any]) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(self))
    guard let tree = object as? [String: Any] else { return origin }
    for key in optionalKeys.sorted() {
      let parts = key.split(separator: ".").map(String.init)
      if isSet(parts[...], in: origin), !isSet(parts[...], in: tree) {
        throw SettingsError.unknown(key: key, closest: nil)
      }
    }
    return tree
  }
}

/// Whether a tree of settings has a value under a key.
private func isSet(_ keys: ArraySlice<String>, in tree: Any?) -> Bool {
  guard let key = keys.first else { return tree != nil && !(tree is NSNull) }
  return isSet(keys.dropFirst(), in: (tree as? [String: Any])?[key])
}

/// Keys that are optional, and so absent from encoded settings until they are set. A tower that has no
/// such key does not give it back, and then it is refused after all.
private let optionalKeys: Set = [
  "training.steps", "training.minutes", "training.distillationScale",
  "training.distillationLanguage", "model.image", "model.text", "model.projectionDeviation",
  "model.image.inner", "model.text.inner", "model.text.filling", "model.text.head",
]
/// Dictionaries whose keys are the user's own.
private let openDictionaries: Set = ["training.rateScales"]

private func lay(_ tree: [String: Any], over settings: inout [String: Any], at path: String) throws
{
  // In order, so that of several faults the same one is told each time.
  for (key, value) in tree.sorted(by: { $0.key < $1.key }) {
    let full = path.isEmpty ? key : path + "." + key
    let existing = settings[key]
    guard existing != nil || optionalKeys.contains(full) || openDictionaries.contains(path) else {
      throw SettingsError.unknown(
        key: full, closest: closest(to: key, among: settings.keys, at: path))
    }
    if let branch = value as? [String: Any], var inner = existing as? [String: Any] {
      if let kind = branch["kind"] as? String, kind != inner["kind"] as? String {
        // A tower of another kind has settings of its own.
        settings[key] = branch
        continue
      }
      try lay(branch, over: &inner, at: full)
      settings[key] = inner
    } else if existing is [String: Any], !(value is [String: Any]), !(value is NSNull) {
      throw SettingsError.unreadable(
        key: full, reason: "it holds settings of its own; set one of them, as \(full).NAME")
    } else {
      settings[key] = value
    }
  }
}

private func assign(
  _ value: Any, to keys: ArraySlice<String>, in settings: inout [String: Any], at path: String
) throws {
  guard let key = keys.first else { throw SettingsError.notKeyValue(path) }
  let full = path.isEmpty ? key : path + "." + key
  if keys.count == 1 {
    // Laid over a copy first: that refuses keys that do not exist.
    var copy = settings
    let isNewKind = (value as? [String: Any])?["kind"] != nil
    try lay([key: isNewKind ? [:] : value], over: &copy, at: path)
    settings[key] = value
  } else if var inner = settings[key] as? [String: Any] {
    try assign(value, to: keys.dropFirst(), in: &inner, at: full)
    settings[key] = inner
  } else {
    throw SettingsError.unknown(
      key: full, closest: closest(to: key, among: settings.keys, at: path))
  }
}

private func closest(to key: String, among keys: some Collection<String>, at path: String)
  -> String?
{
  let best = keys.map { (key: $0, distance: editDistance(key, $0)) }.min {
    ($0.distance, $0.key) < ($1.distance, $1.key)
  }
  guard let best, best.distance <= max(2, key.count / 2) else { return nil }
  return path.isEmpty ? best.key : path + "." + best.key
}

/// The fewest letters to insert, remove or replace to make one word of the other.
///
/// - Source: Levenshtein 1966.
package func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.lowercased().unicodeScalars), Array(b.lowercased().unicodeScalars))
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in b.enumerated() {
      let next = min(row[j + 1] + 1, row[j] + 1, diagonal + (letter == other ? 0 : 1))
      diagonal = row[j + 1]
      row[j + 1] = next
    }
  }
  return row[b.count]
}

/// What is to be written for a value of a type.
private func words(for type: any Any.Type) -> String {
  switch type {
  case is Int.Type, is UInt64.Type, is Int32.Type: "a whole number"
  case is Double.Type, is Float.Type: "a number"
  case is Bool.Type: "true or false"
  case is String.Type: "a word"
  case is [Any].Type: #"a list, as ["one","two"]"#
  case is [String: Any].Type: #"names with values, as {"name":1}"#
  default: "a value of type \(type)"
  }
}

extension SettingsError {
  /// The words of a decoding error that a person can act on.
  init(_ error: DecodingError) {
    func name(_ path: [any CodingKey]) -> String {
      path.reduce("") { name, key in
        if let index = key.intValue { return "\(name)[\(index)]" }
        return name.isEmpty ? key.stringValue : name + "." + key.stringValue
      }
    }
    switch error {
    case .typeMismatch(let type, let context):
      self = .unreadable(key: name(context.codingPath), reason: "it needs \(words(for: type))")
    case .valueNotFound(let type, let context):
      self = .unreadable(key: name(context.codingPath), reason: "it needs \(words(for: type))")
    case .keyNotFound(let key, let context):
      self = .unreadable(key: name(context.codingPath + [key]), reason: "it is missing")
    case .dataCorrupted(let context):
      // The decoder does not say where a number stood that does not fit.
      self = .unreadable(
        key: name(context.codingPath),
        reason: context.codingPath.isEmpty
          ? "a number in it does not fit, such as a fraction where a whole one is needed"
          : context.debugDescription)
    @unknown default:
      self = .unreadable(key: "settings", reason: "\(error)")
    }
  }
}

extension RecipeSettings {
  /// The settings of an earlier run, where those that did not exist then are as published.
  ///
  /// - Parameters:
  ///   - tree: Its settings as JSON gives them.
  package func restoring(_ tree: [String: Any]) throws -> Self {
    let data = try JSONEncoder().encode(self)
    guard var settings = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      return self
    }
    for (key, value) in tree {
      guard let plan = settings[key] as? [String: Any], key == "training",
        let old = value as? [String: Any]
      else {
        settings[key] = value
        continue
      }
      settings[key] = plan.merging(old) { _, own in own }
    }
    do {
      return try JSONDecoder().decode(
        Self.self, from: JSONSerialization.data(withJSONObject: settings))
    } catch let error as DecodingError {
      throw SettingsError(error)
    }
  }
}
