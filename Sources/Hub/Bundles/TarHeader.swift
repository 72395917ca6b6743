internal import Foundation

/// What stands before each file of a tar archive, 512 bytes a block.
///
/// - Source: POSIX.1-2001, pax interchange format.
struct TarHeader: Equatable {
  static let block = 512

  var name: String
  var size: Int64
  /// `0` for a regular file, `x` for a pax header.
  var kind: UInt8 = UInt8(ascii: "0")

  init(name: String, size: Int64, kind: UInt8 = UInt8(ascii: "0")) {
    self.name = name
    self.size = size
    self.kind = kind
  }

  /// Bytes from a size up to the next whole block.
  static func padding(_ size: Int64) -> Int { Int((512 - size % 512) % 512) }

  /// The blocks to write; names and sizes that do not fit are told in a pax header before.
  var blocks: [UInt8] {
    var records: [UInt8] = []
    if name.utf8.count > 100 { records += Self.record("path", name) }
    if size >= 1 << 33 { records += Self.record("size", String(size)) }
    guard !records.isEmpty else { return plain }
    let short = String(decoding: name.utf8.suffix(60).map { $0 < 0x80 ? $0 : 0x5F }, as: UTF8.self)
    let pax = TarHeader(name: "pax", size: Int64(records.count), kind: UInt8(ascii: "x"))
    let main = TarHeader(
      name: name.utf8.count > 100 ? short : name, size: size >= 1 << 33 ? 0 : size, kind: kind)
    let padding = [UInt8](repeating: 0, count: Self.padding(pax.size))
    return pax.plain + records + padding + main.plain
  }

  private var plain: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.block)
    func put(_ text: String, at place: Int) {
      bytes.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
    }
    func octal(_ number: Int64, _ digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
    put(name, at: 0)
    put(octal(0o644, 7), at: 100)
    put(octal(0, 7), at: 108)
    put(octal(0, 7), at: 116)
    put(octal(size, 11), at: 124)
    // No times and no owners: the same model makes the same bundle.
    put(octal(0, 11), at: 136)
    bytes[156] = kind
    put("ustar\u{0}00", at: 257)
    put(octal(Self.sum(bytes), 6) + "\u{0} ", at: 148)
    return bytes
  }

  /// `length key=value\n`, where the length counts its own digits.
  private static func record(_ key: String, _ value: String) -> [UInt8] {
    let rest = key.utf8.count + value.utf8.count + 3
    var length = rest + 1
    while length != rest + String(length).utf8.count { length = rest + String(length).utf8.count }
    return Array("\(length) \(key)=\(value)\n".utf8)
  }

  /// The sum of all bytes with the sum's own field as spaces.
  private static func sum(_ bytes: [UInt8]) -> Int64 {
    bytes.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int64(bytes[$1])) }
  }
}

extension TarHeader {
  /// Reads a block.
  ///
  /// - Returns: Nil if it is no header.
  init?(block bytes: [UInt8]) {
    guard bytes.count == Self.block,
      Self.octal(bytes[148..<156]) == Self.sum(bytes), let size = Self.octal(bytes[124..<136])
    else { return nil }
    self.init(name: Self.text(bytes[0..<100]), size: size, kind: bytes[156])
    let prefix = Self.text(bytes[345..<500])
    if !prefix.isEmpty { name = prefix + "/" + name }
    if kind == 0 { kind = UInt8(ascii: "0") }
  }

  /// Takes over what a pax header says of this file.
  ///
  /// - Returns: Whether the records can be read.
  mutating func apply(pax records: [UInt8]) -> Bool {
    var rest = records[...]
    while !rest.isEmpty {
      guard let space = rest.firstIndex(of: 0x20),
        let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
        length > space - rest.startIndex + 1, length <= rest.count
      else { return false }
      let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
      rest = rest.dropFirst(length)
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { return false }
      let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
      switch String(decoding: record[..<equals], as: UTF8.self) {
      case "path": name = value
      case "size":
        guard let size = Int64(value), size >= 0 else { return false }
        self.size = size
      default: break
      }
    }
    return true
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func octal(_ bytes: ArraySlice<UInt8>) -> Int64? {
    let digits = bytes.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
    return digits.isEmpty
      ? 0
      : Int64(String(decoding: digits, as: UTF8.self), radix: 8)
        .flatMap { $0 < 0 ? nil : $0 }
  }
}
