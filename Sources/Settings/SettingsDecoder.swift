/// The keys that a type asked for while it was read, whether they were there or not.
///
/// They are what the type has, its optional keys included: no list of them need be kept.
final class AskedKeys {
  /// By the key of the branch that they stand in.
  private var keys: [String: Set<String>] = [:]
  /// Branches whose keys are the user's own.
  private var open: Set<String> = []

  /// The keys of a branch.
  func keys(in branch: String) -> Set<String> { keys[branch] ?? [] }

  /// Whether the branch may have any key.
  func isOpen(_ branch: String) -> Bool { open.contains(branch) }

  func note(_ key: String, in branch: String) { keys[branch, default: []].insert(key) }

  func noteOpen(_ branch: String) { open.insert(branch) }

  /// Takes in what another reading has asked for.
  func merge(_ other: AskedKeys) {
    keys.merge(other.keys) { $0.union($1) }
    open.formUnion(other.open)
  }
}

/// Reads a type out of a tree, and notes which keys the type asks for.
///
/// Unlike Foundation's it says of every number that does not fit where it stands.
struct SettingsDecoder: Decoder {
  let tree: SettingsTree
  let codingPath: [any CodingKey]
  let asked: AskedKeys

  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .branch(let values) = tree else { throw mismatch([String: SettingsTree].self) }
    return KeyedDecodingContainer(Fields(values: values, decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let values) = tree else { throw mismatch([SettingsTree].self) }
    return Items(values: values, decoder: self)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  private func mismatch(_ type: any Any.Type) -> DecodingError {
    let context = DecodingError.Context(
      codingPath: codingPath, debugDescription: "it is of another kind")
    return tree == .nothing ? .valueNotFound(type, context) : .typeMismatch(type, context)
  }
}

extension SettingsDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool { tree == .nothing }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if type is any UserNamed.Type { asked.noteOpen(dottedKey(codingPath)) }
    guard let plain = type as? any ScalarSetting.Type else { return try Value(from: self) }
    if let value = plain.init(setting: tree) as? Value { return value }
    switch tree {
    case .whole where plain.isNumber, .number where plain.isNumber:
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: codingPath, debugDescription: "it needs another number, as a whole one"))
    default: throw mismatch(type)
    }
  }
}

/// The values of a branch.
private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let values: [String: SettingsTree]
  let decoder: SettingsDecoder

  var codingPath: [any CodingKey] { decoder.codingPath }

  var allKeys: [Key] { values.keys.sorted().compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool {
    decoder.asked.note(key.stringValue, in: dottedKey(codingPath))
    return values[key.stringValue] != nil
  }

  func decodeNil(forKey key: Key) throws -> Bool { try value(of: key).decodeNil() }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try value(of: key).decode(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try value(of: key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try value(of: key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { decoder }

  func superDecoder(forKey key: Key) throws -> any Decoder { try value(of: key) }

  private func value(of key: Key) throws -> SettingsDecoder {
    guard contains(key), let tree = values[key.stringValue] else {
      throw DecodingError.keyNotFound(
        key, DecodingError.Context(codingPath: codingPath, debugDescription: "it is missing"))
    }
    return SettingsDecoder(tree: tree, codingPath: codingPath + [key], asked: decoder.asked)
  }
}

/// The values of a list.
private struct Items: UnkeyedDecodingContainer {
  let values: [SettingsTree]
  let decoder: SettingsDecoder
  var currentIndex = 0

  init(values: [SettingsTree], decoder: SettingsDecoder) {
    self.values = values
    self.decoder = decoder
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { values.count }
  var isAtEnd: Bool { currentIndex >= values.count }

  mutating func decodeNil() throws -> Bool {
    guard try current().decodeNil() else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try current().decode(type)
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    let container = try current().container(keyedBy: type)
    currentIndex += 1
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try current().unkeyedContainer()
    currentIndex += 1
    return container
  }

  mutating func superDecoder() throws -> any Decoder {
    let value = try current()
    currentIndex += 1
    return value
  }

  private func current() throws -> SettingsDecoder {
    let path = codingPath + [Place(currentIndex)]
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        SettingsTree.self,
        DecodingError.Context(codingPath: path, debugDescription: "the list is too short"))
    }
    return SettingsDecoder(tree: values[currentIndex], codingPath: path, asked: decoder.asked)
  }

  /// A place in a list, from 0.
  private struct Place: CodingKey {
    let index: Int

    init(_ index: Int) { self.index = index }

    init?(stringValue: String) { nil }

    init?(intValue: Int) { index = intValue }

    var stringValue: String { "\(index)" }
    var intValue: Int? { index }
  }
}

/// Dictionaries, whose keys are the user's own.
private protocol UserNamed {}

extension Dictionary: UserNamed where Key == String {}

/// A value without parts.
private protocol ScalarSetting {
  static var isNumber: Bool { get }
  /// Nil if the tree is another value.
  init?(setting tree: SettingsTree)
}

extension Bool: ScalarSetting {
  fileprivate static var isNumber: Bool { false }

  fileprivate init?(setting tree: SettingsTree) {
    guard case .flag(let value) = tree else { return nil }
    self = value
  }
}

extension String: ScalarSetting {
  fileprivate static var isNumber: Bool { false }

  fileprivate init?(setting tree: SettingsTree) {
    guard case .word(let value) = tree else { return nil }
    self = value
  }
}

extension ScalarSetting where Self: BinaryFloatingPoint {
  fileprivate static var isNumber: Bool { true }

  fileprivate init?(setting tree: SettingsTree) {
    switch tree {
    case .whole(let value): self.init(value)
    case .number(let value): self.init(value)
    default: return nil
    }
  }
}

extension ScalarSetting where Self: FixedWidthInteger {
  fileprivate static var isNumber: Bool { true }

  fileprivate init?(setting tree: SettingsTree) {
    switch tree {
    case .whole(let value): self.init(exactly: value)
    case .number(let value): self.init(exactly: value)
    default: return nil
    }
  }
}

extension Double: ScalarSetting {}
extension Float: ScalarSetting {}
extension Int: ScalarSetting {}
extension Int8: ScalarSetting {}
extension Int16: ScalarSetting {}
extension Int32: ScalarSetting {}
extension Int64: ScalarSetting {}
extension UInt: ScalarSetting {}
extension UInt8: ScalarSetting {}
extension UInt16: ScalarSetting {}
extension UInt32: ScalarSetting {}
extension UInt64: ScalarSetting {}
