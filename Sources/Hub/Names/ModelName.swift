internal import Foundation

/// What a user writes to name a model: a repository of the Hugging Face Hub, or a folder.
///
///     org/repo        org/repo@revision        hf-hub:org/repo[@revision]
///     local-dir:/path        an existing folder
///
/// A folder that exists wins over a repository of the same name, as everywhere in the field.
package enum ModelName: Sendable, Hashable {
  case repository(Repository)
  case folder(String)

  /// A repository and one of its revisions: a branch, a tag or a commit.
  package struct Repository: Sendable, Hashable {
    /// `org/repo`, or `repo` alone for the oldest ones.
    package let id: String
    /// What was asked for; nil is the branch `main`.
    package let asked: String?

    package var revision: String { asked ?? "main" }

    /// - Throws: ``ModelNameError`` if the hub could not have such a repository or revision.
    package init(_ id: String, revision: String? = nil) throws(ModelNameError) {
      guard Self.isRepository(id) else { throw .badRepository(id) }
      if let revision, !Self.isRevision(revision) { throw .badRevision(revision, of: id) }
      self.id = id
      asked = revision
    }
  }

  /// - Parameters:
  ///   - text: What the user wrote.
  ///   - isFolder: Says whether a path is a folder that exists.
  /// - Throws: ``ModelNameError`` if it names nothing.
  package init(_ text: String, isFolder: (String) -> Bool = ModelName.isFolder)
    throws(ModelNameError)
  {
    let name = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !name.isEmpty else { throw .empty }
    if let path = name.rest(after: "local-dir:") {
      guard !path.isEmpty else { throw .empty }
      self = .folder(path)
    } else if let rest = name.rest(after: "hf-hub:") {
      self = .repository(try Self.repository(rest))
    } else if isFolder(name) {
      self = .folder(name)
    } else if Self.looksLikePath(name) {
      throw .noFolder(name)
    } else {
      let repository = try Self.repository(name)
      guard repository.id.contains("/") else { throw .noOrganization(name) }
      self = .repository(repository)
    }
  }

  /// Whether a path leads to a folder.
  package static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return exists && isFolder.boolValue
  }

  private static func repository(_ text: String) throws(ModelNameError) -> Repository {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    return try Repository(String(parts[0]), revision: parts.count > 1 ? String(parts[1]) : nil)
  }

  private static func looksLikePath(_ name: String) -> Bool {
    ["/", "./", "../", "~"].contains { name.utf8.starts(with: $0.utf8) }
  }
}

extension ModelName: CustomStringConvertible {
  /// A name that is read back as the same.
  package var description: String {
    switch self {
    case .repository(let repository): repository.description
    case .folder(let path): "local-dir:" + path
    }
  }
}

extension ModelName.Repository: CustomStringConvertible {
  package var description: String {
    (id.contains("/") ? id : "hf-hub:" + id) + (asked.map { "@" + $0 } ?? "")
  }

  /// One or two parts of ASCII letters, digits, `-`, `_` and `.`, at most 96 characters each.
  ///
  /// `--` is refused since the cache's folder names use it for `/`.
  private static func isRepository(_ id: String) -> Bool {
    let parts = id.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), !id.contains("--"), !id.contains(".."),
      !id.hasSuffix(".git")
    else { return false }
    return parts.allSatisfy { part in
      guard let first = part.first, let last = part.last, part.count <= 96 else { return false }
      let isWord = { (byte: UInt8) in byte.isLetterOrDigit || byte == UInt8(ascii: "_") }
      return isWord(first) && isWord(last)
        && part.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }
  }

  /// What git allows in a name, less what could leave the folder that its file is kept in.
  private static func isRevision(_ revision: String) -> Bool {
    let parts = revision.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let forbidden = Set(" ~^:?*[\\\u{7F}".utf8)
    return revision.utf8.count <= 250 && !revision.contains("..")
      && parts.allSatisfy { part in
        guard let first = part.first, first != UInt8(ascii: ".") else { return false }
        return part.allSatisfy { $0 > 0x20 && !forbidden.contains($0) }
      }
  }
}

/// Why a text names no model.
package enum ModelNameError: Error, Equatable {
  case empty
  case noFolder(String)
  case noOrganization(String)
  case badRepository(String)
  case badRevision(String, of: String)
}

extension ModelNameError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty:
      "The name of a model is missing; write org/repo, or local-dir: and a folder."
    case .noFolder(let path):
      "There is no folder at \(path)."
    case .noOrganization(let name):
      "“\(name)” is neither a folder nor a repository's name with its owner (org/repo); "
        + "an old repository without an owner is hf-hub:\(name)."
    case .badRepository(let id):
      "“\(id)” cannot be a repository: org/repo, of letters, digits, “-”, “_” and “.”."
    case .badRevision(let revision, let id):
      "“\(revision)” cannot be a revision of \(id): a branch, a tag or a commit."
    }
  }
}

extension UInt8 {
  var isLetterOrDigit: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) || isDigit
  }

  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  var isLowercaseHex: Bool {
    isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
  }
}

extension String {
  /// What follows a prefix, compared by bytes; nil if this does not start with it.
  func rest(after prefix: String) -> String? {
    guard utf8.starts(with: prefix.utf8) else { return nil }
    return String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
  }

  /// Whether this is a number of a given count of hexadecimal digits, as hashes are written.
  func isHash(digits: Int) -> Bool { utf8.count == digits && utf8.allSatisfy(\.isLowercaseHex) }
}
