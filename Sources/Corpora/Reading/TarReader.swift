/// A file inside a tar archive.
struct TarEntry: Equatable {
  let name: String
  /// Where its bytes begin in the archive.
  let offset: Int
  let size: Int
}

/// Reads the headers of a tar archive, and nothing of what lies between them.
///
/// Understood are ustar, GNU's long names and big sizes, PAX's `path` and `size`, and archives that
/// follow each other in one file.
///
/// - Source: POSIX.1-2017, pax, “ustar Interchange Format” and “pax Extended Header”; GNU tar
///   manual, “Basic Tar Format”.
struct TarReader {
  /// Why reading stopped before the end.
  enum Fault: Error, Equatable {
    /// The archive ends inside `entry`, or inside a header if that is `nil`.
    case cut(entry: String?, expected: Int, found: Int)
    /// No end mark; whatever followed the last entry is lost.
    case unfinished
    case damaged(reason: String)
    case system(CorpusError)
  }

  private let file: InputFile
  private var place = 0
  private var isDone = false

  private static let block = 512
  private static let longestHeader = 1 << 20

  init(_ file: InputFile) {
    self.file = file
  }

  /// The next regular file, `nil` after the last.
  mutating func next() throws(Fault) -> TarEntry? {
    var name: String?
    var size: Int?
    while !isDone {
      guard let header = try nextHeader() else {
        isDone = true
        break
      }
      let type = header[156]
      // A size in a PAX header is that of the file it announces.
      let stated = try number(header[124..<136])
      let isFile = [UInt8(ascii: "0"), 0, UInt8(ascii: "7")].contains(type)
      let bytes = isFile ? size ?? stated : stated
      let data = place
      try skip(bytes, of: name ?? ustarName(header))
      switch type {
      case UInt8(ascii: "L"):
        name = text(try read(data, bytes).prefix { $0 != 0 })
      case UInt8(ascii: "x"):
        for (key, value) in paxRecords(try read(data, bytes)) {
          if key == "path" { name = text(value) }
          if key == "size" { size = Int(text(value)) }
        }
      case _ where isFile:
        return TarEntry(name: name ?? ustarName(header), offset: data, size: bytes)
      case UInt8(ascii: "g"), UInt8(ascii: "K"):
        break
      default:
        (name, size) = (nil, nil)
      }
    }
    return nil
  }

  private mutating func nextHeader() throws(Fault) -> [UInt8]? {
    let header = try read(place, upTo: Self.block)
    // An archive that just stops was cut, or its writer never closed it.
    if header.isEmpty {
      isDone = true
      throw .unfinished
    }
    guard header.count == Self.block else {
      isDone = true
      throw .cut(entry: nil, expected: Self.block, found: header.count)
    }
    place += Self.block
    if header.allSatisfy({ $0 == 0 }) { return try headerBehindZeros() }
    guard hasRightSum(header) else {
      isDone = true
      let isCompressed = place == Self.block && header.starts(with: [0x1F, 0x8B])
      throw .damaged(
        reason: isCompressed
          ? "it is compressed; unpack it with gunzip first"
          : "no tar header at byte \(place - Self.block)")
    }
    return header
  }

  /// The first header of a further archive behind the end mark of one, as `cat` joins them.
  private mutating func headerBehindZeros() throws(Fault) -> [UInt8]? {
    while true {
      let bytes = try read(place, upTo: 1 << 20)
      guard !bytes.isEmpty else { return nil }
      guard let first = bytes.firstIndex(where: { $0 != 0 }) else {
        place += bytes.count
        continue
      }
      place += first / Self.block * Self.block
      let header = try read(place, upTo: Self.block)
      guard header.count == Self.block, hasRightSum(header) else { return nil }
      place += Self.block
      return header
    }
  }

  private mutating func skip(_ bytes: Int, of name: String) throws(Fault) {
    let (padded, overflow) = bytes.addingReportingOverflow(Self.block - 1)
    guard bytes >= 0, !overflow, bytes <= file.size - place else {
      isDone = true
      throw .cut(entry: name, expected: bytes, found: file.size - place)
    }
    place += padded / Self.block * Self.block
  }

  private func read(_ offset: Int, upTo count: Int) throws(Fault) -> [UInt8] {
    do {
      return try file.read(at: offset, upTo: count)
    } catch {
      throw .system(error)
    }
  }

  private func read(_ offset: Int, _ count: Int) throws(Fault) -> [UInt8] {
    guard count <= Self.longestHeader else {
      throw .damaged(reason: "a name of \(count) bytes at byte \(offset)")
    }
    return try read(offset, upTo: count)
  }

  /// Octal digits, or GNU's big-endian number where the first bit is set.
  private func number(_ field: ArraySlice<UInt8>) throws(Fault) -> Int {
    guard let first = field.first else { return 0 }
    if first & 0x80 != 0 {
      guard first == 0x80, field.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) else {
        throw .damaged(reason: "an impossible size at byte \(place)")
      }
      return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }
    let digits = text(field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 })
    guard let number = digits.isEmpty ? 0 : Int(digits, radix: 8) else {
      throw .damaged(reason: "a size that is no number at byte \(place)")
    }
    return number
  }

  private func hasRightSum(_ header: [UInt8]) -> Bool {
    let digits = text(header[148..<156].drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 })
    guard let stated = Int(digits, radix: 8) else { return false }
    let field = header[148..<156].reduce(0) { $0 + Int($1) }
    return stated == header.reduce(0) { $0 + Int($1) } - field + 8 * 0x20
  }

  private func ustarName(_ header: [UInt8]) -> String {
    let name = text(header[0..<100].prefix { $0 != 0 })
    // GNU's own format keeps times where ustar keeps the beginning of a long path.
    let isUstar = header[257..<263].elementsEqual([0x75, 0x73, 0x74, 0x61, 0x72, 0])
    let prefix = isUstar ? text(header[345..<500].prefix { $0 != 0 }) : ""
    return prefix.isEmpty ? name : prefix + "/" + name
  }

  private func text(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  /// The records `"LENGTH KEY=VALUE\n"` of a PAX header.
  private func paxRecords(_ bytes: [UInt8]) -> [(key: String, value: ArraySlice<UInt8>)] {
    var records: [(key: String, value: ArraySlice<UInt8>)] = []
    var rest = bytes[...]
    while let space = rest.firstIndex(of: 0x20),
      let length = Int(text(rest[..<space])), length > space - rest.startIndex + 1,
      length <= rest.count
    {
      let record = rest[(space + 1)..<(rest.startIndex + length)].dropLast()
      if let equals = record.firstIndex(of: UInt8(ascii: "=")) {
        records.append((text(record[..<equals]), record[(equals + 1)...]))
      }
      rest = rest[(rest.startIndex + length)...]
    }
    return records
  }
}
