import Foundation

/// A JSON document of which one value is changed, so that it stays one.
struct JSONParts {
  private indirect enum Value {
    case leaf(Any)
    case list([Value])
    case object([(key: String, value: Value)])

    /// How many values there are in it, itself counted.
    var count: Int {
      switch self {
      case .leaf: 1
      case .list(let values): values.reduce(1) { $0 + $1.count }
      case .object(let pairs): pairs.reduce(1) { $0 + $1.value.count }
      }
    }
  }

  private var root: Value

  /// - Returns: Nil unless `bytes` is JSON, perhaps with spaces after it.
  init?(_ bytes: [UInt8]) {
    guard let json = try? JSONSerialization.jsonObject(with: Data(bytes)) else { return nil }
    root = Self.value(json)
  }

  private static func value(_ json: Any) -> Value {
    if let table = json as? [String: Any] {
      return .object(
        table.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
          .map { (key: $0.key, value: value($0.value)) })
    }
    if let values = json as? [Any] { return .list(values.map(value)) }
    return .leaf(json)
  }

  /// Changes one value, wherever it is, or removes, repeats or renames it.
  mutating func change(_ random: inout RandomNumbers, _ interesting: UInt64) {
    let (place, other) = (random.below(root.count), random.below(root.count))
    var found: Value?
    _ = edited(root, at: other) {
      found = $0
      return $0
    }
    let kind = random.below(12)
    let number = random.below(2) == 0 ? Double(interesting) : Double(random.below(70)) - 3
    root = edited(root, at: place) { value in
      switch (kind, value) {
      case (0, _): .leaf(NSNull())
      case (1, _): .leaf("\(interesting)")
      case (2, _): .list([])
      case (3, _): .object([])
      case (4, _): .leaf(interesting % 2 == 0)
      case (5, _): found ?? value
      case (6, _): .list([value, value])
      case (7, .list(let values)) where !values.isEmpty: .list(Array(values.dropLast()))
      case (7, .object(let pairs)) where !pairs.isEmpty: .object(Array(pairs.dropLast()))
      case (8, .list(let values)): .list(values + values)
      case (8, .object(let pairs)): .object(pairs.map { (key: $0.key + "_", value: $0.value) })
      case (9, _): .leaf(Int64(truncatingIfNeeded: interesting))
      default: .leaf(number)
      }
    }
  }

  /// The value with what stands at `place`, counted from the outside, replaced.
  private func edited(_ value: Value, at place: Int, by edit: (Value) -> Value) -> Value {
    guard place > 0 else { return place == 0 ? edit(value) : value }
    var left = place - 1
    func inside(_ part: Value) -> Value {
      defer { left -= part.count }
      return left >= 0 && left < part.count ? edited(part, at: left, by: edit) : part
    }
    switch value {
    case .leaf: return value
    case .list(let values): return .list(values.map(inside))
    case .object(let pairs): return .object(pairs.map { (key: $0.key, value: inside($0.value)) })
    }
  }

  /// The document; nil if a number in it cannot be written.
  var bytes: [UInt8]? {
    func json(_ value: Value) -> Any {
      switch value {
      case .leaf(let leaf): leaf
      case .list(let values): values.map(json)
      case .object(let pairs): Dictionary(pairs.map { ($0.key, json($0.value)) }) { $1 }
      }
    }
    let object = json(root)
    guard JSONSerialization.isValidJSONObject([object]) else { return nil }
    return (try? JSONSerialization.data(withJSONObject: object, options: .fragmentsAllowed))
      .map { [UInt8]($0) }
  }
}
