/// Why bytes are not the UTF-8 text that captions have to be.
package enum TextEncoding {
  /// The text of `bytes` without a byte order mark, or why they are not UTF-8.
  package static func decoded(_ bytes: some Collection<UInt8>) -> Result<String, Fault> {
    if let mark = foreignMark(bytes) { return .failure(Fault(reason: mark)) }
    let body = bytes.starts(with: utf8Mark) ? bytes.dropFirst(3) : bytes.dropFirst(0)
    if let text = String(validating: body, as: UTF8.self) {
      return text.utf8.contains(0)
        ? .failure(Fault(reason: "it holds zero bytes, as UTF-16 does; save it as UTF-8"))
        : .success(text)
    }
    return .failure(Fault(reason: fault(in: body)))
  }

  package struct Fault: Error {
    package let reason: String
  }

  static let utf8Mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// What the byte order mark of UTF-16 or UTF-32 at the beginning says, if there is one.
  static func foreignMark(_ bytes: some Collection<UInt8>) -> String? {
    let name: String
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
      name = "UTF-32"
    } else if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      name = "UTF-16"
    } else {
      return nil
    }
    return "it is \(name), not UTF-8; convert it with “iconv -f \(name) -t UTF-8”"
  }

  private static func fault(in bytes: some Collection<UInt8>) -> String {
    var index = bytes.startIndex
    var place = 0
    while index != bytes.endIndex {
      let length = sequenceLength(bytes[index...])
      guard length > 0 else { break }
      index = bytes.index(index, offsetBy: length)
      place += length
    }
    guard index != bytes.endIndex else { return "it is not UTF-8" }
    let byte = String(bytes[index], radix: 16, uppercase: true)
    return "it is not UTF-8 (byte 0x\(byte) at \(place)); is it Latin-1 or another old encoding?"
  }

  /// The length of the well-formed sequence at the beginning, 0 if it is ill-formed.
  private static func sequenceLength(_ bytes: some Collection<UInt8>) -> Int {
    guard let first = bytes.first else { return 0 }
    let length =
      switch first {
      case 0..<0x80: 1
      case 0xC2..<0xE0: 2
      case 0xE0..<0xF0: 3
      case 0xF0..<0xF5: 4
      default: 0
      }
    let sequence = Array(bytes.prefix(length))
    return sequence.count == length && String(validating: sequence, as: UTF8.self) != nil
      ? length : 0
  }
}
