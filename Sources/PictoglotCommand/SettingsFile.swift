import Foundation
import Training
import Yams

/// A YAML or JSON file of settings, as `train --show-settings` writes it.
struct SettingsFile {
  /// The recipe whose settings they are, if the file says so.
  let recipe: String?
  let settings: JSONText

  /// - Parameters:
  ///   - recipe: The one that was asked for; nil to take the file's.
  /// - Throws: ``CommandError`` if the file cannot be read, or is of another recipe.
  init(path: String, recipe wanted: String?) throws {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw CommandError("\(path) cannot be read, or is not text in UTF-8.")
    }
    let loaded: Any?
    do { loaded = try Yams.load(yaml: text) } catch {
      let reason = "\(error)".split(whereSeparator: \.isNewline).first ?? ""
      throw CommandError("\(path) is not YAML: \(reason)")
    }
    guard var tree = loaded as? [String: Any] else {
      throw CommandError(
        "\(path) holds no settings: it must be a YAML mapping of keys to values.")
    }
    recipe = tree.removeValue(forKey: "recipe").map { "\($0)" }
    if let recipe, let wanted, recipe != wanted {
      throw CommandError(
        "\(path) holds settings of the recipe \(recipe), not of \(wanted): leave out --recipe, or the line "
          + "“recipe” if both should use them.")
    }
    if let key = Self.misread(tree, at: "") {
      throw CommandError(
        "\(path) holds something at “\(key)” that no setting is, such as a date or .nan: write a number, or "
          + "a word in quotes.")
    }
    let data = try JSONSerialization.data(withJSONObject: tree)
    settings = try JSONDecoder().decode(JSONText.self, from: data)
  }

  /// The key of a value that YAML knows and JSON does not.
  private static func misread(_ value: Any, at key: String) -> String? {
    switch value {
    case let tree as [String: Any]:
      tree.sorted { $0.key < $1.key }.lazy
        .compactMap { misread($1, at: key.isEmpty ? $0 : key + "." + $0) }.first
    case let list as [Any]:
      list.enumerated().lazy.compactMap { misread($1, at: "\(key)[\($0)]") }.first
    default: JSONSerialization.isValidJSONObject([value]) ? nil : key
    }
  }
}
