internal import Files

/// Writes a tar archive: ustar, with PAX headers for names and sizes that do not fit.
///
/// Times and owners are all zero, so that equal samples make equal files.
struct TarWriter {
  private let file: OutputFile

  private static let block = 512

  init(_ file: OutputFile) {
    self.file = file
  }

  /// How many bytes the archive has so far.
  var size: Int { file.size }

  mutating func add(_ name: String, _ bytes: [UInt8]) throws(FileError) {
    let isPlain = name.utf8.count < 100 && name.utf8.allSatisfy { $0 < 0x80 }
    if !isPlain || bytes.count >= 1 << 33 {
      let records = record("path", name) + record("size", String(bytes.count))
      try addMember("pax-header", records, type: UInt8(ascii: "x"))
    }
    try addMember(isPlain ? name : "long-name", bytes, type: UInt8(ascii: "0"))
  }

  /// Adds the end mark and closes the file.
  mutating func finish() throws(FileError) {
    let end = 2 * Self.block
    // Padded to a record of 20 blocks, as every tar program does.
    let record = 20 * Self.block
    let total = (file.size + end + record - 1) / record * record
    try file.write([UInt8](repeating: 0, count: total - file.size))
    try file.finish()
  }

  private func addMember(
    _ name: String, _ bytes: [UInt8], type: UInt8
  ) throws(FileError) {
    var header = [UInt8](repeating: 0, count: Self.block)
    func put(_ text: String, at place: Int) {
      header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
    }
    func octal(_ number: Int, digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
    put(name, at: 0)
    put("0000644", at: 100)
    put("0000000", at: 108)
    put("0000000", at: 116)
    put(octal(bytes.count < 1 << 33 ? bytes.count : 0, digits: 11), at: 124)
    put("00000000000", at: 136)
    put("        ", at: 148)
    header[156] = type
    put("ustar\u{0}00", at: 257)
    put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\u{0} ", at: 148)
    try file.write(header)
    try file.write(bytes)
    let padding = (Self.block - bytes.count % Self.block) % Self.block
    try file.write([UInt8](repeating: 0, count: padding))
  }

  /// `"LENGTH KEY=VALUE\n"`, where the length counts its own digits.
  private func record(_ key: String, _ value: String) -> [UInt8] {
    let rest = " \(key)=\(value)\n"
    var length = rest.utf8.count + 1
    while String(length).utf8.count + rest.utf8.count != length {
      length = String(length).utf8.count + rest.utf8.count
    }
    return Array("\(length)\(rest)".utf8)
  }
}
