internal import Foundation

/// A file as the hub lists it.
package struct RemoteFile: Sendable, Equatable {
  /// Within the repository, parts separated by `/`.
  package let path: String
  package let size: Int64
  /// The SHA-1 that git gives the file, or the pointer to it.
  package let gitHash: String
  /// The SHA-256 of a large file.
  package let sha256: String?
  /// The hub's own name for a large file's contents, kept for other tools.
  package let storageHash: String?

  package init(
    path: String, size: Int64, gitHash: String, sha256: String? = nil, storageHash: String? = nil
  ) {
    self.path = path
    self.size = size
    self.gitHash = gitHash
    self.sha256 = sha256
    self.storageHash = storageHash
  }

  /// What the cache calls its contents, which is also what they must hash to.
  package var etag: String { sha256 ?? gitHash }

  /// Whether a listed path can only lead into the folder it is meant for.
  static func isSafe(_ path: String) -> Bool {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return path.utf8.count < 2048
      && parts.allSatisfy { part in
        !part.isEmpty && part.count < 256 && !part.elementsEqual(".".utf8)
          && !part.elementsEqual("..".utf8) && part.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
      }
  }
}

/// What the hub says about a revision of a repository.
package struct ModelInfo: Sendable, Equatable {
  package let commit: String
  /// As its page says: an identifier such as `cc-by-nc-4.0`, or several.
  package let license: String?
}

/// The parts of `/api/models/{repo}/revision/{rev}` that are used.
struct RevisionAnswer: Decodable {
  let sha: String
  let cardData: Card?
  let tags: [String]?

  /// `cardData`; whatever its author wrote there is no reason to fail.
  struct Card: Decodable {
    let licenses: [String]

    private enum Key: String, CodingKey { case license, license_name }

    init(from decoder: any Decoder) {
      let values = try? decoder.container(keyedBy: Key.self)
      func texts(_ key: Key) -> [String] {
        (try? values?.decode(String.self, forKey: key)).map { [$0] }
          ?? (try? values?.decode([String].self, forKey: key)) ?? []
      }
      let named = texts(.license)
      licenses = named == ["other"] ? (texts(.license_name) + named).prefix(1) + [] : named
    }
  }

  var license: String? {
    let named = cardData?.licenses ?? []
    let tagged = (tags ?? []).compactMap { $0.rest(after: "license:") }
    let all = named.isEmpty ? tagged : named
    return all.isEmpty ? nil : all.map(\.escaped).joined(separator: ", ")
  }
}

/// An entry of `/api/models/{repo}/tree/{rev}`.
struct TreeAnswer: Decodable {
  let type: String
  let path: String
  let oid: String?
  let size: Int64?
  let lfs: Large?
  let xetHash: String?

  struct Large: Decodable {
    let oid: String
    let size: Int64
  }
}
