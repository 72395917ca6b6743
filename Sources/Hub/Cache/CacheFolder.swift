internal import Files
internal import Foundation

/// The part of the cache that holds one repository, laid out as every tool of the field has it.
///
///     models--org--name/blobs/<etag>
///                       refs/<revision>                 holds a commit
///                       snapshots/<commit>/<path>       → ../../blobs/<etag>
///                       trees/<commit>.json             what the hub lists
///                       .no_exist/<commit>/<path>       what it was asked for in vain
///     .locks/models--org--name/<etag>.lock
///
/// - Source: huggingface_hub 2.4.0, `file_download.py` and `_tree_cache.py`.
struct CacheFolder: Sendable {
  let root: String
  let repository: String

  private var name: String { "models--" + repository.replacing("/", with: "--") }

  var path: String { root + "/" + name }
  var locks: String { root + "/.locks/" + name }

  func blob(_ etag: String) -> String { path + "/blobs/" + etag }
  func snapshot(_ commit: String) -> String { path + "/snapshots/" + commit }
  func lock(_ etag: String) -> String { locks + "/" + etag + ".lock" }
  private func ref(_ revision: String) -> String { path + "/refs/" + revision }
  private func tree(_ commit: String) -> String { path + "/trees/" + commit + ".json" }

  /// Makes the root, and marks it so that programs that make backups pass it over.
  func prepare() throws(HubError) {
    try CacheFiles.makeFolder(path + "/blobs")
    let tag = root + "/CACHEDIR.TAG"
    guard !CacheFiles.exists(tag) else { return }
    let text = """
      Signature: 8a477f597d28d172789f06886806bc55
      # This folder can be downloaded again. About cache directory tags, see:
      #\thttps://bford.info/cachedir/

      """
    try CacheFiles.write(Data(text.utf8), to: tag)
  }

  /// The commit of a revision, as it was when last asked for.
  func commit(of revision: String) -> String? {
    if revision.isHash(digits: 40) { return revision }
    guard let bytes = CacheFiles.read(ref(revision), atMost: 1024) else { return nil }
    let commit = String(decoding: bytes, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return commit.isHash(digits: 40) ? commit : nil
  }

  func setCommit(_ commit: String, of revision: String) throws(HubError) {
    guard revision != commit, self.commit(of: revision) != commit else { return }
    try CacheFiles.write(Data(commit.utf8), to: ref(revision))
  }

  /// The revisions whose commit is known, with it.
  var revisions: [(name: String, commit: String)] {
    CacheFiles.paths(under: path + "/refs").compactMap { name in
      commit(of: name).map { (name, $0) }
    }
  }

  func noteMissing(_ file: String, in commit: String) throws(HubError) {
    try CacheFiles.write(Data(), to: path + "/.no_exist/\(commit)/\(file)")
  }

  /// Puts a file into a snapshot: a link to its blob, or without links the blob itself.
  func place(_ file: String, etag: String, in commit: String, linked: Bool) throws(HubError) {
    let place = snapshot(commit) + "/" + file
    try CacheFiles.makeFolder(of: place)
    guard linked else { return try CacheFiles.move(blob(etag), to: place) }
    let depth = file.utf8.count { $0 == UInt8(ascii: "/") } + 2
    let target = String(repeating: "../", count: depth) + "blobs/" + etag
    let temporary = snapshot(commit) + "/.\(UUID().uuidString).tmp"
    guard symlink(target, temporary) == 0 else {
      guard [EPERM, ENOSYS, EOPNOTSUPP].contains(errno) else {
        throw HubError(FileError(.write, place))
      }
      return try CacheFiles.move(blob(etag), to: place)
    }
    do {
      try CacheFiles.move(temporary, to: place)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// The blob that a snapshot's file is, if it is a link to one of ours.
  func etag(of file: String, in commit: String) -> String? {
    let place = snapshot(commit) + "/" + file
    guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: place),
      let last = target.split(separator: "/").last.map(String.init),
      CacheFiles.size(blob(last)) != nil
    else { return nil }
    return last
  }
}

extension CacheFolder {
  /// A listing as it is kept; the form is huggingface_hub's.
  private struct Listing: Codable {
    var format_version = 1
    var files: [String: Entry]

    struct Entry: Codable {
      var size: Int64
      var blob_id: String
      var lfs_sha256: String?
      var lfs_size: Int64?
      var xet_hash: String?
    }
  }

  /// What the hub listed for a commit, which never changes; nil if that was not kept.
  func listing(of commit: String) -> [RemoteFile]? {
    guard let bytes = CacheFiles.read(tree(commit)),
      let listing = try? JSONDecoder().decode(Listing.self, from: bytes),
      listing.format_version == 1
    else { return nil }
    let files = listing.files.map { path, entry in
      RemoteFile(
        path: path, size: entry.lfs_size ?? entry.size, gitHash: entry.blob_id,
        sha256: entry.lfs_sha256, storageHash: entry.xet_hash)
    }
    // A file that anyone may have written is believed no more than the hub.
    let isSound = files.allSatisfy { file in
      RemoteFile.isSafe(file.path) && file.size >= 0 && file.gitHash.isHash(digits: 40)
        && file.sha256?.isHash(digits: 64) ?? true
    }
    return isSound ? files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) } : nil
  }

  func setListing(_ files: [RemoteFile], of commit: String) throws(HubError) {
    let entries = files.map { file in
      let entry = Listing.Entry(
        size: file.size, blob_id: file.gitHash, lfs_sha256: file.sha256,
        lfs_size: file.sha256.map { _ in file.size }, xet_hash: file.storageHash)
      return (file.path, entry)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let listing = Listing(files: Dictionary(entries) { first, _ in first })
    guard let bytes = try? encoder.encode(listing) else { return }
    try CacheFiles.write(bytes, to: tree(commit))
  }
}
