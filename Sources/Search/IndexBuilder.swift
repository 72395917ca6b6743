import CScan
import Files
import Foundation
package import Vectors

/// What the vectors of a new index will be.
package struct IndexSettings: Sendable, Equatable {
  package var model: IndexedModel
  package var width: Int
  package var type: VectorType

  package init(model: IndexedModel, width: Int, type: VectorType = .float16) {
    self.model = model
    self.width = width
    self.type = type
  }
}

/// Builds an index; what was there before stays searchable until ``finish()``.
///
/// The index will hold exactly what this builder was given. Pictures that an earlier index of the
/// same folder and model holds, or an interrupted build of one, need no new embedding:
///
///     for batch in batches {
///       let new = try batch.filter { try !builder.reuses($0) }
///       try builder.add(new, vectors: await embedder.embed(pictures: …))
///     }
///     try builder.finish()
package final class IndexBuilder {
  /// How many pictures were given so far.
  package var count: Int { writer.count + waiting.count }
  /// How many of them needed no new embedding.
  package private(set) var reusedCount = 0

  private let folder: BuildFolder
  private let settings: IndexSettings
  private var lock: FileLock?
  private let writer: VectorWriter
  private let metadata: MetadataWriter
  private let generation: Int
  private let previous: [Source]
  private var names: Set<[UInt8]> = []
  /// Entries that are not written yet, and their vectors.
  private var waiting: [IndexEntry] = []
  private var waitingVectors: VectorRows

  /// Vectors that may be taken over.
  private struct Source {
    let vectors: VectorTable
    let metadata: MetadataStore
  }

  /// Starts a build in `path`, which is made where it does not exist.
  ///
  /// - Throws: ``IndexError`` if the folder cannot be written, holds something else, or is being
  ///   built by another program.
  package init(_ path: String, settings: IndexSettings) throws(IndexError) {
    guard settings.width > 0, settings.width <= 1 << 16 else {
      throw .badSettings(reason: "a vector of \(settings.width) dimensions")
    }
    try Self.makeFolder(path)
    self.settings = settings
    lock = try buildLock(of: path)
    let kept = BuildFolder.Settings(
      model: settings.model, width: settings.width, type: settings.type)
    folder = BuildFolder(index: path)
    let interrupted = try folder.begin(kept).compactMap {
      Self.interruptedSource($0, of: path, settings)
    }
    let old = try? SearchIndex(opening: path)
    generation = (old?.manifest.generation ?? 0) + 1
    let isSame = old.map {
      $0.manifest.model == settings.model && $0.manifest.width == settings.width
        && $0.manifest.type == settings.type
    }
    previous =
      interrupted
      + (isSame == true
        ? old.map { [Source(vectors: $0.vectors, metadata: $0.metadata)] } ?? [] : [])
    waitingVectors = VectorRows(width: settings.width)
    writer = try VectorWriter(folder: folder.path, type: settings.type, width: settings.width)
    metadata = try MetadataWriter(folder.path + "/metadata.sqlite")
  }

  private static func makeFolder(_ path: String) throws(IndexError) {
    let files = FileManager.default
    var isFolder: ObjCBool = false
    if files.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw .notAnIndex(folder: path) }
      let names = (try? files.contentsOfDirectory(atPath: path)) ?? []
      let isOurs = names.contains {
        $0 == IndexManifest.fileName || $0 == ".lock" || $0.hasPrefix(BuildFolder.name)
      }
      guard names.isEmpty || isOurs else { throw .notAnIndex(folder: path) }
      return
    }
    // Step by step, since only the system's own call says why it fails.
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/" + part
      guard !files.fileExists(atPath: made) else { continue }
      do throws(FileError) { try Files.makeFolder(made) } catch { throw IndexError(error) }
    }
  }

  private static func interruptedSource(
    _ path: String, of index: String, _ settings: IndexSettings
  ) -> Source? {
    guard let metadata = try? MetadataStore(reading: path + "/metadata.sqlite", folder: index),
      (try? metadata.isSound()) == true, let count = try? metadata.count(), count > 0,
      let vectors = try? VectorTable(
        folder: path, suffix: "", type: settings.type, count: count, width: settings.width,
        isFinished: false)
    else { return nil }
    return Source(vectors: vectors, metadata: metadata)
  }

  /// Adds an entry with the vector of an earlier build if its picture has not changed since.
  ///
  /// That is so if the system says the same of its file as then. Where it does not, since the folder
  /// was copied or the file was touched, the picture's bytes are read and their checksum decides.
  ///
  /// - Returns: Whether it was added; otherwise embed the picture and call ``add(_:vectors:)``.
  package func reuses(_ entry: IndexEntry) throws(IndexError) -> Bool {
    guard let stamp = entry.stamp else { return false }
    let location = entry.location.stored(in: folder.index)
    for source in previous {
      guard let found = try source.metadata.storedEntry(named: entry.name),
        found.row < source.vectors.count
      else { continue }
      let isSame =
        found.entry.location == location && found.entry.stamp?.agrees(with: stamp) == true
      guard isSame || Self.holds(entry, thePictureOf: found.entry) else { continue }
      // Rows that the disk never got before a power cut are zero. The others stay as they are, so
      // that nothing drifts however often an index is built again.
      let vector = source.vectors.vector(at: found.row)
      guard unitVector(vector[...]) != nil else { continue }
      var entry = entry
      entry.checksum = found.entry.checksum
      entry.width = entry.width ?? found.entry.width
      entry.height = entry.height ?? found.entry.height
      try enqueue(entry, vector)
      reusedCount += 1
      return true
    }
    return false
  }

  /// Whether the bytes of a picture are those that an earlier entry was embedded from.
  private static func holds(_ entry: IndexEntry, thePictureOf old: IndexEntry) -> Bool {
    guard let checksum = old.checksum else { return false }
    switch (entry.location, old.location) {
    case (.file, .file): guard entry.stamp?.bytes == old.stamp?.bytes else { return false }
    case (.part(_, _, let length), .part(_, _, let oldLength)):
      guard length == oldLength else { return false }
    default: break
    }
    return IndexSearchEngine.read(entry.location).map(SentenceVectors.checksum) == checksum
  }

  /// Adds entries with their embeddings, which are brought to length one.
  package func add(_ entries: [IndexEntry], vectors: VectorRows) throws(IndexError) {
    guard entries.count == vectors.count else {
      throw .badSettings(reason: "\(entries.count) entries with \(vectors.count) vectors")
    }
    for (entry, vector) in zip(entries, vectors) {
      guard vector.count == settings.width else {
        throw .badVector(
          entry: entry.name, reason: "it has \(vector.count) dimensions, not \(settings.width)")
      }
      guard let unit = unitVector(vector) else {
        throw .badVector(entry: entry.name, reason: "it is zero or not finite")
      }
      try enqueue(entry, unit)
    }
    try flush()
  }

  private func enqueue(_ entry: IndexEntry, _ vector: [Float]) throws(IndexError) {
    guard names.insert(Array(entry.name.utf8)).inserted else {
      throw .duplicate(entry: entry.name)
    }
    var entry = entry
    entry.location = entry.location.stored(in: folder.index)
    waiting.append(entry)
    waitingVectors.append(vector)
    if waiting.count >= 256 { try flush() }
  }

  /// Writes what waits: first the vectors, then their records, so that a record has its vector.
  private func flush() throws(IndexError) {
    guard !waiting.isEmpty else { return }
    let first = writer.count
    try writer.append(waitingVectors)
    try metadata.append(waiting, from: first)
    waiting = []
    waitingVectors.removeAll()
  }

  /// Commits the index in one step and returns what it holds.
  ///
  /// Where it fails the index is what it was before, and the next build takes the vectors from here.
  @discardableResult
  package func finish() throws(IndexError) -> IndexManifest {
    try flush()
    guard writer.count > 0 else {
      discard()
      throw .nothingToIndex(folder: folder.index)
    }
    try writer.finish()
    let languages = try metadata.languages()
    metadata.close()
    let suffix = ".\(generation)"
    let built = VectorFileNames(folder: folder.path, suffix: "")
    let final = VectorFileNames(folder: folder.index, suffix: suffix)
    let database = "\(folder.index)/metadata\(suffix).sqlite"
    do throws(FileError) {
      try moveFile(built.vectors, to: final.vectors)
      if settings.type == .int8 {
        try moveFile(built.rescoring, to: final.rescoring)
        try moveFile(built.scales, to: final.scales)
      }
      try moveFile(folder.path + "/metadata.sqlite", to: database)
      try synchronizeFile(database)
      try synchronizeFolder(folder.index)
    } catch { throw IndexError(error) }
    let manifest = IndexManifest(
      generation: generation, model: settings.model, count: writer.count, width: settings.width,
      type: settings.type, languages: languages,
      created: Date().formatted(.iso8601), vectors: try Self.record(final.vectors),
      rescoring: settings.type == .int8 ? try Self.record(final.rescoring) : nil,
      scales: settings.type == .int8 ? try Self.record(final.scales) : nil,
      metadata: try Self.record(database))
    try manifest.write(to: folder.index)
    removeOldFiles(but: manifest)
    folder.remove()
    lock = nil
    return manifest
  }

  private static func record(_ path: String) throws(IndexError) -> IndexManifest.File {
    let file: MappedFile
    do throws(FileError) { file = try MappedFile(path) } catch { throw IndexError(error) }
    return IndexManifest.File(
      name: URL(fileURLWithPath: path).lastPathComponent, bytes: file.bytes.count,
      checksum: file.checksum)
  }

  private func removeOldFiles(but manifest: IndexManifest) {
    let files = FileManager.default
    let kept = Set(manifest.files.map(\.name))
    for name in (try? files.contentsOfDirectory(atPath: folder.index)) ?? []
    where !kept.contains(name) && IndexManifest.isDataFile(name) {
      try? files.removeItem(atPath: folder.index + "/" + name)
    }
  }

  /// Gives the build up and removes what it wrote; an index that was there before stays.
  package func discard() {
    metadata.close()
    folder.remove()
    lock = nil
  }
}
