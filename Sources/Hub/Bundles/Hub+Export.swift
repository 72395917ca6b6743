internal import Files
internal import Foundation

extension Hub {
  /// Writes a cached model into one file, for a machine without a network.
  ///
  /// Every file is checked against the hub's checksum before.
  ///
  /// - Parameters:
  ///   - name: A repository that was pulled.
  ///   - companions: Others that it cannot do without, pulled too.
  ///   - path: A tar file, replaced if it is there, and only by a whole one.
  ///   - progress: Bytes that were worked on and all that will be; each is read twice.
  /// - Throws: ``HubError/notCached(_:offline:)``; ``HubError/wrongChecksum(file:expected:found:)``
  ///   if a file in the cache is damaged.
  /// - Source: the form is described at ``BundleManifest``.
  package func exportBundle(
    _ name: ModelName, with companions: [ModelName] = [], to path: String,
    progress: @escaping (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
  ) throws {
    let places = try ([name] + companions).map { try place($0) }
    let total = places.reduce(Int64(0)) { sum, place in
      CacheFiles.paths(under: place.folder)
        .reduce(sum) { $0 + (CacheFiles.size(place.folder + "/" + $1) ?? 0) }
    }
    let meter = BundleProgress(of: 2 * total, progress)
    let models = try places.map { try bundled($0, meter) }
    let manifest = BundleManifest(models[0], companions: Array(models.dropFirst()))
    let temporary = path + ".\(UUID().uuidString).tmp"
    do {
      try write(manifest, places.map(\.folder), to: temporary, meter)
      try CacheFiles.move(temporary, to: path)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private struct Place {
    let repository: ModelName.Repository
    let folder: String
    let commit: String
  }

  private func place(_ name: ModelName) throws -> Place {
    guard case .repository(let repository) = name,
      let folder = cached(name), let commit = cache(of: repository).commit(of: repository.revision)
    else { throw HubError.notCached("\(name)", offline: settings.isOffline) }
    return Place(repository: repository, folder: folder, commit: commit)
  }

  private func bundled(_ place: Place, _ meter: BundleProgress) throws -> BundledModel {
    let (repository, folder, commit) = (place.repository, place.folder, place.commit)
    let cache = cache(of: repository)
    let listed = cache.listing(of: commit) ?? []
    var entries: [BundledModel.Entry] = []
    for path in CacheFiles.paths(under: folder) {
      guard let size = CacheFiles.size(folder + "/" + path) else {
        throw HubError.incomplete("\(repository)", missing: [path])
      }
      let etag =
        cache.etag(of: path, in: commit)
        ?? listed.first { $0.path.utf8.elementsEqual(path.utf8) }?.etag
      entries.append(try entry(path, size, etag, folder, meter))
    }
    guard !entries.isEmpty else { throw HubError.notCached("\(repository)", offline: false) }
    return BundledModel(
      repository: repository.id, commit: commit,
      revisions: cache.revisions.filter { $0.commit == commit }.map(\.name),
      license: cache.license(in: commit), files: entries)
  }

  private func entry(
    _ path: String, _ size: Int64, _ etag: String?, _ folder: String, _ meter: BundleProgress
  ) throws -> BundledModel.Entry {
    var sha256 = Checksum(expecting: String(repeating: "0", count: 64), size: size)
    // Other servers than the hub may have given a name that is no checksum.
    let known = etag.flatMap { $0.isHash(digits: 64) || $0.isHash(digits: 40) ? $0 : nil }
    var promised = known.map { Checksum(expecting: $0, size: size) }
    let isWhole = try ByteFile(reading: folder + "/" + path).pass(size) { bytes in
      sha256.update(bytes)
      promised?.update(bytes)
      meter.advance(by: bytes.count)
    }
    guard isWhole else {
      throw HubError.file(path: folder + "/" + path, reason: "it changed while it was read")
    }
    if let known, let promised, !promised.isAsExpected {
      throw HubError.wrongChecksum(
        file: folder + "/" + path, expected: known, found: promised.value)
    }
    return BundledModel.Entry(
      path: path, size: size, sha256: sha256.value, etag: known ?? sha256.value)
  }

  /// - Parameter folders: Where the files of each of the manifest's models are.
  private func write(
    _ manifest: BundleManifest, _ folders: [String], to path: String, _ meter: BundleProgress
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let bytes = [UInt8](try encoder.encode(manifest))
    let output = try OutputFile(path, existing: .refused)
    var tar = TarWriter(output)
    try tar.add(BundleManifest.name, bytes)
    for ((model, place), folder) in zip(manifest.models, folders) {
      for file in model.files {
        try tar.begin(place + file.path, size: Int(file.size))
        let source = try ByteFile(reading: folder + "/" + file.path)
        let isWhole = try source.pass(file.size) { bytes in
          try output.write(bytes)
          meter.advance(by: bytes.count)
        }
        guard isWhole else {
          throw HubError.file(path: source.path, reason: "it changed while it was read")
        }
        try tar.end()
      }
    }
    try tar.add(BundleManifest.sums, manifest.sums(bytes))
    // No more than the end mark: a bundle is as long as it must be.
    try tar.finish(record: 1)
    try output.finish()
  }
}
