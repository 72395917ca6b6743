internal import Foundation

extension Hub {
  /// Writes a cached model into one file, for a machine without a network.
  ///
  /// Every file is checked against the hub's checksum before.
  ///
  /// - Parameters:
  ///   - name: A repository that was pulled.
  ///   - path: A tar file, replaced if it is there, and only by a whole one.
  /// - Throws: ``HubError/notCached(_:offline:)``; ``HubError/wrongChecksum(file:expected:found:)``
  ///   if a file in the cache is damaged.
  /// - Source: the form is described at ``BundleManifest``.
  package func exportBundle(_ name: ModelName, to path: String) throws {
    guard case .repository(let repository) = name,
      let folder = cached(name), let commit = cache(of: repository).commit(of: repository.revision)
    else { throw HubError.notCached("\(name)", offline: settings.isOffline) }
    let manifest = try manifest(repository, folder, commit)
    let temporary = path + ".\(UUID().uuidString).tmp"
    do {
      try write(manifest, folder, to: temporary)
      try Files.move(temporary, to: path)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private func manifest(
    _ repository: ModelName.Repository, _ folder: String, _ commit: String
  ) throws -> BundleManifest {
    let cache = cache(of: repository)
    let listed = cache.listing(of: commit) ?? []
    var entries: [BundleManifest.Entry] = []
    for path in Files.paths(under: folder) {
      guard let size = Files.size(folder + "/" + path) else {
        throw HubError.incomplete("\(repository)", missing: [path])
      }
      let etag =
        cache.etag(of: path, in: commit)
        ?? listed.first { $0.path.utf8.elementsEqual(path.utf8) }?.etag
      entries.append(try entry(path, size, etag, folder))
    }
    guard !entries.isEmpty else { throw HubError.notCached("\(repository)", offline: false) }
    return BundleManifest(
      repository: repository.id, commit: commit,
      revisions: cache.revisions.filter { $0.commit == commit }.map(\.name),
      licence: cache.licence(in: commit), files: entries)
  }

  private func entry(_ path: String, _ size: Int64, _ etag: String?, _ folder: String) throws
    -> BundleManifest.Entry
  {
    var sha256 = Checksum(expecting: String(repeating: "0", count: 64), size: size)
    // Other servers than the hub may have given a name that is no checksum.
    let known = etag.flatMap { $0.isHash(digits: 64) || $0.isHash(digits: 40) ? $0 : nil }
    var promised = known.map { Checksum(expecting: $0, size: size) }
    let isWhole = try ByteFile(reading: folder + "/" + path).pass(size) { bytes in
      sha256.update(bytes)
      promised?.update(bytes)
    }
    guard isWhole else {
      throw HubError.file(path: folder + "/" + path, reason: "it changed while it was read")
    }
    if let known, let promised, !promised.isAsExpected {
      throw HubError.wrongChecksum(
        file: folder + "/" + path, expected: known, found: promised.value)
    }
    return BundleManifest.Entry(
      path: path, size: size, sha256: sha256.value, etag: known ?? sha256.value)
  }

  private func write(_ manifest: BundleManifest, _ folder: String, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let bytes = [UInt8](try encoder.encode(manifest))
    let output = try ByteFile(making: path)
    func pad(_ size: Int64) throws(HubError) {
      try output.write([UInt8](repeating: 0, count: TarHeader.padding(size)))
    }
    func add(_ name: String, _ bytes: [UInt8]) throws(HubError) {
      try output.write(TarHeader(name: name, size: Int64(bytes.count)).blocks)
      try output.write(bytes)
      try pad(Int64(bytes.count))
    }
    try add(BundleManifest.name, bytes)
    for file in manifest.files {
      try output.write(
        TarHeader(name: BundleManifest.folder + file.path, size: file.size).blocks)
      let source = try ByteFile(reading: folder + "/" + file.path)
      guard try source.pass(file.size, { try output.write($0) }) else {
        throw HubError.file(path: source.path, reason: "it changed while it was read")
      }
      try pad(file.size)
    }
    try add(BundleManifest.sums, manifest.sums(bytes))
    try output.write([UInt8](repeating: 0, count: 2 * TarHeader.block))
    try output.synchronize()
  }
}
