import Foundation
import Testing

@testable import Corpora

@Suite("Rules of the collection")
struct CollectionRuleTests {
  @Test(
    "A concept is the caption without article and punctuation",
    arguments: [
      ("A red apple.", "red-apple"), ("two o’clock", "two-o-clock"),
      ("flag: Côte d’Ivoire", "flag-côte-d-ivoire"),
      ("The", "the"), ("An owl!", "owl"), ("x-ray", "x-ray"), ("...", ""),
    ])
  func concepts(caption: String, concept: String) {
    #expect(ConceptRule.concept(ofEnglish: caption) == concept)
  }

  @Test("Concepts that differ in gender alone are in one split")
  func splits() {
    for concept in ["cook", "farmer", "dancing", "in-tuxedo"] {
      let split = ConceptRule.split(ofConcept: concept)
      for word in ["man", "woman", "person", "men", "women"] {
        #expect(ConceptRule.split(ofConcept: "\(word)-\(concept)") == split)
      }
    }
    let counts = (0..<5000).map { ConceptRule.split(ofConcept: "thing-\($0)") }
      .reduce(into: [:]) { $0[$1, default: 0] += 1 }
    #expect(abs((counts["train"] ?? 0) - 4000) < 150)
    #expect(abs((counts["test"] ?? 0) - 600) < 100)
  }

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
}
