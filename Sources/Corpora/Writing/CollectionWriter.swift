internal import Files
internal import Foundation

/// Writes a native collection: webdataset tar shards, `collection.json` and notes.
///
/// Everything goes into a hidden folder beside the wanted one, which gets its name when all is
/// written. If anything fails, the hidden folder is removed and nothing is left; if the program is
/// killed, the next one that writes the same collection removes it.
///
/// A shard holds for every sample `NUMBER.json` and `NUMBER.SUFFIX`, in this order; the number
/// runs through all shards.
package final class CollectionWriter {
  package let path: String
  private let part: PartFolder
  private var description: CollectionDescription
  private var concepts: Set<[UInt8]> = []
  private var tar: TarWriter<OutputFile>?
  private var shard: CollectionDescription.Shard?
  private var notes: [(name: String, text: String)] = []
  private let samplesPerShard: Int
  private let bytesPerShard: Int

  /// Prepares to write the collection `path`.
  ///
  /// - Throws: ``CorpusError/exists(path:)`` if there is something at `path`,
  ///   ``CorpusError/unwritable(path:reason:)`` if nothing can be written there.
  package init(
    _ path: String, name: String, origin: String, samplesPerShard: Int = 1000,
    bytesPerShard: Int = 1 << 30
  ) throws(CorpusError) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.samplesPerShard = max(1, samplesPerShard)
    self.bytesPerShard = bytesPerShard
    description = CollectionDescription(name: name, origin: origin)
    var facts = stat()
    guard lstat(self.path, &facts) != 0 else { throw .exists(path: self.path) }
    let parent = (self.path as NSString).deletingLastPathComponent
    do {
      if !parent.isEmpty {
        try FileManager.default.createDirectory(
          atPath: parent, withIntermediateDirectories: true)
      }
    } catch {
      throw .unwritable(path: parent, reason: "the folder cannot be made")
    }
    part = try PartFolder(for: self.path)
  }

  /// How many samples were written so far.
  package var count: Int { description.samples }

  /// Adds a sample with the bytes of its picture file.
  ///
  /// - Parameters:
  ///   - sample: What is written of it is everything but where its picture is now.
  ///   - bytes: A picture file; its format follows from its first bytes.
  /// - Throws: ``CorpusError`` if the format is unknown or the disk refuses.
  package func add(_ sample: Sample, _ bytes: [UInt8]) throws(CorpusError) {
    guard let suffix = pictureSuffix(of: bytes) ?? fileSuffix(of: sample.picture) else {
      throw .unsuitable(sample: sample.id, reason: "its picture is of no known format")
    }
    if let tar, let shard,
      shard.samples >= samplesPerShard || tar.size + bytes.count > bytesPerShard
    {
      try finishShard()
    }
    if tar == nil { try beginShard() }
    let number = padded(description.samples, 8)
    do throws(FileError) {
      try tar?.add(number + ".json", SampleWriter.json(sample))
      try tar?.add(number + "." + suffix, bytes)
    } catch {
      throw named(error)
    }
    shard?.samples += 1
    count(sample)
  }

  /// Puts a text file beside the shards.
  package func addNote(_ name: String, _ text: String) {
    notes.append((name, text))
  }

  /// Writes what is left and gives the collection its name.
  ///
  /// - Returns: What was written.
  @discardableResult
  package func finish() throws(CorpusError) -> CollectionDescription {
    guard description.samples > 0 else { throw .empty(path: path, problems: []) }
    try finishShard()
    description.concepts = concepts.count
    for (name, text) in notes { try write(name, Array(text.utf8)) }
    try write(CollectionDescription.fileName, description.json())
    try part.finish()
    return description
  }

  private func count(_ sample: Sample) {
    description.samples += 1
    description.splits[sample.split, default: 0] += 1
    description.sources[sample.source, default: 0] += 1
    description.licenses[sample.license, default: 0] += 1
    for language in sample.languages { description.languages[language, default: 0] += 1 }
    if !sample.concept.isEmpty { concepts.insert(Array(sample.concept.utf8)) }
  }

  private func beginShard() throws(CorpusError) {
    let name = padded(description.shards.count, 5) + ".tar"
    do throws(FileError) {
      tar = TarWriter(try OutputFile(part.path + "/" + name, collecting: 1 << 20))
    } catch {
      throw named(error)
    }
    shard = CollectionDescription.Shard(file: name, samples: 0, bytes: 0)
  }

  private func finishShard() throws(CorpusError) {
    guard var shard else { return }
    do throws(FileError) {
      try tar?.finish()
      try tar?.sink.finish()
    } catch {
      throw named(error)
    }
    shard.bytes = tar?.size ?? 0
    description.shards.append(shard)
    (tar, self.shard) = (nil, nil)
  }

  private func write(_ name: String, _ bytes: [UInt8]) throws(CorpusError) {
    do throws(FileError) {
      let file = try OutputFile(part.path + "/" + name)
      try file.write(bytes)
      try file.finish()
    } catch {
      throw named(error)
    }
  }

  /// The same error about the folder that the caller knows.
  private func named(_ error: FileError) -> CorpusError {
    CorpusError(FileError(.write, path, because: error))
  }
}

/// `number` with zeros in front, `digits` long at least.
private func padded(_ number: Int, _ digits: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

/// The usual suffix of the picture format that `bytes` begin with.
func pictureSuffix(of bytes: [UInt8]) -> String? {
  func has(_ mark: String, at place: Int = 0) -> Bool {
    bytes.dropFirst(place).starts(with: mark.utf8)
  }
  if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "jpg" }
  if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "png" }
  if has("GIF8") { return "gif" }
  if has("RIFF"), has("WEBP", at: 8) { return "webp" }
  if has("BM") { return "bmp" }
  if bytes.starts(with: [0x49, 0x49, 0x2A, 0]) || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A]) {
    return "tif"
  }
  if has("ftypavif", at: 4) || has("ftypavis", at: 4) { return "avif" }
  if has("ftyphei", at: 4) || has("ftypmif1", at: 4) { return "heic" }
  return nil
}

/// The suffix of the picture's own file, if it is a picture's.
private func fileSuffix(of picture: PictureLocation) -> String? {
  guard case .file(let path) = picture else { return nil }
  let suffix = (path as NSString).pathExtension.lowercased()
  return pictureSuffixes.contains(suffix) ? suffix : nil
}
