/// A language as BCP 47 names it: `ko`, `zh-Hant`, `pt-BR`, `ca-valencia`.
///
/// The tag is well-formed, its language is registered, and its case is canonical, so that two tags
/// that mean the same spelling are equal. Codes that were replaced become their successors.
///
/// - Source: RFC 5646; ISO 639 from Debian's iso-codes, names from CLDR.
package struct LanguageTag: Hashable, Sendable {
  /// The whole tag in canonical case.
  package let text: String
  /// The language alone: `zh` of `zh-Hant-TW`.
  package let language: String
  /// The script, if the tag names one: `Hant`.
  package let script: String?
  /// The region, if the tag names one: `TW` or `419`.
  package let region: String?
  /// Variants such as `valencia`.
  package let variants: [String]

  /// - Throws: ``LanguageTagError`` for what is no tag, or names no registered language.
  package init(_ text: String) throws(LanguageTagError) {
    guard text.utf8.allSatisfy({ Self.isAllowed($0) }), text.utf8.count <= 100 else {
      throw .malformed(text)
    }
    // Underscores are common in file names.
    var parts = text.split(separator: "-", omittingEmptySubsequences: false)
      .flatMap { $0.split(separator: "_", omittingEmptySubsequences: false) }
      .map { $0.lowercased() }
    guard parts.allSatisfy({ (1...8).contains($0.utf8.count) }) else { throw .malformed(text) }
    if let whole = Self.grandfathered[parts.joined(separator: "-")] {
      parts = [whole]
    }
    var reader = Reader(parts: parts)
    guard let language = reader.language() else { throw .malformed(text) }
    guard LanguageRegistry.shared.isRegistered(language) else {
      throw .unknown(text, closest: LanguageRegistry.shared.closest(to: language))
    }
    let canonical = LanguageRegistry.shared.canonical(language)
    script = reader.script()
    region = reader.region()
    variants = reader.variants()
    guard let rest = reader.rest(), Set(variants).count == variants.count else {
      throw .malformed(text)
    }
    self.language = canonical
    self.text = ([canonical] + [script, region].compactMap(\.self) + variants + rest)
      .joined(separator: "-")
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    byte &- 48 < 10 || (byte | 32) &- 97 < 26 || byte == 45 || byte == 95
  }

  /// Old tags that follow no rule, and what they are now.
  private static let grandfathered = [
    "i-klingon": "tlh", "i-lux": "lb", "i-navajo": "nv", "i-hak": "hak", "i-tsu": "tsu",
    "i-tao": "tao", "i-tay": "tay", "i-pwn": "pwn", "i-bnn": "bnn", "i-ami": "ami", "no-bok": "nb",
    "no-nyn": "nn", "zh-min-nan": "nan", "zh-hakka": "hak", "zh-xiang": "hsn", "art-lojban": "jbo",
  ]

  /// The name in English: “Chinese (Traditional, Taiwan)”.
  package var englishName: String {
    let name = LanguageRegistry.shared.name(language) ?? language
    let details =
      [script.map { LanguageRegistry.shared.scriptName($0) ?? $0 }, region].compactMap(\.self)
      + variants
    return details.isEmpty ? name : "\(name) (\(details.joined(separator: ", ")))"
  }

  /// What its speakers call the language, if known: “한국어”.
  package var endonym: String? { LanguageRegistry.shared.endonym(language) }

  /// Whether it names no language: `und` stands for one that is not known.
  package var isUndetermined: Bool { language == "und" }

  /// Whether it is written from right to left.
  package var isRightToLeft: Bool {
    if let script { return Self.rightToLeftScripts.contains(script) }
    if language == "ku" || language == "pa" || language == "az" {
      return ["IQ", "IR", "PK"].contains(region)
    }
    return Self.rightToLeftLanguages.contains(language)
  }

  private static let rightToLeftScripts: Set<String> = [
    "Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi",
  ]
  private static let rightToLeftLanguages: Set<String> = [
    "ar", "arc", "arz", "ary", "apc", "acm", "ajp", "aeb", "azb", "bal", "bgn", "bqi", "ckb", "dv",
    "fa", "glk", "he", "khw", "ks", "lrc", "mzn", "nqo", "pnb", "prs", "ps", "rhg", "sd", "sdh",
    "skr", "syr", "trw", "ug", "ur", "yi",
  ]

  /// Takes the parts of a tag in their order.
  private struct Reader {
    private var parts: ArraySlice<String>

    init(parts: [String]) { self.parts = parts[...] }

    private static func isLetters(_ part: String) -> Bool {
      part.utf8.allSatisfy { $0 &- 97 < 26 }
    }

    mutating func language() -> String? {
      guard var first = parts.first, (2...3).contains(first.utf8.count), Self.isLetters(first)
      else {
        return nil
      }
      parts.removeFirst()
      // An extended language stands for itself: zh-yue is yue.
      if let next = parts.first, next.utf8.count == 3, Self.isLetters(next) {
        first = next
        parts.removeFirst()
      }
      return first
    }

    mutating func script() -> String? {
      guard let part = parts.first, part.utf8.count == 4, Self.isLetters(part) else { return nil }
      parts.removeFirst()
      return part.prefix(1).uppercased() + part.dropFirst()
    }

    mutating func region() -> String? {
      guard let part = parts.first,
        part.utf8.count == 2 && Self.isLetters(part)
          || part.utf8.count == 3 && part.utf8.allSatisfy({ $0 &- 48 < 10 })
      else { return nil }
      parts.removeFirst()
      return part.uppercased()
    }

    mutating func variants() -> [String] {
      var found: [String] = []
      while let part = parts.first {
        let startsWithDigit = (part.utf8.first ?? 0) &- 48 < 10
        guard part.utf8.count >= 5 || part.utf8.count == 4 && startsWithDigit else { break }
        found.append(part)
        parts.removeFirst()
      }
      return found
    }

    /// Extensions and private use, or `nil` if something else is left.
    mutating func rest() -> [String]? {
      var found: [String] = []
      var singletons: Set<String> = []
      while let singleton = parts.first {
        guard singleton.utf8.count == 1, singletons.insert(singleton).inserted else { return nil }
        parts.removeFirst()
        let isPrivate = singleton == "x"
        let own = parts.prefix { isPrivate || $0.utf8.count > 1 }
        guard !own.isEmpty else { return nil }
        found.append(singleton)
        found += own
        parts.removeFirst(own.count)
      }
      return found
    }
  }
}

extension LanguageTag: CustomStringConvertible {
  package var description: String { text }
}

extension LanguageTag: Comparable {
  package static func < (a: LanguageTag, b: LanguageTag) -> Bool { a.text < b.text }
}

extension LanguageTag: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do {
      try self.init(text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// Why a text names no language.
package enum LanguageTagError: Error, Equatable, CustomStringConvertible {
  /// It does not follow BCP 47.
  case malformed(String)
  /// It does, and the language is not registered.
  case unknown(String, closest: String?)

  package var description: String {
    switch self {
    case .malformed(let text):
      "“\(text)” is not a language tag: write one such as ko, pt-BR or zh-Hant."
    case .unknown(let text, let closest):
      "“\(text)” names no registered language."
        + (closest.map { " Did you mean \($0)?" } ?? " Write one as ko, pt-BR or zh-Hant.")
    }
  }
}
