internal import Crypto
internal import Foundation

/// The running checksum that an etag promises: SHA-256 (64 digits), or git's SHA-1 of a file (40).
struct Checksum {
  private let expected: String
  private var sha256: SHA256?
  private var git: Insecure.SHA1?

  /// - Parameter size: In bytes; git puts it before the file's contents.
  init(expecting etag: String, size: Int64) {
    expected = etag
    if etag.utf8.count == 64 {
      sha256 = SHA256()
    } else {
      git = Insecure.SHA1()
      git?.update(data: Data("blob \(size)\0".utf8))
    }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    sha256?.update(bufferPointer: bytes)
    git?.update(bufferPointer: bytes)
  }

  /// The checksum so far, in hexadecimal digits.
  var value: String { sha256?.finalize().hex ?? git?.finalize().hex ?? "" }

  var isAsExpected: Bool { value == expected }
}

extension Sequence<UInt8> {
  var hex: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
