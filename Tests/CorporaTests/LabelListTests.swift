import Corpora
import Foundation
import Languages
import TestSupport
import Testing

@Suite("Lists of labels")
struct LabelListTests {
  private let folder: TestSupport.TemporaryFolder

  init() throws { folder = try TestSupport.TemporaryFolder() }

  private func list(_ text: String, as name: String, set: String? = nil) throws -> LabelList {
    let path = folder.path + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try LabelList(contentsOf: path, set: set)
  }

  private func names(_ list: LabelList, _ tag: String?) -> [String: String] {
    let names = list.languages.first { $0.language?.text == tag }
    return Dictionary(
      uniqueKeysWithValues: zip(names?.classes ?? [], names?.labels ?? []).map {
        (list.ids[$0], $1)
      })
  }

  @Test("Text has one label a line, in a language that nobody says")
  func text() throws {
    let list = try list(" cat \r\n\n고양이\n", as: "labels.txt")
    #expect(list.ids == ["cat", "고양이"])
    #expect(list.languages.map(\.language) == [nil])
    let named = try list.only([LanguageTag("ko")])
    #expect(named.languages.map(\.language?.text) == ["ko"])
  }

  @Test(
    "Names in several languages are the same from every form of file",
    arguments: [
      ("l.tsv", "concept\ten\tko\ncat\tcat\t고양이\ndog\tdog\t\n"),
      ("l.csv", "en,ko\r\n\"cat\",고양이\r\ndog,\r\n"),
      ("l.json", #"{"en": ["cat", "dog"], "KO": ["고양이", null]}"#),
      ("l.json", #"{"cat": {"en": "cat", "ko": "고양이"}, "dog": {"en": "dog"}}"#),
    ])
  func severalLanguages(name: String, text: String) throws {
    let list = try list(text, as: name)
    #expect(list.ids == ["cat", "dog"])
    #expect(list.languages.map(\.language?.text) == ["en", "ko"])
    #expect(names(list, "en") == ["cat": "cat", "dog": "dog"])
    #expect(names(list, "ko") == ["cat": "고양이"])
    #expect(try list.only([LanguageTag("ko")]).languages.count == 1)
  }

  @Test("Babel-ImageNet's form: numbers of classes and their names, language by language")
  func babelImageNet() throws {
    let list = try list(
      #"{"EN": [[0, 2], ["tench", "crane"]], "SW": [[2], ["korongo"]]}"#, as: "b.json")
    #expect(list.ids == ["0", "2"])
    #expect(names(list, "en") == ["0": "tench", "2": "crane"])
    #expect(names(list, "sw") == ["2": "korongo"])
    #expect(list.classNumbers(of: ["Crane", "0", "korongo", ""]) == [1, 0, nil, nil])
  }

  @Test("CLIP_benchmark's form: one of several collections, whose equal names stay apart")
  func clipBenchmark() throws {
    let text = #"{"imagenet1k": ["missile", "sky", "missile"], "pets": ["cat"]}"#
    let list = try list(text, as: "c.json", set: "imagenet1k")
    #expect(list.ids == ["0", "1", "2"] && list.languages[0].language == nil)
    #expect(LabelList.sharedNames(list.languages[0]) == 2)
    // Which of two classes of one name is meant cannot be told.
    #expect(list.classNumbers(of: ["missile", "sky"]) == [nil, 1])
    let path = folder.path + "/c.json"
    #expect(throws: LabelListError.noSet(path: path, asked: nil, known: ["imagenet1k", "pets"])) {
      try LabelList(contentsOf: path)
    }
    #expect(throws: LabelListError.noSet(path: path, asked: "cars", known: ["imagenet1k", "pets"]))
    { try LabelList(contentsOf: path, set: "cars") }
  }

  @Test("No labels, a blank one, and two that look the same are refused by name")
  func refusals() throws {
    #expect(throws: LabelListError.empty(path: nil)) { try LabelList([]) }
    #expect(throws: LabelListError.blank(number: 2, path: nil)) { try LabelList(["cat", "  "]) }
    #expect(throws: LabelListError.twice("cat", path: nil)) { try LabelList(["cat", " cat "]) }
    // Composed and decomposed.
    #expect(throws: LabelListError.self) { try LabelList(["é", "e\u{301}"]) }
    #expect("\(LabelListError.twice("cat", path: nil))".contains("“cat” occurs twice"))
    #expect(throws: LabelListError.empty(path: folder.path + "/e.txt")) {
      try list("\n \n", as: "e.txt")
    }
    #expect(throws: LabelListError.noLanguage(asked: "fr", known: ["en"])) {
      try list(#"{"en": ["cat"]}"#, as: "l.json").only([LanguageTag("fr")])
    }
  }

  @Test(
    "What is no such file is refused in one line that names it",
    arguments: [
      ("x.json", "{"), ("x.json", "3"), ("x.json", #"{"en": 3}"#), ("x.json", "{}"),
      ("x.json", #"{"EN": [[0], ["a", "b"]]}"#), ("x.json", #"{"en": ["a"], "ko": ["b", "c"]}"#),
      ("x.json", #"{"cat": {"klingon!": "x"}}"#), ("x.tsv", "class\tklingon!\na\tb\n"),
      ("x.tsv", "class\ten\n"), ("x.tsv", "class\ten\na\n"), ("x.tsv", "class\ten\na\tb\na\tc\n"),
    ])
  func badFiles(name: String, text: String) throws {
    let error = #expect(throws: LabelListError.self) { try list(text, as: name) }
    let words = "\(try #require(error))"
    #expect(words.contains(folder.path + "/" + name), "\(words)")
    #expect(!words.contains("\n"))
  }

  @Test("A file of sentences gives those of its lines that say something, with their numbers")
  func sentences() throws {
    let path = folder.path + "/s.txt"
    try Data("\u{FEFF}one \r\n\n  \n둘\nthree".utf8).write(to: URL(fileURLWithPath: path))
    let file = try SentenceFile(path)
    #expect((0..<file.count).map(file.text(at:)) == ["one", "둘", "three"])
    #expect(file.lineNumbers == [1, 4, 5])
    let json = folder.path + "/s.jsonl"
    try Data("{\"text\": \"a\\nb\"}\n\n{\"id\": 1, \"text\": \"c\"}\n".utf8)
      .write(to: URL(fileURLWithPath: json))
    let lines = try SentenceFile(json)
    #expect((0..<lines.count).map(lines.text(at:)) == ["a\nb", "c"])
  }

  @Test(
    "Sentences that are none are refused with file and line",
    arguments: [
      ("e.txt", Data("\n \n".utf8), "has no sentences"),
      ("u.txt", Data([0x61, 0x0A, 0xFF, 0x0A]), "line 2"),
      ("w.txt", Data([0xFF, 0xFE, 0x61, 0x00]), "UTF-16"),
      ("j.jsonl", Data("{\"text\": \"a\"}\n{\"caption\": \"b\"}\n".utf8), "line 2 has no “text”"),
      ("k.jsonl", Data("{\"text\": \n".utf8), "line 1: no JSON"),
    ])
  func badSentences(name: String, data: Data, message: String) throws {
    let path = folder.path + "/" + name
    try data.write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: CorpusError.self) { try SentenceFile(path) }
    let words = "\(try #require(error))"
    #expect(words.contains(path) && words.contains(message), "\(words)")
  }
}
