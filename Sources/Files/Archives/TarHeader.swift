/// What stands before each file of a tar archive, in blocks of 512 bytes.
///
/// - Source: POSIX.1-2017, pax, “ustar Interchange Format” and “pax Extended Header”; GNU tar
///   manual, “Basic Tar Format”.
package struct TarHeader: Equatable, Sendable {
  /// Why a block is no header.
  package enum Fault: Error, Equatable, Sendable {
    /// It has no header's checksum.
    case notHeader
    /// Its size is no number, or an impossible one.
    case badSize
  }

  /// In bytes; headers, and what follows them, fill whole blocks.
  package static let block = 512

  package var name: String
  /// Of what follows, in bytes.
  package var size: Int
  /// `0` for a regular file, `x` for a PAX header, `L` for GNU's long name, and so on.
  package var kind: UInt8

  package init(name: String, size: Int, kind: UInt8 = UInt8(ascii: "0")) {
    self.name = name
    self.size = size
    self.kind = kind
  }

  /// Bytes from a size up to the next whole block.
  package static func padding(_ size: Int) -> Int { (block - size % block) % block }
}

// MARK: - Writing

extension TarHeader {
  /// The blocks to write. A PAX header before them holds names that are long or not ASCII, and
  /// sizes from 8 GiB on.
  ///
  /// Times and owners are all zero, so that equal files make equal archives.
  package var blocks: [UInt8] {
    let isPlain = name.utf8.count <= 100 && name.utf8.allSatisfy { $0 < 0x80 }
    let isSmall = size < 1 << 33
    guard !isPlain || !isSmall else { return plain }
    var records: [UInt8] = []
    if !isPlain { records += Self.record("path", name) }
    if !isSmall { records += Self.record("size", String(size)) }
    let short = String(decoding: name.utf8.suffix(60).map { $0 < 0x80 ? $0 : 0x5F }, as: UTF8.self)
    let pax = TarHeader(name: "pax", size: records.count, kind: UInt8(ascii: "x"))
    let main = TarHeader(name: isPlain ? name : short, size: isSmall ? size : 0, kind: kind)
    let padding = [UInt8](repeating: 0, count: Self.padding(records.count))
    return pax.plain + records + padding + main.plain
  }

  /// The block of a header whose name and size fit.
  private var plain: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.block)
    func put(_ text: String, at place: Int) {
      bytes.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
    }
    func octal(_ number: Int, _ digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
    put(name, at: 0)
    put(octal(0o644, 7), at: 100)
    put(octal(0, 7), at: 108)
    put(octal(0, 7), at: 116)
    put(octal(size, 11), at: 124)
    put(octal(0, 11), at: 136)
    bytes[156] = kind
    put("ustar\u{0}00", at: 257)
    put(octal(Self.sum(bytes), 6) + "\u{0} ", at: 148)
    return bytes
  }

  /// `LENGTH KEY=VALUE\n`, where the length counts its own digits.
  private static func record(_ key: String, _ value: String) -> [UInt8] {
    let rest = key.utf8.count + value.utf8.count + 3
    var length = rest + 1
    while length != rest + String(length).utf8.count { length = rest + String(length).utf8.count }
    return Array("\(length) \(key)=\(value)\n".utf8)
  }
}

// MARK: - Reading

extension TarHeader {
  /// Reads a block.
  package init(block bytes: [UInt8]) throws(Fault) {
    guard bytes.count == Self.block, Self.octal(bytes[148..<156]) == Self.sum(bytes) else {
      throw .notHeader
    }
    guard let size = Self.number(bytes[124..<136]) else { throw .badSize }
    let kind = bytes[156] == 0 ? UInt8(ascii: "0") : bytes[156]
    self.init(name: Self.name(bytes), size: size, kind: kind)
  }

  /// The records `LENGTH KEY=VALUE\n` that follow a PAX header, up to the first that is none.
  static func records(_ bytes: ArraySlice<UInt8>) -> [(key: String, value: String)] {
    var records: [(key: String, value: String)] = []
    var rest = bytes
    while let space = rest.firstIndex(of: 0x20),
      let length = Int(text(rest[..<space])), length > space - rest.startIndex + 1,
      length <= rest.count
    {
      let record = rest[(space + 1)..<(rest.startIndex + length)].dropLast()
      if let equals = record.firstIndex(of: UInt8(ascii: "=")) {
        records.append((text(record[..<equals]), text(record[(equals + 1)...])))
      }
      rest = rest[(rest.startIndex + length)...]
    }
    return records
  }

  private static func name(_ bytes: [UInt8]) -> String {
    let name = text(bytes[0..<100].prefix { $0 != 0 })
    // GNU's own format keeps times where ustar keeps the beginning of a long path.
    let isUstar = bytes[257..<263].elementsEqual([0x75, 0x73, 0x74, 0x61, 0x72, 0])
    let prefix = isUstar ? text(bytes[345..<500].prefix { $0 != 0 }) : ""
    return prefix.isEmpty ? name : prefix + "/" + name
  }

  /// Octal digits, or GNU's big-endian number where the first bit is set.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first, first & 0x80 != 0 else { return octal(field) }
    guard first == 0x80, field.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
    return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
  }

  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = text(field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 })
    guard let number = digits.isEmpty ? 0 : Int(digits, radix: 8), number >= 0 else { return nil }
    return number
  }

  static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The sum of all bytes with the sum's own field as spaces.
  private static func sum(_ bytes: [UInt8]) -> Int {
    bytes.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 0x20 : Int(bytes[$1])) }
  }
}
