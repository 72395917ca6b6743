import Foundation

/// A published file of settings, such as `config.json`: JSON, read field by field.
///
/// A field is named by its path: `vision_config.hidden_size`.
package struct PublishedSettings {
  package let path: String
  /// What a person should know of them, if they are not the file's alone.
  package let note: String?
  private let root: [String: Any]

  /// - Throws: ``ModelError`` if the file is missing, far too large, or not a JSON object.
  package init(path: String) throws(ModelError) {
    self.path = path
    let name = String(path.split(separator: "/").last ?? "config.json")
    let folder = String(path.dropLast(name.count + 1))
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int
    guard size ?? 0 <= 50_000_000 else {
      throw .unreadable(path: path, reason: "settings of \(size ?? 0) bytes are not settings")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .notAModel(path: folder, missing: name)
    }
    guard let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw .unreadable(path: path, reason: "it is not a JSON object")
    }
    self.root = root
    note = nil
  }

  /// open_clip's settings of a model's towers alone, without the object around them.
  ///
  /// - Throws: ``ModelError/unreadable(path:reason:)``
  init(path: String, flat data: Data, note: String) throws(ModelError) {
    guard let towers = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw .unreadable(path: path, reason: "it is not a JSON object")
    }
    self.path = path
    self.note = note
    root = ["model_cfg": towers]
  }

  private func value(_ field: String) -> Any? {
    var value: Any? = root
    for name in field.split(separator: ".") {
      value = (value as? [String: Any])?[String(name)]
    }
    return value is NSNull ? nil : value
  }

  package func has(_ field: String) -> Bool { value(field) != nil }

  /// The names inside an object, in order; empty if there is none.
  package func names(in field: String) -> [String] {
    ((value(field) as? [String: Any])?.keys.sorted()) ?? []
  }

  private func get<T>(_ field: String, _ kind: String, _ type: T.Type) throws(ModelError) -> T? {
    guard let value = value(field) else { return nil }
    guard let result = value as? T else {
      throw .unreadable(path: path, reason: "“\(field)” is not \(kind)")
    }
    return result
  }

  private func need<T>(_ found: T?, _ field: String) throws(ModelError) -> T {
    guard let found else { throw .unreadable(path: path, reason: "it has no “\(field)”") }
    return found
  }

  /// A whole number from 0 to 2³¹.
  ///
  /// - Parameters:
  ///   - standard: What it is if the file does not say; needed if nil.
  /// - Throws: ``ModelError/unreadable(path:reason:)``
  package func int(_ field: String, _ standard: Int? = nil) throws(ModelError) -> Int {
    let number = try need(try get(field, "a whole number", Int.self) ?? standard, field)
    guard (0...Int(Int32.max)).contains(number) else {
      throw .unreadable(path: path, reason: "“\(field)” is \(number)")
    }
    return number
  }

  /// - Throws: ``ModelError/unreadable(path:reason:)``
  package func double(_ field: String, _ standard: Double? = nil) throws(ModelError) -> Double {
    try need(try get(field, "a number", Double.self) ?? standard, field)
  }

  /// - Throws: ``ModelError/unreadable(path:reason:)``
  package func string(_ field: String, _ standard: String? = nil) throws(ModelError) -> String {
    try need(try get(field, "a text", String.self) ?? standard, field)
  }

  /// - Throws: ``ModelError/unreadable(path:reason:)``
  package func bool(_ field: String, _ standard: Bool? = nil) throws(ModelError) -> Bool {
    try need(try get(field, "true or false", Bool.self) ?? standard, field)
  }

  /// - Throws: ``ModelError/unreadable(path:reason:)``
  package func floats(_ field: String, _ standard: [Float]? = nil) throws(ModelError) -> [Float] {
    try need(try get(field, "numbers", [Double].self).map { $0.map(Float.init) } ?? standard, field)
  }

  /// - Throws: ``ModelError/unreadable(path:reason:)``
  package func strings(_ field: String, _ standard: [String]? = nil) throws(ModelError) -> [String]
  {
    try need(try get(field, "texts", [String].self) ?? standard, field)
  }
}
