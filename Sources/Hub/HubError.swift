internal import Files

/// Why a model cannot be had from the hub or its cache.
package enum HubError: Error, Equatable {
  /// Nothing answered, or the connection broke again and again.
  case unreachable(host: String, reason: String)
  case badEndpoint(String)
  /// No such repository, or a private one that the token does not open.
  case noRepository(String, hasToken: Bool)
  case noRevision(String, of: String)
  case noFile(String, of: String)
  /// Its owners want the user to accept conditions first.
  case gated(String, endpoint: String, hasToken: Bool)
  case badToken(host: String, reason: String)
  case refused(url: String, status: Int, reason: String)
  case rateLimited(host: String, seconds: Int, hasToken: Bool)
  case badAnswer(url: String, reason: String)
  case unsafePath(String, of: String)
  case wrongSize(file: String, expected: Int64, found: Int64)
  case wrongChecksum(file: String, expected: String, found: String)
  case diskFull(folder: String, needed: Int64, free: Int64)
  case nothingWanted(String)
  /// Offline, and the cache does not hold the model.
  case notCached(String, offline: Bool)
  /// Offline, and the cache lacks some of the files.
  case incomplete(String, missing: [String])
  case noFolder(String)
  case file(path: String, reason: String)
  case badBundle(path: String, reason: String)
}

extension HubError {
  /// What the system refused, its words in the small letters of the middle of a sentence.
  init(_ error: FileError) { self = .file(path: error.path, reason: error.reason.lowercased()) }
}

extension HubError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreachable(let host, let reason):
      "\(host) cannot be reached: \(reason). What was downloaded is kept; try again to continue."
    case .badEndpoint(let text):
      "“\(text)” is not the address of a hub; HF_ENDPOINT is like https://huggingface.co."
    case .noRepository(let id, let hasToken):
      "The hub has no repository “\(id)”"
        + (hasToken
          ? ", or your token does not open it; check the spelling and the token's rights."
          : ", or it is private; check the spelling, or set HF_TOKEN.")
    case .noRevision(let revision, let id):
      "“\(id)” has no revision “\(revision)”; leave it out for the newest."
    case .noFile(let file, let id):
      "“\(id)” has no file “\(file)”."
    case .gated(let id, let endpoint, let hasToken):
      "“\(id)” is open only to those who accept its conditions: do so at \(endpoint)/\(id)"
        + (hasToken ? " with the account of your token." : ", then set HF_TOKEN.")
    case .badToken(let host, let reason):
      "\(host) does not accept your token (\(reason)); make a new one, or unset HF_TOKEN."
    case .refused(let url, let status, let reason):
      "\(url) was answered with \(status)\(reason.isEmpty ? "" : ": " + reason)."
    case .rateLimited(let host, let seconds, let hasToken):
      "\(host) asks to wait \(seconds) s before the next request"
        + (hasToken ? "; try again later." : "; try again later, or set HF_TOKEN for more.")
    case .badAnswer(let url, let reason):
      "The answer of \(url) cannot be used: \(reason)."
    case .unsafePath(let path, let id):
      "“\(id)” lists a file “\(path.escaped)”, which could be written outside its folder; "
        + "nothing was downloaded."
    case .wrongSize(let file, let expected, let found):
      "\(file) has \(found) bytes instead of \(expected); it was thrown away. Try again, "
        + "or use another mirror."
    case .wrongChecksum(let file, let expected, let found):
      "\(file) arrived damaged twice (checksum \(found.prefix(12))… instead of "
        + "\(expected.prefix(12))…) and was thrown away; something on the way changes it."
    case .diskFull(let folder, let needed, let free):
      "\(folder) has \(free.asBytes) free and \(needed.asBytes) are needed; make room, "
        + "or set HF_HUB_CACHE to a folder on another disk."
    case .nothingWanted(let id):
      "“\(id)” holds none of the files that a model needs."
    case .notCached(let name, let offline):
      "“\(name)” is not in the cache"
        + (offline ? ", and HF_HUB_OFFLINE forbids to ask for it." : "; pull it first.")
    case .incomplete(let name, let missing):
      "The cache lacks \(missing.count) file\(missing.count == 1 ? "" : "s") of “\(name)”: "
        + missing.prefix(5).joined(separator: ", ") + (missing.count > 5 ? ", …" : "")
        + ". Pull it while there is a network."
    case .noFolder(let path):
      "There is no folder at \(path)."
    case .file(let path, let reason):
      "\(path) cannot be used: \(reason)."
    case .badBundle(let path, let reason):
      "\(path) is not a bundle that can be imported: \(reason). Nothing was imported."
    }
  }
}

extension Int64 {
  /// With the unit that fits: `1.5 GB`.
  package var asBytes: String {
    var value = Double(self)
    for unit in ["bytes", "kB", "MB", "GB"] {
      if value < 999.5 {
        return unit == "bytes" ? "\(self) bytes" : "\((value * 10).rounded() / 10) \(unit)"
      }
      value /= 1000
    }
    return "\((value * 10).rounded() / 10) TB"
  }
}

extension String {
  /// Control characters shown as escapes, so that a hostile name cannot move the cursor.
  var escaped: String {
    String(
      unicodeScalars.flatMap { scalar -> [Character] in
        scalar.value < 0x20 || scalar.value == 0x7F
          ? Array(scalar.escaped(asASCII: true)) : [Character(scalar)]
      })
  }
}
