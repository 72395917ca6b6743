internal import Foundation

/// Reads webdataset tar shards: ours, img2dataset's, and any with a picture and its text.
///
/// Of the archive only headers and the `.json` and `.txt` members are read.
///
/// - Source: webdataset's rule for keys (`base_plus_ext`), in open_clip's variant that begins a new
///   sample at a repeated suffix.
enum ShardSamples {
  /// Reads many shards on all cores; their samples follow each other in the order of the shards.
  static func read(
    _ shards: [String], into collector: inout SampleCollector, _ progress: ((Int) -> Void)?
  ) throws(CorpusError) {
    let options = collector.options
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
      for (path, result) in zip(paths, results) {
        collector.merge(try result.get(), from: fileName(path))
        progress?(collector.samples.count)
      }
    }
  }

  /// Reads one shard.
  static func read(_ path: String, into collector: inout SampleCollector) throws(CorpusError) {
    let file = try InputFile(path)
    let name = fileName(path)
    var tar = TarReader(file)
    var group = Group(key: "")
    while true {
      let entry: TarEntry
      do {
        guard let next = try tar.next() else { break }
        entry = next
      } catch {
        try report(error, in: name, to: &collector)
        // A sample whose picture or text was still to come is told with the cut itself.
        if case .cut = error, !group.isComplete { group = Group(key: "") }
        break
      }
      guard let (key, suffix) = keyAndSuffix(entry.name) else { continue }
      if key != group.key || group.suffixes.contains(suffix) {
        try add(group, of: file, to: &collector)
        group = Group(key: key)
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

  private struct Group {
    let key: String
    var suffixes: Set<String> = []
    var picture: TarEntry?
    var json: TarEntry?
    var text: TarEntry?

    init(key: String) {
      self.key = key
    }

    var isComplete: Bool { picture != nil && (json != nil || text != nil) }

    mutating func take(_ entry: TarEntry, suffix: String) {
      suffixes.insert(suffix)
      let kind = suffix.split(separator: ".").last.map(String.init) ?? suffix
      switch kind {
      case "json": json = entry
      case "txt", "text", "caption": text = entry
      default: if pictureSuffixes.contains(kind) { picture = entry }
      }
    }
  }

  private static func add(
    _ group: Group, of file: InputFile, to collector: inout SampleCollector
  ) throws(CorpusError) {
    guard !group.key.isEmpty, group.picture != nil || group.json != nil || group.text != nil else {
      return
    }
    let place = "\(fileName(file.path)):\(group.key)"
    guard let picture = group.picture else {
      collector.report(.missingPicture, place, "the sample has no picture")
      return
    }
    var raw = RawSample()
    if let json = group.json {
      let bytes = try file.read(at: json.offset, count: json.size)
      guard let object = collector.object(in: bytes, at: place + ".json") else { return }
      raw = SampleRecord.read(object, at: place, reporting: &collector)
    }
    if raw.id.isEmpty { raw.id = group.key }
    if raw.captions.isEmpty, let text = group.text {
      switch TextEncoding.decoded(try file.read(at: text.offset, count: text.size)) {
      case .success(let text): raw.captions = [("und", [text])]
      case .failure(let fault):
        collector.report(.wrongEncoding, place + ".txt", fault.reason)
        return
      }
    }
    collector.add(
      raw, at: place,
      picture: .shard(path: file.path, offset: picture.offset, length: picture.size))
  }

  private static func report(
    _ fault: TarReader.Fault, in name: String, to collector: inout SampleCollector
  ) throws(CorpusError) {
    switch fault {
    case .cut(let entry, let expected, let found):
      let what = entry.map { "“\($0)”" } ?? "a header"
      collector.report(
        .cutArchive, name, "ends inside \(what), with \(found) of its \(expected) bytes")
    case .unfinished:
      collector.report(.cutArchive, name, "has no end mark; samples may be missing at its end")
    case .damaged(let reason):
      collector.report(.badArchive, name, reason)
    case .system(let error):
      throw error
    }
  }
}

/// What the names of pictures end in.
let pictureSuffixes: Set<String> = [
  "jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif", "svg",
]
