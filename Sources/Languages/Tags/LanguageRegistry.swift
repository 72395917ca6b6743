import Foundation

/// The registered languages and their names.
final class LanguageRegistry: Sendable {
  static let shared = LanguageRegistry()

  private let threeLetters: [UInt8]
  private let twoLetters: [String: String]
  private let shorter: [String: String]
  private let names: [String: (english: String, own: String?)]
  private let scripts: [String: String]

  /// Codes that were replaced.
  private static let successors = [
    "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro",
  ]

  private init() {
    threeLetters = Data(base64Encoded: LanguageData.threeLetters).map { [UInt8]($0) } ?? []
    func table(_ text: String) -> [(String, String)] {
      text.split(separator: "|").compactMap { row in
        let parts = row.split(separator: "=", maxSplits: 1)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
      }
    }
    let codes = table(LanguageData.twoLetters)
    twoLetters = Dictionary(codes, uniquingKeysWith: { $1 })
    shorter = Dictionary(codes.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    names = Dictionary(
      table(LanguageData.names).map { code, names in
        let parts = names.split(separator: ";", maxSplits: 1).map(String.init)
        return (code, (parts[0], parts.count > 1 ? parts[1] : nil))
      }, uniquingKeysWith: { $1 })
    scripts = Dictionary(table(LanguageData.scripts), uniquingKeysWith: { $1 })
  }

  /// Whether ISO 639 knows a code of two or three small letters.
  func isRegistered(_ code: String) -> Bool {
    if code.utf8.count == 2 { return twoLetters[code] != nil || Self.successors[code] != nil }
    let number = code.utf8.reduce(0) { $0 * 26 + Int($1) - 97 }
    guard threeLetters.indices.contains(number / 8) else { return false }
    return threeLetters[number / 8] >> UInt8(number % 8) & 1 == 1
  }

  /// The shortest code of the same language, and the successor of one that was replaced.
  func canonical(_ code: String) -> String {
    let short = shorter[code] ?? code
    return Self.successors[short] ?? short
  }

  func name(_ code: String) -> String? { names[code]?.english }

  func endonym(_ code: String) -> String? { names[code]?.own }

  func scriptName(_ code: String) -> String? { scripts[code] }

  /// A well-known language whose code or name begins like a wrong one.
  func closest(to code: String) -> String? {
    let start = String(code.prefix(2))
    if twoLetters[start] != nil { return start }
    let candidates = names.keys.filter {
      $0.utf8.count == 2 && $0.hasPrefix(String(code.prefix(1)))
    }
    return candidates.sorted().first
  }
}
