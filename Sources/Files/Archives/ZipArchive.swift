/// The table of contents of a zip archive, with sizes and places checked against the file.
///
/// Only the central directory is believed, as by every other reader. Sizes beyond 32 bits (“zip64”)
/// are understood; encryption and archives in several volumes are not.
///
/// - Source: PKWARE, APPNOTE.TXT 6.3, sections 4.3 and 4.5.
package struct ZipArchive {
  package struct Entry: Sendable {
    package let name: String
    /// 0 stored, 8 deflated.
    package let method: UInt16
    /// CRC-32 of the unpacked bytes.
    package let checksum: UInt32
    /// Where its local header begins.
    package let header: Int
    /// In bytes, packed and unpacked.
    package let packedSize: Int
    package let size: Int
  }

  /// The most entries an archive may have; PyTorch makes one for each storage.
  package static let maximumEntries = 1 << 20

  /// The whole archive, which must stay where it is for as long as this is used.
  package let bytes: UnsafeRawBufferPointer
  package private(set) var entries: [Entry] = []
  private var indexes: [String: Int] = [:]

  /// Whether a file begins as a zip archive does.
  package static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6])
  }

  /// - Throws: ``Damage`` for what is no archive, or lies about where its entries are.
  package init(_ bytes: UnsafeRawBufferPointer) throws(Damage) {
    self.bytes = bytes
    let directory = try Self.directory(of: bytes)
    var cursor = ByteCursor(bytes, directory)
    while cursor.left > 0 {
      guard entries.count < Self.maximumEntries else { throw Damage("it has too many entries") }
      let entry = try Self.entry(&cursor)
      guard indexes.updateValue(entries.count, forKey: entry.name) == nil else {
        throw Damage("two of the archive's entries are called “\(entry.name)”")
      }
      // 30 bytes are the least that a local header takes.
      guard entry.header <= directory.lowerBound - 30,
        entry.packedSize <= directory.lowerBound - 30 - entry.header
      else { throw Damage("“\(entry.name)” lies outside of the file") }
      entries.append(entry)
    }
    var end = 0
    for entry in entries.sorted(by: { $0.header < $1.header }) {
      guard entry.header >= end else { throw Damage("“\(entry.name)” overlaps another entry") }
      end = entry.header + 30 + entry.packedSize
    }
  }

  package subscript(name: String) -> Entry? { indexes[name].map { entries[$0] } }

  /// The bytes of an entry as they lie in the file.
  package func packedBytes(of entry: Entry) throws(Damage) -> Range<Int> {
    var cursor = ByteCursor(bytes, from: entry.header)
    guard try cursor.little(UInt32.self) == 0x0403_4B50 else {
      throw Damage("“\(entry.name)” is not where the archive says")
    }
    _ = try cursor.take(22)
    let (name, extra) = (try cursor.length(UInt16.self), try cursor.length(UInt16.self))
    _ = try cursor.take(name + extra)
    return try cursor.take(entry.packedSize)
  }

  /// Finds the central directory from the file's end.
  private static func directory(of bytes: UnsafeRawBufferPointer) throws(Damage) -> Range<Int> {
    // The record has 22 bytes and may be followed by a comment of 65,535.
    let last = bytes.count - 22
    guard last >= 0 else { throw Damage("it has only \(bytes.count) bytes") }
    let first = max(0, last - 65_535)
    guard
      let record = stride(from: last, through: first, by: -1).first(where: {
        bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self).littleEndian == 0x0605_4B50
      })
    else { throw Damage("the end of the zip archive is missing; it was not copied whole") }
    var cursor = ByteCursor(bytes, from: record + 4)
    _ = try cursor.take(8)
    var (size, start) = (try cursor.length(UInt32.self), try cursor.length(UInt32.self))
    var end = record
    if let locator = zip64Record(before: record, in: bytes) {
      var cursor = ByteCursor(bytes, from: locator)
      guard try cursor.little(UInt32.self) == 0x0606_4B50 else {
        throw Damage("its zip64 record is damaged")
      }
      _ = try cursor.take(36)
      (size, start) = (try cursor.length(UInt64.self), try cursor.length(UInt64.self))
      end = locator
    }
    guard start <= end, size <= end - start else {
      throw Damage("its table of contents lies outside of the file")
    }
    return start..<start + size
  }

  private static func zip64Record(before record: Int, in bytes: UnsafeRawBufferPointer) -> Int? {
    var cursor = ByteCursor(bytes, max(0, record - 20)..<record)
    guard record >= 20, (try? cursor.little(UInt32.self)) == 0x0706_4B50,
      (try? cursor.take(4)) != nil, let start = try? cursor.length(UInt64.self), start < record
    else { return nil }
    return start
  }

  private static func entry(_ cursor: inout ByteCursor) throws(Damage) -> Entry {
    guard try cursor.little(UInt32.self) == 0x0201_4B50 else {
      throw Damage("its table of contents is damaged")
    }
    _ = try cursor.take(4)
    let flags = try cursor.little(UInt16.self)
    let method = try cursor.little(UInt16.self)
    _ = try cursor.take(4)
    let checksum = try cursor.little(UInt32.self)
    var packedSize = try cursor.length(UInt32.self)
    var size = try cursor.length(UInt32.self)
    let nameLength = try cursor.length(UInt16.self)
    let extraLength = try cursor.length(UInt16.self)
    let commentLength = try cursor.length(UInt16.self)
    _ = try cursor.take(8)
    var header = try cursor.length(UInt32.self)
    let name = cursor.text(try cursor.take(nameLength))
    var extra = ByteCursor(cursor.bytes, try cursor.take(extraLength))
    _ = try cursor.take(commentLength)
    while extra.left >= 4 {
      let kind = try extra.little(UInt16.self)
      var field = ByteCursor(cursor.bytes, try extra.take(try extra.length(UInt16.self)))
      guard kind == 1 else { continue }
      // Only what did not fit is repeated in 64 bits, in this order.
      if size == 0xFFFF_FFFF { size = try field.length(UInt64.self) }
      if packedSize == 0xFFFF_FFFF { packedSize = try field.length(UInt64.self) }
      if header == 0xFFFF_FFFF { header = try field.length(UInt64.self) }
    }
    guard flags & 1 == 0 else { throw Damage("“\(name)” is encrypted") }
    return Entry(
      name: name, method: method, checksum: checksum, header: header, packedSize: packedSize,
      size: size)
  }
}
