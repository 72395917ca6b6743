import Foundation
import Languages
import TestSupport
import Testing

@Suite("Prompt templates")
struct PromptTemplateTests {
  private func templates(_ tag: String) throws -> PromptTemplates {
    .for(try LanguageTag(tag))
  }

  @Test("Every file is in the program, and each of its sentences has one place for the label")
  func filesAreWhole() throws {
    let folder = root().appendingPathComponent("Sources/Languages/Prompts/Templates").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }
    #expect(files.count >= 24)
    #expect(PromptTemplates.languages.map(\.text) == files.sorted())
    for file in files {
      let found = try templates(file)
      #expect(found.language?.text == file)
      #expect(found.templates.count >= 3, "\(file)")
      #expect(Set(found.templates).count == found.templates.count, "\(file)")
      for template in found.templates {
        #expect(template.ranges(of: "{}").count == 1, "\(file): \(template)")
        #expect(!template.hasPrefix("#") && !template.hasPrefix(" "), "\(file): \(template)")
      }
    }
  }

  @Test("The first Korean one is KoCLIP's, and none has a particle that follows the last letter")
  func korean() throws {
    let korean = try templates("ko").templates
    #expect(korean.first.map { Array($0.utf8) } == Array("이것은 {} 이다.".utf8))
    for template in korean {
      let next = template.firstRange(of: "{}").flatMap { template[$0.upperBound...].first }
      #expect(next.map { !"은는이가을를과와로".contains($0) } ?? true, "\(template)")
    }
  }

  @Test(
    "A tag without templates of its own falls back to its language, in a script that fits",
    arguments: [
      ("ko-KR", "ko"), ("pt-BR", "pt"), ("en-Latn", "en"), ("zh", "zh-Hans"), ("zh-TW", "zh-Hant"),
      ("zh-Hant-HK", "zh-Hant"), ("zh-Hans-TW", "zh-Hans"), ("sr", "sr-Cyrl"), ("no", "nb"),
      ("sr-Latn-ME", "sr-Latn"), ("tl", "fil"), ("ca-valencia", "ca"), ("hi-Latn", nil),
      ("pa-Arab", nil), ("yo", nil),
    ])
  func fallsBack(tag: String, expected: String?) throws {
    let found = try templates(tag)
    #expect(found.language?.text == expected)
    if expected == nil { #expect(found == .bare && found.templates == ["{}"]) }
  }

  @Test("A label goes in as it is, even with braces of its own")
  func labels() throws {
    let own = try PromptTemplates(["<{}>", "a {c}"])
    #expect(own.prompts(for: "{} or {c}") == ["<{} or {c}>", "a {} or {c}"])
    #expect(PromptTemplates.bare.prompts(for: "x") == ["x"])
  }

  @Test("What has no place for the label, or two, is refused by name")
  func refusals() throws {
    #expect(throws: PromptTemplateError.noPlace("a photo")) { try PromptTemplates(["a photo"]) }
    #expect(throws: PromptTemplateError.severalPlaces("{} and {}", count: 2)) {
      try PromptTemplates(["{}", "{} and {}"])
    }
    #expect(throws: PromptTemplateError.none(path: "t.txt")) {
      try PromptTemplates(lines: "# nothing\n \n", path: "t.txt")
    }
    #expect("\(PromptTemplateError.noPlace("a photo"))".contains("“a photo” has no {}"))
    let read = try PromptTemplates(lines: "# mine\r\na {}\r\n\r\nb {}\r\n", path: "t.txt")
    #expect(read.templates == ["a {}", "b {}"])
  }
}
