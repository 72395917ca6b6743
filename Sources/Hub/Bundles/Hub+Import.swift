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
        bytes: bundled.model.size, downloaded: 0, license: bundled.model.license?.escaped)
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
private final class BundleReader {
  private let file: ByteFile
  private let size: Int64
  private var tar: TarReader<ByteFile>

  init(_ path: String) throws(HubError) {
    file = try ByteFile(reading: path)
    size = Int64(file.size)
    tar = TarReader(file)
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

  private func contents(of name: String) throws(HubError) -> [UInt8] {
    let entry = try entry(of: name)
    guard entry.size <= BundleManifest.largest else { throw bad("“\(name)” is too long") }
    let bytes = try file.read(at: entry.offset, upTo: entry.size)
    guard bytes.count == entry.size else { throw bad("“\(name)” is cut short") }
    return bytes
  }

  /// - Parameter folder: Where in the bundle the file should be, with its slash.
  func unpack(
    _ listed: BundledModel.Entry, in folder: String, to path: String, _ meter: BundleProgress
  ) throws {
    let entry = try entry(of: folder + listed.path)
    guard Int64(entry.size) == listed.size else {
      throw bad("the size of “\(listed.path)” is wrong")
    }
    var sums = [listed.sha256, listed.etag].map { Checksum(expecting: $0, size: listed.size) }
    let output = try OutputFile(path, existing: .refused)
    try file.seek(to: entry.offset)
    let isWhole = try file.pass(listed.size) { bytes in
      for index in sums.indices { sums[index].update(bytes) }
      try output.write(bytes)
      meter.advance(by: bytes.count)
    }
    guard isWhole else { throw bad("it is cut short within “\(listed.path)”") }
    guard sums.allSatisfy(\.isAsExpected) else {
      throw bad("the checksum of “\(listed.path)” is wrong")
    }
    try output.finish()
  }

  func end(_ sums: [UInt8]) throws(HubError) {
    guard try contents(of: BundleManifest.sums) == sums else {
      throw bad("its list of files was changed")
    }
    guard try next() == nil else { throw bad("it holds more than its list says") }
  }

  /// The next entry, which must be a regular file with this name.
  private func entry(of name: String) throws(HubError) -> TarEntry {
    guard let entry = try next() else { throw bad("it ends before “\(name)”") }
    guard entry.isFile else { throw bad("“\(entry.name.escaped)” is not a regular file") }
    guard entry.name.utf8.elementsEqual(name.utf8) else {
      throw bad("“\(entry.name.escaped)” stands where “\(name)” should")
    }
    return entry
  }

  private func next() throws(HubError) -> TarEntry? {
    do throws(TarFault<HubError>) { return try tar.next() } catch {
      switch error {
      case .source(let failure): throw failure
      case .cut(let entry?, _, _): throw bad("it is cut short within “\(entry.escaped)”")
      case .unfinished: throw bad("its end is missing")
      default: throw bad("it is not a tar file, or is cut short")
      }
    }
  }
}
