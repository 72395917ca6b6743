import Languages
import Testing

@testable import Tokens

@Suite("Regular expressions of tokenizer.json")
struct PatternTests {
  private func matches(_ pattern: String, in text: String) throws -> [String] {
    let program = try PatternProgram(pattern)
    var found: [String] = []
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      program.forEachMatch(in: bytes, 0..<bytes.count) {
        found.append(String(decoding: bytes[$0], as: UTF8.self))
      }
    }
    return found
  }

  @Test(
    "A property is known by its name in whatever case, with or without underscores",
    arguments: [
      "Script=Canadian_Aboriginal", "Canadian_aboriginal", "script=canadian aboriginal",
      "CanadianAboriginal", "CANADIAN-ABORIGINAL",
    ])
  func looseNames(name: String) throws {
    #expect(try matches("\\p{\(name)}+", in: "ab ᐃᓄᒃᑎᑐᑦ cd") == ["ᐃᓄᒃᑎᑐᑦ"])
  }

  @Test("Every script and every category is known by its own name")
  func allNames() {
    for name in UnicodeTables.shared.scriptNames + UnicodeTables.categories {
      #expect(ScalarSet.property(name) != nil, "\(name)")
    }
    // A letter alone means all categories that begin with it, also where a script does.
    #expect(ScalarSet.property("l")?.contains(0x61) == true)
    #expect(ScalarSet.property("Hani_") == nil)
  }
}
