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
}
