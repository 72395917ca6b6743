/// Big-endian numbers of a font file, every access checked against its end.
struct FontBytes {
  private let bytes: [UInt8]

  /// Why the file is not a font that can be read.
  struct Fault: Error {
    let reason: String
  }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  func slice(_ place: Int, _ count: Int) throws(Fault) -> [UInt8] {
    guard place >= 0, count >= 0, place <= bytes.count, count <= bytes.count - place else {
      throw Fault(reason: "it ends before byte \(place)")
    }
    return Array(bytes[place..<place + count])
  }

  func u8(_ place: Int) throws(Fault) -> Int { try number(place, 1) }
  func u16(_ place: Int) throws(Fault) -> Int { try number(place, 2) }
  func u32(_ place: Int) throws(Fault) -> Int { try number(place, 4) }

  /// The signed 8-bit number at `place`.
  func i8(_ place: Int) throws(Fault) -> Int { Int(Int8(truncatingIfNeeded: try u8(place))) }

  private func number(_ place: Int, _ count: Int) throws(Fault) -> Int {
    guard place >= 0, place <= bytes.count - count else {
      throw Fault(reason: "it ends before byte \(place)")
    }
    var number = 0
    for index in place..<place + count { number = number << 8 | Int(bytes[index]) }
    return number
  }

  /// Where each table begins, by its tag.
  func tables() throws(Fault) -> [String: Int] {
    let version = try u32(0)
    guard version == 0x0001_0000 || version == 0x4F54_544F || version == 0x7472_7565 else {
      throw Fault(reason: "it does not begin as a font does")
    }
    var tables: [String: Int] = [:]
    for index in 0..<(try u16(4)) {
      let record = 12 + 16 * index
      tables[String(decoding: try slice(record, 4), as: UTF8.self)] = try u32(record + 8)
    }
    return tables
  }
}
