import Evaluation
import Files
import Foundation
import TestSupport
import Testing

@Suite("Files of texts to be scored")
struct TextFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(_ name: String, _ text: String) throws -> String {
    let path = folder.path + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func error(_ hypotheses: String, _ references: [String]) -> TextSetError? {
    #expect(throws: TextSetError.self) {
      try TextSet(hypotheses: hypotheses, references: references)
    }
  }

  @Test("Lines belong together, each with a line of every file of references")
  func lines() throws {
    let set = try TextSet(
      hypotheses: file("h", "eins\r\n\nzwei\u{2028}drei"),
      references: [file("a", "1\n2\n3\n"), file("b", "x\ny\nz")])
    #expect(set.hypotheses == ["eins", "", "zwei\u{2028}drei"])
    #expect(set.references == [["1", "x"], ["2", "y"], ["3", "z"]])
    #expect(set.names == ["line 1", "line 2", "line 3"])
    #expect(
      set.problems == [
        "1 of 3 hypotheses is empty, the first that of line 2; they are scored as they are."
      ])
  }

  @Test("Other numbers of lines, no lines and other encodings are refused")
  func refusesLines() throws {
    let three = try file("three", "a\nb\nc\n")
    let two = try file("two", "a\nb\n")
    #expect(error(three, [two]) == .lines(path: two, count: 2, of: three, expected: 3))
    let nothing = try file("nothing", "")
    #expect(error(nothing, [two]) == .noTexts(path: nothing))
    let latin = folder.path + "/latin"
    try Data([0x63, 0xE9, 0x0A]).write(to: URL(fileURLWithPath: latin))
    #expect(error(latin, [latin]) == .notUTF8(path: latin))
    #expect(throws: FileError.self) {
      try TextSet(hypotheses: three, references: [folder.path + "/none"])
    }
  }

  private static let annotations = """
    {"images": [{"id": 7, "file_name": "a.b.jpg"}, {"id": 10, "file_name": "c.jpg"}],
     "annotations": [{"image_id": 10, "id": 1, "caption": "one"}, {"image_id": 7, "id": 2, \
    "caption": "two"}, {"image_id": 10, "id": 3, "caption": "three"}]}
    """

  @Test("COCO's results find their captions by number, and AIC-ICC's by the file's name")
  func results() throws {
    let annotations = try file("captions.json", Self.annotations)
    for ids in [("10", "7"), ("\"c\"", "\"a.b\""), ("\"c.jpg\"", "\"7\"")] {
      let results = try file(
        "results.json",
        " [{\"image_id\": \(ids.0), \"caption\": \"x\"}, {\"image_id\": \(ids.1), \"caption\": \"y\"}]"
      )
      let set = try TextSet(hypotheses: results, references: [annotations])
      #expect(set.names == ["picture 7", "picture 10"])
      #expect(set.hypotheses == ["y", "x"])
      #expect(set.references == [["two"], ["one", "three"]])
    }
  }

  @Test("Pictures that are missing, unknown or there twice are named")
  func refusesResults() throws {
    let annotations = try file("captions.json", Self.annotations)
    func results(_ entries: String) throws -> String { try file("results.json", "[\(entries)]") }
    let one = try results("{\"image_id\": 10, \"caption\": \"x\"}")
    #expect(
      error(one, [annotations]) == .missingPictures(path: one, ids: ["7"], of: annotations))
    let partial = try TextSet(hypotheses: one, references: [annotations], isPartial: true)
    #expect(partial.names == ["picture 10"])
    #expect(error(one, [annotations, annotations]) == .severalAnnotations)
    let unknown = try results("{\"image_id\": 11, \"caption\": \"x\"}")
    #expect(
      error(unknown, [annotations]) == .unknownPicture(path: unknown, id: "11", of: annotations))
    let twice = try results(
      "{\"image_id\": 7, \"caption\": \"x\"}, {\"image_id\": 7, \"caption\": \"y\"}")
    #expect(error(twice, [annotations]) == .repeatedPicture(path: twice, id: "7"))
    let bare = try results("{\"image_id\": 7}")
    #expect(error(bare, [annotations]) == .notResults(path: bare))
    let whole = try results(
      "{\"image_id\": 7, \"caption\": \"x\"}, {\"image_id\": 10, \"caption\": \"y\"}")
    let odd = try file("odd.json", "{\"images\": []}")
    #expect(error(whole, [odd]) == .notAnnotations(path: odd))
  }

  @Test("Lines that begin with a bracket are lines")
  func bracketsAreLines() throws {
    let set = try TextSet(
      hypotheses: file("h.txt", "[a] b\nc\n"), references: [file("r.txt", "[a] b\nd\n")])
    #expect(set.hypotheses == ["[a] b", "c"])
  }
}
