import Checkpoints
import Foundation

extension Model {
  /// Our own files carry a digest of their numbers; of others the names, shapes, size and both ends
  /// are digested, as reading gigabytes to name them would take longer than to use them.
  static func identity(of files: ModelFiles, parts: [any TensorFile]) throws -> String {
    if let own = (parts.first as? SafetensorsFile)?.metadata["identity"] { return own }
    var digest = FNV()
    for part in parts {
      for (name, entry) in part.entries.sorted(by: { $0.key < $1.key }) {
        digest.combine("\(name) \(entry.dtype) \(entry.shape)\n".utf8)
      }
    }
    for path in files.weights.map(\.path) + [files.tokenizer].compactMap({ $0 }) {
      guard let file = FileHandle(forReadingAtPath: path) else { continue }
      defer { try? file.close() }
      let size = try file.seekToEnd()
      digest.combine("\(size)".utf8)
      for place in [0, size > 65536 ? size - 65536 : 0] {
        try file.seek(toOffset: place)
        digest.combine(try file.read(upToCount: 65536) ?? Data())
      }
    }
    return digest.text
  }
}

/// The 64-bit Fowler–Noll–Vo hash: enough to tell one model from another, not to prove anything.
struct FNV {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func combine(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
