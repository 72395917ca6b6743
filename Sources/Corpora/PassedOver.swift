internal import Files

/// A file or folder that is no part of the collection it lies in, which is no fault of either.
package struct PassedOver: Sendable, Equatable, Codable {
  package enum Kind: String, Sendable, Codable, CaseIterable {
    /// A file that holds no picture.
    case noPicture
    case hidden
    /// A folder of thumbnails, a dustbin and the like.
    case machineMade
    /// A link to a folder that is read elsewhere.
    case linkedFolder
    /// A pipe, a socket or a device.
    case special
    /// A picture that the collection's list does not name.
    case unlisted
    /// A table or list that is not read.
    case list
    /// An archive that is not read.
    case archive
  }

  package var kind: Kind
  /// Its path, relative to the collection; a folder's ends in a slash.
  package var name: String
  /// Why, without a full stop.
  package var text: String

  package init(_ kind: Kind, _ name: String, _ text: String) {
    self.kind = kind
    self.name = name.printable
    self.text = text
  }
}

extension PassedOver: CustomStringConvertible {
  package var description: String { "\(name): \(text)." }
}

extension Sequence<PassedOver> {
  /// A few lines on what was passed over, however much there is.
  ///
  ///     Passed over: 12 files that hold no picture (9 .mp4, 3 .pdf), 1 folder that a program made (@eaDir/).
  ///     budget.csv: it is no list of pictures, and is left alone.
  package var summary: [String] {
    let kinds = Dictionary(grouping: self, by: \.kind)
    let counted = PassedOver.Kind.allCases.compactMap { kind -> String? in
      guard let noun = kind.noun, let items = kinds[kind] else { return nil }
      let details = kind == .noPicture ? suffixes(of: items) : items.map(\.name)
      let shown = details.prefix(3).joined(separator: ", ") + (details.count > 3 ? ", …" : "")
      return "\(grouped(items.count)) \(items.count == 1 ? noun.one : noun.many) (\(shown))"
    }
    let told = [PassedOver.Kind.list, .archive].flatMap { kind -> [String] in
      let items = kinds[kind] ?? []
      let more = items.count - 3
      return items.prefix(3).map(\.description)
        + (more > 0 ? ["… and \(grouped(more)) more of the kind."] : [])
    }
    return (counted.isEmpty ? [] : ["Passed over: " + counted.joined(separator: ", ") + "."]) + told
  }

  /// How many files have each suffix, the most frequent first.
  private func suffixes(of items: [PassedOver]) -> [String] {
    Dictionary(grouping: items) { $0.name.fileSuffix }
      .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      .map { "\(grouped($1.count)) \($0.isEmpty ? "without a suffix" : "." + $0)" }
  }
}

extension PassedOver.Kind {
  /// What a count of this kind counts; `nil` for kinds that are listed one by one.
  fileprivate var noun: (one: String, many: String)? {
    switch self {
    case .noPicture: ("file that holds no picture", "files that hold no picture")
    case .hidden: ("hidden file or folder", "hidden files or folders")
    case .machineMade: ("folder that a program made", "folders that programs made")
    case .linkedFolder: ("link to a folder", "links to folders")
    case .special: ("pipe, socket or device", "pipes, sockets or devices")
    case .unlisted: ("picture that is not listed", "pictures that are not listed")
    case .list, .archive: nil
    }
  }
}
