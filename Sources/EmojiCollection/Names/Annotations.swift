internal import Corpora
internal import Languages

/// What CLDR says about emoji in one language: their names and keywords.
struct Annotations {
  /// By sequence without U+FE0F, as scalars.
  private(set) var names: [[Unicode.Scalar]: String] = [:]
  private(set) var keywords: [[Unicode.Scalar]: [String]] = [:]
  /// The sequences that have names, in the order of the file.
  private(set) var order: [[Unicode.Scalar]] = []

  /// Adds what the LDML file `path` says; what it marks as unconfirmed is left out.
  ///
  /// - Parameters:
  ///   - path: A file of `common/annotations` or `common/annotationsDerived`.
  ///   - isWanted: Says of which sequences anything is kept.
  /// - Throws: ``CorpusError`` if the file cannot be read or is no XML.
  mutating func add(
    _ path: String, where isWanted: ([Unicode.Scalar]) -> Bool
  ) throws(CorpusError) {
    let bytes = try wholeFile(path)
    do {
      var tags = XMLTags(bytes)
      while let tag = try tags.next() {
        guard tag.name == "annotation", !tag.isEnd, let sequence = tag.attributes["cp"],
          tag.attributes["draft"] != "unconfirmed"
        else { continue }
        let scalars = Self.key(sequence)
        guard isWanted(scalars) else { continue }
        let text = try tags.text()
        if tag.attributes["type"] == "tts" {
          let name = Self.cleaned(text)
          if names.updateValue(name, forKey: scalars) == nil { order.append(scalars) }
        } else {
          let words = text.split(separator: "|").map { Self.cleaned(String($0)) }
          keywords[scalars] = words.filter { !$0.isBlank }
        }
      }
    } catch {
      throw .badFile(path: path, what: "a CLDR file", reason: error.reason)
    }
  }

  /// The keywords that do not repeat the name.
  func properKeywords(of sequence: [Unicode.Scalar]) -> [String] {
    let name = names[sequence]
    return (keywords[sequence] ?? []).filter { $0 != name }
  }

  static func key(_ sequence: String) -> [Unicode.Scalar] {
    sequence.unicodeScalars.filter { $0 != "\u{FE0F}" }
  }

  /// `text` with plain blanks, and without the invisible marks that turn its direction.
  ///
  /// Non-breaking blanks are typography, and differ between languages and versions of CLDR;
  /// joiners are left, since words in some scripts need them.
  static func cleaned(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "!"..."~":
        scalars.append(scalar)
      case "\u{200E}", "\u{200F}", "\u{061C}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}",
        "\u{FEFF}":
        continue
      case _ where scalar.properties.isWhitespace:
        if scalars.last != " ", !scalars.isEmpty { scalars.append(" ") }
      default:
        scalars.append(scalar)
      }
    }
    if scalars.last == " " { scalars.removeLast() }
    return String(scalars)
  }
}
