internal import Files
internal import Foundation

/// Reads webdataset tar shards: ours, img2dataset's, and any with a picture and its text.
///
/// Of the archive only headers and the `.json` and `.txt` members are read.
///
/// - Source: webdataset's rule for keys (`base_plus_ext`), in open_clip's variant that begins a new
///   sample at a repeated suffix; ``ShardGroup`` says what becomes of several pictures of a key.
enum ShardSamples {
  /// Reads many shards on all cores; their samples follow each other in the order of the shards.
  static func read(
    _ shards: [String], into collector: inout SampleCollector, _ progress: ((Int) -> Void)?
  ) throws(CorpusError) {
    let options = collector.options
    let labels = distinguishingNames(shards)
    // In pieces, so that there is progress, and not every shard is held twice.
    let piece = 64
    for start in stride(from: 0, to: shards.count, by: piece) {
      let paths = Array(shards[start..<min(start + piece, shards.count)])
      let results = concurrentMap(paths.count) { index -> Result<SampleCollector, CorpusError> in
        var collector = SampleCollector(options: options)
        do throws(CorpusError) {
          try read(paths[index], into: &collector)
          return .success(collector)
        } catch {
          return .failure(error)
        }
      }
      for (label, result) in zip(labels[start...], results) {
        collector.merge(try result.get(), from: label)
        progress?(collector.samples.count)
      }
    }
  }

  /// Reads one shard.
  static func read(_ path: String, into collector: inout SampleCollector) throws(CorpusError) {
    let file = try InputFile(path)
    let name = fileName(path)
    var tar = TarReader(file)
    var group = ShardGroup(key: "")
    while true {
      let entry: TarEntry
      do {
        guard let next = try tar.next() else { break }
        entry = next
      } catch {
        try report(error, in: name, to: &collector)
        // A sample whose picture or text was still to come is told with the cut itself.
        if case .cut = error, !group.isComplete { group = ShardGroup(key: "") }
        break
      }
      guard entry.isFile, let (key, suffix) = keyAndSuffix(entry.name) else { continue }
      if key != group.key || group.has(suffix) {
        try add(group, of: file, to: &collector)
        group = ShardGroup(key: key)
      }
      group.take(entry, suffix: suffix)
    }
    try add(group, of: file, to: &collector)
  }

  /// The key of a sample and the kind of its member, parted at the first dot of the file's name.
  ///
  /// - Returns: `nil` for metadata and names without a suffix.
  static func keyAndSuffix(_ name: String) -> (key: String, suffix: String)? {
    let start =
      name.utf8.lastIndex(of: UInt8(ascii: "/")).map { name.utf8.index(after: $0) }
      ?? name.startIndex
    guard let dot = name.utf8[start...].firstIndex(of: UInt8(ascii: ".")), dot > start else {
      return nil
    }
    let base = name[start..<dot]
    guard !(base.hasPrefix("__") && name.hasSuffix("__")) else { return nil }
    return (String(name[..<dot]), name[name.utf8.index(after: dot)...].lowercased())
  }

  private static func add(
    _ group: ShardGroup, of file: InputFile, to collector: inout SampleCollector
  ) throws(CorpusError) {
    guard !group.isEmpty else { return }
    let name = fileName(file.path)
    let (parts, unused) = group.parts()
    guard !parts.isEmpty else {
      collector.report(.missingPicture, "\(name):\(group.key)", "the sample has no picture")
      return
    }
    for part in parts { try add(part, of: file, named: name, to: &collector) }
    for member in unused {
      collector.report(
        .badRecord, "\(name):\(member.entry.name)", "its key has no picture of this name")
    }
  }

  private static func add(
    _ part: ShardGroup.Part, of file: InputFile, named name: String,
    to collector: inout SampleCollector
  ) throws(CorpusError) {
    let place = "\(name):\(part.id)"
    var raw = RawSample()
    for record in part.records {
      let bytes = try file.read(at: record.entry.offset, count: record.entry.size)
      guard let object = collector.object(in: bytes, at: "\(name):\(record.entry.name)") else {
        raw.isReported = true
        continue
      }
      let read = SampleRecord.read(object, at: place, reporting: &collector)
      if raw.id.isEmpty { raw.id = read.id }
      raw.add(read)
    }
    if raw.id.isEmpty || part.sharesRecords { raw.id = part.id }
    let isDescribed = !raw.captions.isEmpty
    for (language, text) in part.texts {
      let bytes = try file.read(at: text.entry.offset, count: text.entry.size)
      switch TextEncoding.decoded(bytes) {
      // img2dataset repeats in the text what the record says.
      case .success(_) where isDescribed && language == "und": continue
      case .success(let caption): raw.captions.append((language, [caption]))
      case .failure(let fault):
        raw.isReported = true
        collector.report(.wrongEncoding, "\(name):\(text.entry.name)", fault.reason)
      }
    }
    collector.add(
      raw, at: place,
      picture: .shard(path: file.path, offset: part.picture.offset, length: part.picture.size))
  }

  private static func report(
    _ fault: TarFault<CorpusError>, in name: String, to collector: inout SampleCollector
  ) throws(CorpusError) {
    switch fault {
    case .cut(let entry, let expected, let found):
      let what = entry.map { "“\($0)”" } ?? "a header"
      collector.report(
        .cutArchive, name, "ends inside \(what), with \(found) of its \(expected) bytes")
    case .unfinished:
      collector.report(.cutArchive, name, "has no end mark; samples may be missing at its end")
    case .compressed:
      collector.report(.badArchive, name, "it is compressed; unpack it with gunzip first")
    case .notHeader(let offset):
      collector.report(.badArchive, name, "no tar header at byte \(offset)")
    case .badSize(let offset):
      collector.report(.badArchive, name, "a size that is not a number at byte \(offset)")
    case .longName(let count, let offset):
      collector.report(.badArchive, name, "a name of \(count) bytes at byte \(offset)")
    case .source(let error):
      throw error
    }
  }
}

/// What the names of pictures end in.
let pictureSuffixes: Set<String> = [
  "jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "gif", "bmp", "dib", "tif", "tiff", "avif",
  "heic", "heif", "svg", "ppm", "pgm", "pbm", "pnm",
]

/// What tells files of one collection apart: their paths without the folder that all lie in, and without suffix.
func distinguishingNames(_ paths: [String]) -> [String] {
  let parts = paths.map { $0.split(separator: "/") }
  let folders = parts.map { $0.dropLast() }
  let common = folders.dropFirst().reduce(folders.first?.count ?? 0) { count, folder in
    zip(folders[0].prefix(count), folder).prefix { $0.utf8.elementsEqual($1.utf8) }.count
  }
  return parts.map { parts in
    (parts.dropFirst(common).joined(separator: "/") as NSString).deletingPathExtension
  }
}
