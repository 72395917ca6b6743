internal import Files

/// Something in a corpus that was left out, told in one line.
package struct CorpusProblem: Sendable, Equatable, Codable {
  /// What went wrong, for counting.
  package enum Kind: String, Sendable, Codable, CaseIterable {
    case brokenPicture
    case missingPicture
    case emptyCaption
    case noCaptions
    case noCaptionColumn
    case duplicateID
    case cutArchive
    case badArchive
    case wrongEncoding
    case badLanguage
    case badRecord
    case wrongScript
    case copiedText
    case missingText
    case missingName
    case locked
    case tooLong
    case danglingLink
    case foreignFormat
  }

  package var kind: Kind
  /// The sample's id, or the file and line.
  package var place: String
  /// What was wrong, without a full stop.
  package var text: String

  package init(_ kind: Kind, _ place: String, _ text: String) {
    self.kind = kind
    self.place = place.printable
    let line = oneLine(text)
    self.text = line.hasSuffix(".") ? String(line.dropLast()) : line
  }
}

extension CorpusProblem: CustomStringConvertible {
  package var description: String { "\(place): \(text)" + (text.hasSuffix("?") ? "" : ".") }
}

extension CorpusProblem.Kind {
  /// What a count of this kind counts.
  fileprivate var noun: (one: String, many: String) {
    switch self {
    case .brokenPicture: ("broken picture", "broken pictures")
    case .missingPicture: ("missing picture", "missing pictures")
    case .emptyCaption: ("empty caption", "empty captions")
    case .noCaptions: ("picture without captions", "pictures without captions")
    case .noCaptionColumn:
      ("table without a column of captions", "tables without a column of captions")
    case .duplicateID: ("duplicate id", "duplicate ids")
    case .cutArchive: ("archive cut short", "archives cut short")
    case .badArchive: ("damaged archive", "damaged archives")
    case .wrongEncoding: ("text in a wrong encoding", "texts in a wrong encoding")
    case .badLanguage: ("unknown language tag", "unknown language tags")
    case .badRecord: ("unreadable record", "unreadable records")
    case .wrongScript: ("text in another script", "texts in another script")
    case .copiedText: ("untranslated text", "untranslated texts")
    case .missingText: ("picture without text", "pictures without text")
    case .missingName: ("picture without a name", "pictures without a name")
    case .locked: ("file or folder that cannot be read", "files or folders that cannot be read")
    case .tooLong: ("path that is too long", "paths that are too long")
    case .danglingLink: ("link to nothing", "links to nothing")
    case .foreignFormat:
      ("picture in a format that is not read", "pictures in formats that are not read")
    }
  }
}

extension Sequence<CorpusProblem> {
  /// How many problems there are of each kind.
  package func counts() -> [CorpusProblem.Kind: Int] {
    reduce(into: [:]) { $0[$1.kind, default: 0] += 1 }
  }

  /// The first few of each kind, and how many more there are.
  package func shortened(to limit: Int) -> [String] {
    let kinds = Dictionary(grouping: self, by: \.kind)
    return CorpusProblem.Kind.allCases.flatMap { kind -> [String] in
      let problems = kinds[kind] ?? []
      let more = problems.count - limit
      return problems.prefix(limit).map(\.description)
        + (more > 0
          ? ["… and \(grouped(more)) more \(more == 1 ? kind.noun.one : kind.noun.many)."] : [])
    }
  }

  /// One line that says what was left out, `nil` if nothing was.
  ///
  ///     Left out: 2 broken pictures, 1 empty caption, 1 duplicate id.
  package var summary: String? {
    let counts = counts()
    let parts = CorpusProblem.Kind.allCases.compactMap { kind in
      counts[kind].map { "\($0) \($0 == 1 ? kind.noun.one : kind.noun.many)" }
    }
    return parts.isEmpty ? nil : "Left out: " + parts.joined(separator: ", ") + "."
  }
}

/// A text with its line breaks and other control characters made visible or blank.
func oneLine(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
    return text
  }
  var scalars = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    scalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
  }
  return String(scalars)
}
