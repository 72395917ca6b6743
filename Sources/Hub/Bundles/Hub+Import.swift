internal import Files
internal import Foundation

extension Hub {
  /// Puts the models of a bundle into the cache, as if they had been pulled.
  ///
  /// All of the bundle is read and every checksum verified before the cache learns of any of it.
  ///
  /// - Parameter progress: Bytes that were unpacked, and all that will be.
  /// - Returns: The model, with all of its files, and then those that it refers to.
  /// - Throws: ``HubError/badBundle(path:reason:)`` for anything that
  ///   ``exportBundle(_:with:to:progress:)`` does not write;
  ///   ``HubError/diskFull(folder:needed:free:)``.
  package func importBundle(
    _ path: String, progress: @escaping (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
  ) throws -> [PulledModel] {
    let bundle = try BundleReader(path)
    let (manifest, sums) = try bundle.manifest()
    let repositories = try manifest.models.map { model, _ in
      do {
        return try ModelName.Repository(
          model.repository, revision: model.revisions.contains("main") ? nil : model.commit)
      } catch {
        throw HubError.badBundle(path: path, reason: "\(error)")
      }
    }
    let needed = manifest.size
    try CacheFiles.makeFolder(settings.cacheFolder)
    if let free = settings.freeBytes(settings.cacheFolder), free < needed {
      throw HubError.diskFull(folder: settings.cacheFolder, needed: needed, free: free)
    }
    let staging = settings.cacheFolder + "/.import-\(UUID().uuidString)"
    try CacheFiles.makeFolder(staging)
    defer { try? CacheFiles.remove(staging) }
    let meter = BundleProgress(of: needed, progress)
    for (number, (model, place)) in manifest.models.enumerated() {
      for (index, file) in model.files.enumerated() {
        try bundle.unpack(file, in: place, to: staging + "/\(number)-\(index)", meter)
      }
    }
    try bundle.end(sums)
    // What a model refers to is there before the model is.
    let numbered = Array(zip(repositories, manifest.models).enumerated())
    for (number, (repository, (model, _))) in numbered.reversed() {
      try place(model, repository, from: staging + "/\(number)-")
    }
    return zip(repositories, manifest.models).map { repository, bundled in
      PulledModel(
        name: .repository(repository), folder: cache(of: repository).snapshot(bundled.model.commit),
        commit: bundled.model.commit, files: bundled.model.files.map(\.path),
        bytes: bundled.model.size, downloaded: 0, licence: bundled.model.licence?.escaped)
    }
  }

  /// - Parameter staged: Where its files are, but for their numbers.
  private func place(
    _ model: BundledModel, _ repository: ModelName.Repository, from staged: String
  ) throws {
    let cache = cache(of: repository)
    try cache.prepare()
    for (index, file) in model.files.enumerated() {
      if CacheFiles.size(cache.blob(file.etag)) != file.size {
        try CacheFiles.move(staged + "\(index)", to: cache.blob(file.etag))
      }
      try cache.place(
        file.path, etag: file.etag, in: model.commit, linked: settings.usesSymbolicLinks)
    }
    for revision in model.revisions { try cache.setCommit(model.commit, of: revision) }
  }
}

/// A bundle read from its beginning to its end; whatever is not as promised is an error.
private struct BundleReader {
  private let file: ByteFile
  private let size: Int64

  init(_ path: String) throws(HubError) {
    file = try ByteFile(reading: path)
    size = file.size
  }

  private func bad(_ reason: String) -> HubError { .badBundle(path: file.path, reason: reason) }

  /// - Returns: The manifest, and the sums that the bundle must end with.
  func manifest() throws -> (BundleManifest, sums: [UInt8]) {
    let bytes = try contents(of: BundleManifest.name)
    guard let manifest = try? JSONDecoder().decode(BundleManifest.self, from: Data(bytes)) else {
      throw bad("its list of files cannot be read")
    }
    if let flaw = manifest.flaw(in: size) { throw bad(flaw) }
    return (manifest, manifest.sums(bytes))
  }

  private func contents(of name: String) throws -> [UInt8] {
    let header = try header(of: name)
    guard header.size <= min(BundleManifest.largest, size),
      let bytes = try file.read(Int(header.size))
    else { throw bad("“\(name)” is cut short or too long") }
    try skipPadding(header.size)
    return bytes
  }

  /// - Parameter folder: Where in the bundle the file should be, with its slash.
  func unpack(
    _ entry: BundledModel.Entry, in folder: String, to path: String, _ meter: BundleProgress
  ) throws {
    let header = try header(of: folder + entry.path)
    guard header.size == entry.size else { throw bad("the size of “\(entry.path)” is wrong") }
    var sums = [entry.sha256, entry.etag].map { Checksum(expecting: $0, size: entry.size) }
    let output = try OutputFile(path, existing: .refused)
    let isWhole = try file.pass(entry.size) { bytes in
      for index in sums.indices { sums[index].update(bytes) }
      try output.write(bytes)
      meter.advance(by: bytes.count)
    }
    guard isWhole else { throw bad("it is cut short within “\(entry.path)”") }
    guard sums.allSatisfy(\.isAsExpected) else {
      throw bad("the checksum of “\(entry.path)” is wrong")
    }
    try output.finish()
    try skipPadding(entry.size)
  }

  func end(_ sums: [UInt8]) throws {
    guard try contents(of: BundleManifest.sums) == sums else {
      throw bad("its list of files was changed")
    }
    guard let block = try file.read(TarHeader.block), block.allSatisfy({ $0 == 0 }) else {
      throw bad("it holds more than its list says, or its end is missing")
    }
  }

  /// The next header, which must be of a regular file with this name.
  private func header(of name: String) throws -> TarHeader {
    var header = try next()
    if header.kind == UInt8(ascii: "x") {
      guard header.size <= 64 << 10, let records = try file.read(Int(header.size)) else {
        throw bad("a header is cut short or too long")
      }
      try skipPadding(header.size)
      header = try next()
      guard header.apply(pax: records) else { throw bad("a header cannot be read") }
    }
    guard header.kind == UInt8(ascii: "0") else {
      throw bad("“\(header.name.escaped)” is no plain file")
    }
    guard header.name.utf8.elementsEqual(name.utf8) else {
      throw bad("“\(header.name.escaped)” stands where “\(name)” should")
    }
    return header
  }

  private func next() throws -> TarHeader {
    guard let block = try file.read(TarHeader.block), let header = TarHeader(block: block) else {
      throw bad("it is no tar file, or cut short")
    }
    return header
  }

  private func skipPadding(_ size: Int64) throws {
    let count = TarHeader.padding(size)
    guard try file.read(count) != nil else { throw bad("it is cut short") }
  }
}
