import Foundation

/// Where inputs that broke something are kept.
struct Findings {
  /// The most that are kept of one reader: one mistake shows in many.
  static let maximum = 20

  let folder: String

  /// Keeps an input under the hash of its bytes, and says what it did.
  func keep(_ input: [UInt8], of target: String, index: Int, _ reason: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // FNV-1a, as in RFC 9923.
    let hash = input.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
    }
    let path = folder + "/" + target + "-" + String(hash, radix: 16)
    try Data(input).write(to: URL(fileURLWithPath: path))
    print("\(target) input \(index) \(reason)\n  kept as \(path)")
  }
}
