/// Settings of which single ones can be changed by their keys.
package protocol Overridable: Codable {}

extension Overridable {
  /// These settings with others laid over them.
  ///
  /// - Parameters:
  ///   - tree: What a YAML or JSON file says; what it does not name stays.
  ///   - assignments: `key=value` texts with dotted keys; the value is JSON, or else plain text, and
  ///     takes the place of all that was there.
  /// - Throws: ``SettingsError`` for a key that does not exist (with the closest that does) and for
  ///   a value of the wrong type.
  package func overriding(
    with tree: SettingsTree = [:], _ assignments: [String] = []
  ) throws -> Self {
    var overlay = try Overlay(self)
    try overlay.lay(tree.branches)
    for assignment in assignments {
      guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
        throw SettingsError.notKeyValue(assignment)
      }
      let text = String(assignment[assignment.index(after: equals)...])
      try overlay.assign(
        (try? SettingsTree(json: text)) ?? .word(text), to: String(assignment[..<equals]))
    }
    return try overlay.settings()
  }

  /// The settings of an earlier run, where those that did not exist then are as they are here.
  ///
  /// - Parameters:
  ///   - tree: The earlier run's settings.
  ///   - branch: The branch that had fewer settings then; all others are taken as they are.
  /// - Throws: ``SettingsError``
  package func restoring(_ tree: SettingsTree, completing branch: String) throws -> Self {
    var values = try SettingsTree(self).branches
    for (key, value) in tree.branches {
      if key == branch, case .branch(let own)? = values[key], case .branch(let old) = value {
        values[key] = .branch(own.merging(old) { _, old in old })
      } else {
        values[key] = value
      }
    }
    return try read(Self.self, from: values, noting: AskedKeys())
  }
}

/// - Throws: ``SettingsError``
private func read<Value: Decodable>(
  _ type: Value.Type, from values: [String: SettingsTree], noting asked: AskedKeys
) throws -> Value {
  do {
    return try Value(
      from: SettingsDecoder(tree: .branch(values), codingPath: [], asked: asked))
  } catch let error as DecodingError {
    throw SettingsError(error)
  }
}

/// Settings on their way from what they were to what is laid over them.
private struct Overlay<Value: Codable> {
  private var values: [String: SettingsTree]
  /// What the settings have asked for in any state so far.
  private let known = AskedKeys()

  init(_ settings: Value) throws {
    values = try SettingsTree(settings).branches
    _ = try? read()
  }

  /// What has come out.
  func settings() throws -> Value {
    let (settings, asked) = try read()
    try refuseStrays(in: values, "", givenBack: SettingsTree(settings).branches, asked)
    return settings
  }

  private func read() throws -> (settings: Value, asked: AskedKeys) {
    let asked = AskedKeys()
    // What was asked for before something did not fit is there all the same.
    defer { known.merge(asked) }
    return (try Settings.read(Value.self, from: values, noting: asked), asked)
  }

  /// Refuses keys that the settings neither asked for nor have: those of a tower of another kind.
  private func refuseStrays(
    in values: [String: SettingsTree], _ branch: String, givenBack: [String: SettingsTree],
    _ asked: AskedKeys
  ) throws {
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      guard asked.keys(in: branch).contains(key) || givenBack[key] != nil else {
        throw SettingsError.unknown(
          key: dottedKey(key, in: branch),
          closest: closest(to: key, among: asked.keys(in: branch), in: branch))
      }
      try refuseStrays(
        in: value.branches, dottedKey(key, in: branch),
        givenBack: givenBack[key]?.branches ?? [:], asked)
    }
  }

  mutating func lay(_ tree: [String: SettingsTree]) throws {
    try lay(tree, over: &values, in: "")
  }

  private func lay(
    _ tree: [String: SettingsTree], over values: inout [String: SettingsTree], in branch: String
  ) throws {
    // In order, so that of several faults the same one is told each time.
    for (key, value) in tree.sorted(by: { $0.key < $1.key }) {
      let full = dottedKey(key, in: branch)
      try check(key, value, over: values, in: branch)
      guard case .branch(var inner)? = values[key], case .branch(let own) = value,
        !Self.isOtherKind(own, than: inner)
      else {
        values[key] = value
        continue
      }
      try lay(own, over: &inner, in: full)
      values[key] = .branch(inner)
    }
  }

  /// Gives one setting a value, in place of all that was there.
  mutating func assign(_ value: SettingsTree, to key: String) throws {
    // A tower that was just written as one value has the keys that the value left out, too.
    if (try? read()) != nil { values = try SettingsTree(settings()).branches }
    try assign(value, to: key.split(separator: ".").map(String.init)[...], in: &values, "")
  }

  private func assign(
    _ value: SettingsTree, to keys: ArraySlice<String>, in values: inout [String: SettingsTree],
    _ branch: String
  ) throws {
    guard let key = keys.first else { throw SettingsError.notKeyValue(branch) }
    if keys.count == 1 {
      // Laid over a copy first: that refuses keys that do not exist.
      var copy = values
      try lay([key: value.branches["kind"] == nil ? value : [:]], over: &copy, in: branch)
      values[key] = value
    } else if case .branch(var inner)? = values[key] {
      try assign(value, to: keys.dropFirst(), in: &inner, dottedKey(key, in: branch))
      values[key] = .branch(inner)
    } else {
      throw unknown(key, among: values, in: branch)
    }
  }

  /// Refuses a key that does not exist, and a single value for what holds settings of its own.
  private func check(
    _ key: String, _ value: SettingsTree, over values: [String: SettingsTree], in branch: String
  ) throws {
    switch (values[key], value) {
    case (nil, _):
      guard known.keys(in: branch).contains(key) || known.isOpen(branch) else {
        throw unknown(key, among: values, in: branch)
      }
    case (.branch?, .branch), (.branch?, .nothing): break
    case (.branch?, _):
      let full = dottedKey(key, in: branch)
      throw SettingsError.unreadable(
        key: full, reason: "it is a group of settings; set one of them, such as \(full).NAME")
    default: break
    }
  }

  private func unknown(
    _ key: String, among values: [String: SettingsTree], in branch: String
  ) -> SettingsError {
    // The key itself is known where an optional branch is not there to have settings.
    let keys = known.keys(in: branch).union(values.keys).subtracting([key])
    return .unknown(
      key: dottedKey(key, in: branch), closest: closest(to: key, among: keys, in: branch))
  }

  /// Whether a branch names another kind than the one below it: it then has settings of its own.
  private static func isOtherKind(
    _ branch: [String: SettingsTree], than below: [String: SettingsTree]
  ) -> Bool {
    guard case .word? = branch["kind"] else { return false }
    return branch["kind"] != below["kind"]
  }
}
