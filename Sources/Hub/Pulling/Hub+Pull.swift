internal import Foundation

extension Hub {
  /// Chooses files of a repository by what those that are already in its folder say.
  package typealias FurtherFiles =
    @Sendable (_ all: [RemoteFile], _ folder: String) throws -> [RemoteFile]

  /// Brings a model's files into the cache.
  ///
  /// Complete files are not downloaded again, and partial ones are continued, whichever process
  /// started them. The revision points to the new files only once all are there, so that a broken
  /// pull leaves the earlier model in place.
  ///
  /// - Parameters:
  ///   - name: A repository, or a folder, which is taken as it is.
  ///   - wanted: Chooses among all files of the repository, sorted by path.
  ///   - more: Chooses further ones by what the first ones say, which lie in the folder it is given;
  ///     asked again until it chooses nothing new.
  ///   - progress: Called from any thread, one call at a time.
  /// - Throws: ``HubError``, what `more` throws, or `CancellationError`; what arrived until then is
  ///   kept.
  package func pull(
    _ name: ModelName,
    files wanted: @Sendable ([RemoteFile]) -> [RemoteFile] = { $0 },
    then more: FurtherFiles = { _, _ in [] },
    progress: @escaping @Sendable (HubProgress) -> Void = { _ in }
  ) async throws -> PulledModel {
    guard case .repository(let repository) = name else { return try folder(name, wanted, more) }
    let cache = cache(of: repository)
    if settings.isOffline {
      return try fromCache(repository, wanted, more, isOffline: true)
    }
    let meter = ProgressMeter(progress)
    let isCached = (try? fromCache(repository, wanted, more, isOffline: true)) != nil
    return try await HubClient.lend(settings, onWait: { await meter.tell(.note($0)) }) { client in
      let info: ModelInfo
      do {
        info = try await client.info(repository, tries: isCached ? 1 : nil)
      } catch let error as HubError {
        guard isCached, error.isTemporary else { throw error }
        await meter.tell(.note("\(error) Using what the cache has."))
        return try fromCache(repository, wanted, more, isOffline: true)
      }
      let all = try await listing(client, repository, info.commit)
      var files: [RemoteFile] = []
      var new = wanted(all)
      repeat {
        files += new
        try await begin(files, cache, info.commit, meter)
        try await download(new, client, cache, repository, info.commit, meter)
        new = try more(all, cache.snapshot(info.commit)).filter { !files.contains($0) }
      } while !new.isEmpty
      guard !files.isEmpty else { throw HubError.nothingWanted(repository.id) }
      try cache.setCommit(info.commit, of: repository.revision)
      return PulledModel(
        name: name, folder: cache.snapshot(info.commit), commit: info.commit,
        files: files.map(\.path).sorted(), bytes: files.reduce(0) { $0 + $1.size },
        downloaded: await meter.arrived,
        license: info.license ?? cache.license(in: info.commit))
    }
  }

  /// All files of a commit, sorted by path.
  private func listing(
    _ client: HubClient, _ repository: ModelName.Repository, _ commit: String
  ) async throws -> [RemoteFile] {
    let cache = cache(of: repository)
    var all = cache.listing(of: commit) ?? []
    if all.isEmpty {
      all = try await client.files(repository, commit: commit)
        .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
      try cache.prepare()
      try cache.setListing(all, of: commit)
    }
    return all
  }

  /// Checks that the disk can hold what is missing.
  private func begin(
    _ files: [RemoteFile], _ cache: CacheFolder, _ commit: String, _ meter: ProgressMeter
  ) async throws {
    try cache.prepare()
    var missing: Int64 = 0
    for file in files where !cache.has(file, in: commit) {
      let begun = CacheFiles.size(cache.blob(file.etag) + ".incomplete") ?? 0
      let present = CacheFiles.size(cache.blob(file.etag)) ?? min(begun, file.size)
      missing += max(0, file.size - present)
    }
    if let free = settings.freeBytes(settings.cacheFolder), free < missing {
      throw HubError.diskFull(folder: settings.cacheFolder, needed: missing, free: free)
    }
    await meter.begin(files: files.count, bytes: files.reduce(0) { $0 + $1.size })
  }

  private func download(
    _ files: [RemoteFile], _ client: HubClient, _ cache: CacheFolder,
    _ repository: ModelName.Repository, _ commit: String, _ meter: ProgressMeter
  ) async throws {
    var missing: [RemoteFile] = []
    for file in files {
      if cache.has(file, in: commit) {
        await meter.count(present: file.size)
        await meter.finish(file: file.path)
      } else {
        missing.append(file)
      }
    }
    // The largest first, so that the last one does not run on alone.
    missing.sort { $0.size > $1.size }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, file) in missing.enumerated() {
        if number >= max(1, settings.parallelFiles) { try await group.next() }
        group.addTask {
          let download = Download(
            client: client, cache: cache, repository: repository, commit: commit, file: file,
            meter: meter)
          try await download.run()
        }
      }
      try await group.waitForAll()
    }
  }

  private func folder(
    _ name: ModelName, _ wanted: ([RemoteFile]) -> [RemoteFile], _ more: FurtherFiles
  ) throws -> PulledModel {
    guard case .folder(let path) = name, ModelName.isFolder(path) else {
      throw HubError.noFolder("\(name)".rest(after: "local-dir:") ?? "\(name)")
    }
    let all = CacheFiles.paths(under: path).map {
      RemoteFile(path: $0, size: CacheFiles.size(path + "/" + $0) ?? 0, gitHash: "")
    }
    let first = wanted(all)
    let files = first + (try more(all, path)).filter { !first.contains($0) }
    guard !files.isEmpty else { throw HubError.nothingWanted(path) }
    return PulledModel(
      name: name, folder: path, commit: nil, files: files.map(\.path).sorted(),
      bytes: files.reduce(0) { $0 + $1.size }, downloaded: 0,
      license: CacheFolder.license(inCardAt: path + "/README.md"))
  }
}

extension HubError {
  /// Whether the hub may answer another day, so that the cache is a fair answer now.
  var isTemporary: Bool {
    switch self {
    case .unreachable, .rateLimited: true
    default: false
    }
  }
}
