/// A file inside a tar archive, or a folder, a link or whatever else it may hold.
package struct TarEntry: Equatable, Sendable {
  package let name: String
  /// As in ``TarHeader/kind``.
  package let kind: UInt8
  /// Where its bytes begin in the archive.
  package let offset: Int
  /// In bytes.
  package let size: Int

  /// Whether it is a regular file.
  package var isFile: Bool { kind == UInt8(ascii: "0") || kind == UInt8(ascii: "7") }
}

/// Why reading a tar archive stopped before its end.
package enum TarFault<Failure: Error>: Error {
  /// The archive ends inside `entry`, or inside a header if that is `nil`; in bytes.
  case cut(entry: String?, expected: Int, found: Int)
  /// There is no end mark; whatever followed the last entry is lost.
  case unfinished
  /// The archive is packed by gzip.
  case compressed
  /// There is no header where one must be.
  case notHeader(offset: Int)
  case badSize(offset: Int)
  /// A name of so many bytes is none.
  case longName(count: Int, offset: Int)
  /// The archive cannot be read.
  case source(Failure)
}

/// Reads the headers of a tar archive, and nothing of what lies between them.
///
/// Understood are ustar, GNU's long names and big sizes, PAX's `path` and `size`, and archives that
/// follow each other in one file.
///
/// - Source: as ``TarHeader``.
package struct TarReader<Source: ByteSource> {
  package typealias Fault = TarFault<Source.Failure>

  private let source: Source
  private var place = 0
  private var isDone = false

  private var block: Int { TarHeader.block }
  private var longestHeader: Int { 1 << 20 }

  package init(_ source: Source) { self.source = source }

  /// The next entry, `nil` after the last.
  package mutating func next() throws(Fault) -> TarEntry? {
    var name: String?
    var size: Int?
    while !isDone {
      guard let header = try nextHeader() else {
        isDone = true
        break
      }
      let entry = TarEntry(name: name ?? header.name, kind: header.kind, offset: place, size: 0)
      // A size in a PAX header is that of the file it announces.
      let bytes = entry.isFile ? size ?? header.size : header.size
      try skip(bytes, of: entry.name)
      switch header.kind {
      case UInt8(ascii: "L"):
        name = TarHeader.text(try read(entry.offset, bytes).prefix { $0 != 0 })
      case UInt8(ascii: "x"):
        for (key, value) in TarHeader.records(try read(entry.offset, bytes)) {
          if key == "path" { name = value }
          if key == "size" { size = Int(value) }
        }
      case UInt8(ascii: "g"), UInt8(ascii: "K"): break
      default:
        return TarEntry(name: entry.name, kind: entry.kind, offset: entry.offset, size: bytes)
      }
    }
    return nil
  }

  private mutating func nextHeader() throws(Fault) -> TarHeader? {
    let bytes = try read(place, upTo: block)
    // An archive that just stops was cut, or its writer never closed it.
    if bytes.isEmpty {
      isDone = true
      throw .unfinished
    }
    guard bytes.count == block else {
      isDone = true
      throw .cut(entry: nil, expected: block, found: bytes.count)
    }
    if bytes.allSatisfy({ $0 == 0 }) {
      place += block
      return try headerBehindZeros()
    }
    let header: TarHeader
    do throws(TarHeader.Fault) { header = try TarHeader(block: bytes) } catch {
      isDone = true
      switch error {
      case .notHeader where place == 0 && bytes.starts(with: [0x1F, 0x8B]): throw .compressed
      case .notHeader: throw .notHeader(offset: place)
      case .badSize: throw .badSize(offset: place)
      }
    }
    place += block
    return header
  }

  /// The first header of a further archive behind the end mark of one, as `cat` joins them.
  private mutating func headerBehindZeros() throws(Fault) -> TarHeader? {
    while true {
      let bytes = try read(place, upTo: 1 << 20)
      guard !bytes.isEmpty else { return nil }
      guard let first = bytes.firstIndex(where: { $0 != 0 }) else {
        place += bytes.count
        continue
      }
      place += first / block * block
      let candidate = try read(place, upTo: block)
      guard let header = try? TarHeader(block: candidate) else { return nil }
      place += block
      return header
    }
  }

  private mutating func skip(_ bytes: Int, of name: String) throws(Fault) {
    let (padded, overflow) = bytes.addingReportingOverflow(block - 1)
    guard bytes >= 0, !overflow, bytes <= source.size - place else {
      isDone = true
      throw .cut(entry: name, expected: bytes, found: source.size - place)
    }
    place += padded / block * block
  }

  private func read(_ offset: Int, upTo count: Int) throws(Fault) -> [UInt8] {
    do throws(Source.Failure) {
      return try source.read(at: offset, upTo: count)
    } catch {
      throw .source(error)
    }
  }

  /// What follows a header that only describes another.
  private func read(_ offset: Int, _ count: Int) throws(Fault) -> ArraySlice<UInt8> {
    guard count <= longestHeader else { throw .longName(count: count, offset: offset) }
    return try read(offset, upTo: count)[...]
  }
}
