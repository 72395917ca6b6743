/// A digest of bytes, eight at a time: enough to tell other content from the same, in every version
/// and on every platform; it proves nothing to an adversary.
///
/// - Source: the mixing step of SplitMix64 (Steele et al. 2014) over 64-bit words.
package struct ContentDigest: Sendable {
  private var state: UInt64 = 0x243f_6a88_85a3_08d3

  package init() {}

  package mutating func combine(_ word: UInt64) {
    var z = state ^ word
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    state = (z ^ (z >> 31)) &+ 0x9e37_79b9_7f4a_7c15
  }

  package mutating func combine(_ bytes: UnsafeRawBufferPointer) {
    combine(UInt64(bytes.count))
    let whole = bytes.count / 8 * 8
    for start in stride(from: 0, to: whole, by: 8) {
      combine(
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)))
    }
    var rest: UInt64 = 0
    for index in whole..<bytes.count { rest = rest << 8 | UInt64(bytes[index]) }
    combine(rest)
  }

  package mutating func combine(_ text: String) {
    var text = text
    text.withUTF8 { combine(UnsafeRawBufferPointer($0)) }
  }

  /// The digest as a number.
  package var word: UInt64 { state }

  /// Sixteen hexadecimal digits.
  package var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
