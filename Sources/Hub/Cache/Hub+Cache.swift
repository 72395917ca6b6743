internal import Foundation

/// A repository of which something is in the cache.
package struct CachedModel: Sendable, Equatable {
  package let repository: String
  /// Names of revisions with their commits, sorted by name.
  package let revisions: [Revision]
  /// All commits of which files are here.
  package let commits: [String]
  /// What it takes on the disk; contents that commits share count once.
  package let bytes: Int64
  package let path: String
  /// As its page says, if that was pulled.
  package let license: String?

  package struct Revision: Sendable, Equatable {
    package let name: String
    package let commit: String
  }
}

extension Hub {
  /// The folder with a model's files, if the cache has any; nil if it has none.
  ///
  /// It need not be complete; ``pull(_:files:then:progress:)`` says so where ``HubSettings/isOffline``.
  package func cached(_ name: ModelName) -> String? {
    switch name {
    case .folder(let path): return ModelName.isFolder(path) ? path : nil
    case .repository(let repository):
      let cache = cache(of: repository)
      guard let commit = cache.commit(of: repository.revision),
        ModelName.isFolder(cache.snapshot(commit))
      else { return nil }
      return cache.snapshot(commit)
    }
  }

  /// What the hub listed for the folder of a model in the cache; nil where that was not kept, as by
  /// other tools.
  package func listing(ofFolder path: String) -> [String]? {
    let parts = path.split(separator: "/")
    guard let commit = parts.last.map(String.init),
      let name = parts.dropLast(2).last.flatMap({ String($0).rest(after: "models--") }),
      let repository = try? ModelName.Repository(name.replacing("--", with: "/"))
    else { return nil }
    let cache = cache(of: repository)
    guard cache.snapshot(commit) == path else { return nil }
    return cache.listing(of: commit)?.map(\.path)
  }

  /// What the cache holds of models, whichever tool pulled it, sorted by name.
  package func cachedModels() -> [CachedModel] {
    CacheFiles.names(in: settings.cacheFolder).compactMap { name in
      guard let rest = name.rest(after: "models--"),
        let repository = try? ModelName.Repository(rest.replacing("--", with: "/"))
      else { return nil }
      let cache = cache(of: repository)
      let commits = CacheFiles.names(in: cache.path + "/snapshots").filter { $0.isHash(digits: 40) }
      guard !commits.isEmpty else { return nil }
      let revisions = cache.revisions
      let newest = revisions.first { $0.name == "main" }?.commit ?? commits[0]
      return CachedModel(
        repository: repository.id,
        revisions: revisions.map { CachedModel.Revision(name: $0.name, commit: $0.commit) },
        commits: commits, bytes: Self.bytes(under: cache.path), path: cache.path,
        license: cache.license(in: newest))
    }
  }

  /// Removes a model from the cache: the revision that is named, or without one all of it.
  ///
  /// - Returns: The bytes that became free.
  /// - Throws: ``HubError/notCached(_:offline:)``, also for folders, which are never removed.
  @discardableResult
  package func remove(_ name: ModelName) throws -> Int64 {
    guard case .repository(let repository) = name,
      CacheFiles.exists(cache(of: repository).path)
    else { throw HubError.notCached("\(name)", offline: false) }
    let cache = cache(of: repository)
    let before = Self.bytes(under: cache.path)
    guard let revision = repository.asked else {
      try CacheFiles.remove(cache.path)
      try CacheFiles.remove(cache.locks)
      return before
    }
    guard let commit = cache.commit(of: revision), CacheFiles.exists(cache.snapshot(commit)) else {
      throw HubError.notCached("\(name)", offline: false)
    }
    for known in cache.revisions where known.commit == commit {
      try CacheFiles.remove(cache.path + "/refs/" + known.name)
    }
    try CacheFiles.remove(cache.snapshot(commit))
    try CacheFiles.remove(cache.path + "/trees/\(commit).json")
    try CacheFiles.remove(cache.path + "/.no_exist/\(commit)")
    let commits = CacheFiles.names(in: cache.path + "/snapshots")
    let used = Set(
      commits.flatMap { commit in
        CacheFiles.paths(under: cache.snapshot(commit)).compactMap {
          cache.etag(of: $0, in: commit)
        }
      })
    // What is only begun may be under way in another process.
    for blob in CacheFiles.names(in: cache.path + "/blobs")
    where !used.contains(blob) && !blob.hasSuffix(".incomplete") {
      try CacheFiles.remove(cache.blob(blob))
    }
    return before - Self.bytes(under: cache.path)
  }

  /// Bytes of regular files; links count nothing.
  private static func bytes(under folder: String) -> Int64 {
    CacheFiles.names(in: folder).reduce(0) { sum, name in
      let path = folder + "/" + name
      var status = stat()
      guard lstat(path, &status) == 0 else { return sum }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: return sum + bytes(under: path)
      case S_IFREG: return sum + Int64(status.st_size)
      default: return sum
      }
    }
  }

  /// The wanted files, if all are in the cache.
  func fromCache(
    _ repository: ModelName.Repository, _ wanted: ([RemoteFile]) -> [RemoteFile],
    _ more: FurtherFiles, isOffline: Bool
  ) throws -> PulledModel {
    let cache = cache(of: repository)
    guard let commit = cache.commit(of: repository.revision),
      ModelName.isFolder(cache.snapshot(commit))
    else { throw HubError.notCached("\(repository)", offline: isOffline) }
    // Without the hub's listing, what another tool pulled is all that is known.
    let all =
      cache.listing(of: commit)
      ?? CacheFiles.paths(under: cache.snapshot(commit)).map { path in
        RemoteFile(
          path: path, size: CacheFiles.size(cache.snapshot(commit) + "/" + path) ?? 0, gitHash: "")
      }
    func require(_ files: [RemoteFile]) throws {
      let missing = files.filter { !cache.has($0, in: commit) }
      guard missing.isEmpty else {
        throw HubError.incomplete("\(repository)", missing: missing.map(\.path))
      }
    }
    let first = wanted(all)
    try require(first)
    let files = first + (try more(all, cache.snapshot(commit))).filter { !first.contains($0) }
    guard !files.isEmpty else { throw HubError.nothingWanted(repository.id) }
    try require(files)
    return PulledModel(
      name: .repository(repository), folder: cache.snapshot(commit), commit: commit,
      files: files.map(\.path).sorted(), bytes: files.reduce(0) { $0 + $1.size }, downloaded: 0,
      license: cache.license(in: commit))
  }
}

extension CacheFolder {
  /// Whether a snapshot has a file of the listed size.
  func has(_ file: RemoteFile, in commit: String) -> Bool {
    CacheFiles.size(snapshot(commit) + "/" + file.path) == file.size
  }

  func license(in commit: String) -> String? {
    Self.license(inCardAt: snapshot(commit) + "/README.md")
  }

  /// The license that a model card's first lines name.
  static func license(inCardAt path: String) -> String? {
    guard let bytes = CacheFiles.read(path, atMost: 4 << 20) else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard lines.first == "---" else { return nil }
    let values = lines.dropFirst().prefix { $0 != "---" }.compactMap { line in
      String(line).rest(after: "license:")?
        .trimmingCharacters(in: CharacterSet(charactersIn: " \t\"'"))
    }
    return values.first.flatMap { $0.isEmpty ? nil : $0.escaped }
  }
}
