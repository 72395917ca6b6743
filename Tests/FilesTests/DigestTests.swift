import Files
import Foundation
import Testing

@Suite("Digests, and work on all cores")
struct DigestTests {
  @Test(
    "SHA-256 gives the published digests",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func digests(text: String, digest: String) {
    let hex = sha256(Array(text.utf8)).map { String(format: "%02x", $0) }.joined()
    #expect(hex == digest)
  }

  @Test("What was computed at once comes back in order, each once", arguments: [0, 1, 2, 1000])
  func order(threads: Int) {
    var last = 0
    let made = concurrentMap(100, threads: threads, progress: { last = $0 }) { $0 * $0 }
    #expect(made == (0..<100).map { $0 * $0 })
    #expect(last == 100)
    #expect(concurrentMap(0) { $0 }.isEmpty)
  }
}
