internal import Files

/// The members of a shard that share a key, and the samples that they make.
///
/// webdataset ends a key at the first dot of a file's name, but people name files
/// `IMG_2024.01.02.jpg`. If a key has one picture, all texts of the key are its captions. If a key
/// has several pictures, each is a sample with the texts of its own name; if there are none, with
/// the texts whose names match no picture.
struct ShardGroup {
  let key: String
  private var members: [Member] = []
  private var suffixes: Set<String> = []

  struct Member {
    /// What follows the key and a dot: `left.PNG`.
    let name: String
    let entry: TarEntry

    /// The kind that its last suffix says.
    fileprivate var kind: String {
      name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    }
    /// Without the last suffix, and in lower case.
    fileprivate var stem: String { parted.stem.lowercased() }
    fileprivate var parted: (stem: Substring, suffix: Substring) {
      guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return ("", name[...]) }
      return (name[..<dot], name[name.utf8.index(after: dot)...])
    }
  }

  /// A picture with what is said of it.
  struct Part {
    let id: String
    let picture: TarEntry
    var records: [Member] = []
    /// Whether other pictures share the records, so that an id in them is not used.
    var sharesRecords = false
    var texts: [(language: String, member: Member)] = []
  }

  init(key: String) { self.key = key }

  /// Whether a member of this name, which is the key's, begins a new sample.
  func has(_ suffix: String) -> Bool { suffixes.contains(suffix) }

  mutating func take(_ entry: TarEntry, suffix: String) {
    suffixes.insert(suffix)
    // In bytes: the lower case of a letter may have more scalars.
    let name = entry.name.utf8.dropFirst(key.utf8.count + 1)
    members.append(Member(name: String(Substring(name)), entry: entry))
  }

  private var pictures: [Member] { members.filter { pictureSuffixes.contains($0.kind) } }
  private var records: [Member] { members.filter { $0.kind == "json" } }
  private var texts: [Member] { members.filter { captionSuffixes.contains($0.kind) } }

  /// Whether there is anything in it that belongs to a sample.
  var isEmpty: Bool { pictures.isEmpty && records.isEmpty && texts.isEmpty }

  /// Whether it has a picture with a text, or pictures of several samples.
  var isComplete: Bool {
    pictures.count > 1 || !pictures.isEmpty && !(records.isEmpty && texts.isEmpty)
  }

  /// The samples, and the members that none of them takes in.
  func parts() -> (parts: [Part], unused: [Member]) {
    let pictures = self.pictures
    var known: Set<String> = []
    var parts = pictures.map { picture in
      // A picture in two formats has one stem.
      let own = known.insert(picture.stem).inserted ? String(picture.parted.stem) : picture.name
      let isAlone = pictures.count == 1 || own.isEmpty
      return Part(id: isAlone ? key : key + "." + own, picture: picture.entry)
    }
    var unused: [Member] = []
    let owners = Dictionary(grouping: pictures.indices) { pictures[$0].stem }
    let alone = pictures.count == 1 ? [0] : nil
    for record in records {
      let own = alone ?? owners[record.stem] ?? []
      for owner in own {
        parts[owner].records.append(record)
        parts[owner].sharesRecords = own.count > 1
      }
      if own.isEmpty { unused.append(record) }
    }
    for text in texts {
      let readings = captionReadings(ofText: text.stem)
      let reading = readings.first { owners[$0.stem] != nil } ?? readings[readings.count - 1]
      let own = alone ?? owners[reading.stem] ?? []
      for owner in own { parts[owner].texts.append((reading.language, text)) }
      if own.isEmpty { unused.append(text) }
    }
    // What is called as no picture is, is said of those of which nothing else is.
    let silent = parts.indices.filter { parts[$0].records.isEmpty && parts[$0].texts.isEmpty }
    guard !silent.isEmpty else { return (parts, unused) }
    for part in silent {
      parts[part].records = unused.filter { $0.kind == "json" }
      parts[part].sharesRecords = silent.count > 1
      parts[part].texts = unused.filter { $0.kind != "json" }
        .map { (captionReadings(ofText: $0.stem).last?.language ?? "und", $0) }
    }
    return (parts, [])
  }
}

/// What the names of captions end in.
let captionSuffixes: Set<String> = ["txt", "text", "caption"]

/// What a text is that lies beside pictures, the likeliest first: the caption of the picture of its own
/// name, or that of `photo` in a language if it is called `photo.ko`.
///
/// - Parameter name: The text's name without its last suffix.
/// - Returns: The name of the picture without its last suffix, and the language of the caption.
func captionReadings(ofText name: String) -> [(stem: String, language: String)] {
  let parts = name.split(separator: ".", omittingEmptySubsequences: false)
  guard let last = parts.last, let tag = usualLanguage(String(last)) else { return [(name, "und")] }
  return [(name, "und"), (parts.dropLast().joined(separator: "."), tag)]
}
