import Corpora
import Evaluation
import Foundation
import Languages
import Pictoglot
import Search
import TestSupport
import Testing
import Vectors

@Suite("Classifying and matching", .serialized)
struct ClassifyTests {
  private let collection: TinyCollection
  private let run: String

  init() throws {
    collection = try TinyCollection()
    run = collection.folder.path + "/run"
    var request = TrainingRun.Request(recipe: "concepts", data: collection.path, out: run)
    request.assignments = TinyCollection.assignments(steps: 25)
    request.device = "cpu"
    _ = try TrainingRun(request, on: { _ in }, isInterrupted: { false }).run()
  }

  private func model(_ place: String? = nil) async throws -> ImageTextModel {
    try await ImageTextModel(place ?? run, device: "cpu")
  }

  private func picture(_ name: String) -> String { "\(collection.folder.path)/\(name).png" }

  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: picture(name))))
  }

  @Test("The label that fits comes first, in any language, and probabilities add up to one")
  func fits() async throws {
    let model = try await model()
    for labels in [["red", "blue", "pink"], ["파랑", "빨강", "분홍"], ["ein blue", "ein red"]] {
      let answers = try await model.classify(
        pictureFile: picture("red"), as: labels, templates: .none)
      #expect(["red", "빨강", "ein red"].contains(answers[0].label), "\(answers)")
      #expect(answers.count == labels.count)
      #expect(abs(answers.reduce(0) { $0 + $1.probability } - 1) < 1e-5)
      #expect(answers == answers.sorted { $0.probability > $1.probability })
    }
  }

  @Test("A class is the mean of its prompts' embeddings, and probabilities are a softmax of them")
  func matchesFormula() async throws {
    let model = try await model()
    let (labels, templates) = (["red", "blue"], ["a {}", "{} ein", "red {}"])
    let picture = try await model.embed(picture: bytes("cyan"))
    var cosines: [Double] = []
    for label in labels {
      var mean = [Double](repeating: 0, count: model.width)
      for template in templates {
        let prompt = template.replacingOccurrences(of: "{}", with: label)
        for (place, value) in try await model.embed(prompt).values.enumerated() {
          mean[place] += Double(value) / Double(templates.count)
        }
      }
      let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
      cosines.append(zip(mean, picture.values).reduce(0) { $0 + $1.0 / length * Double($1.1) })
    }
    let answers = try await model.classify(
      picture: bytes("cyan"), as: labels, templates: .own(templates))
    let found = Dictionary(uniqueKeysWithValues: answers.map { ($0.label, $0) })
    for (label, cosine) in zip(labels, cosines) {
      #expect(abs(Double(found[label]?.similarity ?? 9) - cosine) < 1e-5)
    }
    // The ratio of two softmax probabilities is exp(scale · difference).
    let logged = log(
      Double(found["red"]?.probability ?? 0) / Double(found["blue"]?.probability ?? 1))
    let scale = await model.scale
    #expect(abs(logged - scale * (cosines[0] - cosines[1])) < 1e-3)
  }

  @Test("A run with the sigmoid loss asks each label alone, also if its file does not say so")
  func sigmoidRuns() async throws {
    let place = collection.folder.path + "/sigmoid"
    var request = TrainingRun.Request(recipe: "concepts", data: collection.path, out: place)
    request.assignments = TinyCollection.assignments(steps: 25) + ["loss=sigmoid"]
    request.device = "cpu"
    _ = try TrainingRun(request, on: { _ in }, isInterrupted: { false }).run()
    let card = place + "/model.json"
    let text = try String(contentsOfFile: card, encoding: .utf8)
    #expect(text.contains("\"scoring\" : \"sigmoid\""))
    let reply = try await model(place).classify(
      picture: bytes("red"), labels: [Query("red"), Query("blue")], template: "{}")
    #expect(!reply.isExclusive)
    let older = text.replacingOccurrences(of: "\"scoring\" : \"sigmoid\",", with: "")
    #expect(older != text)
    try older.write(toFile: card, atomically: true, encoding: .utf8)
    let again = try await model(place).classify(
      picture: bytes("red"), labels: [Query("red"), Query("blue")], template: "{}")
    #expect(again == reply)
    #expect(
      try await model().classify(picture: bytes("red"), labels: [Query("x")], template: nil)
        .isExclusive)
  }

  @Test("Labels stand in the reply as they were asked, each with the language it was taken for")
  func repliesInOrder() async throws {
    let reply = try await model().classify(
      picture: bytes("red"),
      labels: [
        Query("blue", language: languageTag("en")), Query(" 빨강 ", language: languageTag("ko")),
        Query("ein red"),
      ], template: nil)
    #expect(reply.scores.map(\.label) == ["blue", "빨강", "ein red"])
    #expect(reply.scores.prefix(2).map { $0.language?.text } == ["en", "ko"])
    #expect(reply.readings.count == 3)
    #expect(reply.readings[1].text == "이것은 빨강 이다.")
  }

  @Test("What cannot be asked is refused in words that name it")
  func refusals() async throws {
    let model = try await model()
    func words(_ body: () async throws -> Void) async -> String {
      do { try await body() } catch { return "\(error)" }
      return ""
    }
    let file = picture("red")
    for (labels, language, templates, message) in [
      ([], nil, ImageTextModel.Templates.usual, "There are no labels"),
      (["a", " a"], nil, .usual, "“a” occurs twice"),
      (["a", "\u{200B}\u{FEFF}"], nil, .usual, "Label 2 is blank"),
      (["a", "b"], "klingon!", .usual, "“klingon!” is not a language tag"),
      (["a", "b"], "xq", .usual, "“xq” names no registered language"),
      (["a", "b"], nil, .own(["no place"]), "“no place” has no {}"),
    ] as [([String], String?, ImageTextModel.Templates, String)] {
      let said = await words {
        _ = try await model.classify(
          pictureFile: file, as: labels, language: language, templates: templates)
      }
      #expect(said.contains(message), "\(said)")
    }
    // What a page asks becomes an error that its asker can mend.
    let red = try bytes("red")
    for (labels, template) in [([], nil), ([Query("a"), Query("a")], nil), ([Query("a")], "x")]
      as [([Query], String?)]
    {
      await #expect(throws: SearchError.self) {
        try await model.classify(picture: red, labels: labels, template: template)
      }
    }
    await #expect(throws: SearchError.self) {
      try await model.classify(picture: [1, 2, 3], labels: [Query("a")], template: nil)
    }
  }

  @Test("A language that the model never saw is a remark, and the answer comes all the same")
  func unseenLanguage() async throws {
    let labels = try await model().embed(labels: [Query("nyekundu", language: languageTag("sw"))])
    #expect(labels.notes.count == 1)
    #expect(labels.notes[0].contains("has not learned Swahili"), "\(labels.notes)")
    let answers = try await model().classify(
      pictureFile: picture("red"), as: ["nyekundu", "buluu"], language: "sw")
    #expect(answers.count == 2)
  }

  @Test("A tag that names no language is as none")
  func understandsTags() async throws {
    let model = try await model()
    let und = languageTag("und")
    #expect(Query("blue", language: und) == Query("blue"))
    #expect(Query("blue", language: languageTag("und-Latn")).language == nil)
    let read = try await model.embed(texts: [Query("blue", language: und), Query("blue")])
    #expect(read.vectors[0] == read.vectors[1] && read.readings[0] == read.readings[1])
    let labels = try await model.embed(labels: [Query("blue", language: und), Query("red")])
    #expect(!labels.readings.contains { $0.note?.contains("Unknown") == true })
  }

  @Test("A text of which the vocabulary has no character is a remark")
  func remarksUnknown() async throws {
    let read = try await model().embed(texts: [Query("🍎"), Query("red 🍎"), Query("red")])
    let notes = read.readings.map { $0.note ?? "" }
    #expect(notes[0].contains("No character of “🍎” is in"))
    #expect(!notes[1].contains("No character") && !notes[2].contains("No character"))
  }

  @Test("Every picture of a corpus is classified in every language, and the right ones counted")
  func corpus() async throws {
    let model = try await model()
    let file = collection.folder.path + "/labels.tsv"
    let colours = ["red", "green", "blue", "yellow", "black", "white", "pink", "cyan"]
    let korean = ["빨강", "초록", "파랑", "노랑", "검정", "하양", "분홍", ""]
    let rows = zip(colours, korean).map { "\($0)\t\($0)\t\($1)\n" }.joined()
    try Data(("concept\ten\tko\n" + rows).utf8).write(to: URL(fileURLWithPath: file))
    let list = try LabelList(contentsOf: file)
    let broken = Sample(
      id: "broken", captions: [:], concept: "red", picture: .file(path: collection.path))
    let corpus = Corpus(
      path: "", samples: try Corpus(opening: collection.path).samples + [broken])
    let languages = try await model.classifier(list, templates: .none)
    let report = try await model.classify(corpus, by: languages, of: list, limit: 3)
    #expect(report.pictures == 8 && report.knownPictures == 8 && report.classes == 8)
    #expect(report.problems.count == 1 && report.problems[0].hasPrefix("broken: "))
    #expect(report.languages.map(\.language) == ["en", "ko"])
    #expect(report.languages.map(\.classes) == [8, 7])
    #expect(report.languages.map { $0.result?.pictures } == [8, 7])
    #expect(report.languages.map { $0.result?.acc1.value } == [1, 1])
    // Korean has no cyan, and so takes that picture for something else.
    #expect(report.agreement[0][1] == 7.0 / 8)
    #expect(report.examples.count == 8)
  }

  @Test("The sentences that fit best are found, equal ones once, and their vectors kept")
  func matches() async throws {
    let model = try await model()
    let file = collection.folder.path + "/lines.txt"
    let text = "green\nein red\n빨강\n\nred\nred\nred\nblue\nsomething else\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    let cache = collection.folder.path + "/cache"
    let sentences = try await model.sentences(inFile: file, cache: .folder(cache))
    #expect(sentences.count == 8)
    let found = try await model.match(pictureFile: picture("red"), among: sentences, limit: 3)
    #expect(Set(found.map(\.text)) == ["red", "ein red", "빨강"])
    #expect(found.first { $0.text == "red" }?.line == 5)
    #expect(found.map(\.similarity) == found.map(\.similarity).sorted(by: >))
    let all = try await model.match(pictureFile: picture("red"), among: sentences, limit: 100)
    #expect(all.count == 6)

    // Asked again, nothing is read anew; asked otherwise, or broken, everything is.
    var made = 0
    func again(in language: String? = nil, _ kept: Sentences.Cache) async throws -> Sentences {
      made = 0
      return try await model.sentences(inFile: file, language: language, cache: kept) { done, _ in
        made = done
        return true
      }
    }
    #expect(try await again(.folder(cache)).count == 8 && made == 0)
    _ = try await again(in: "ko", .folder(cache))
    #expect(made == 8)
    _ = try await again(.none)
    #expect(made == 8)
    let folders = try FileManager.default.contentsOfDirectory(atPath: cache)
    #expect(folders.count == 2)
    for folder in folders {
      try Data("no".utf8).write(to: URL(fileURLWithPath: "\(cache)/\(folder)/vectors.npy"))
    }
    let mended = try await again(.folder(cache))
    #expect(made == 8)
    let anew = try await model.match(pictureFile: picture("red"), among: mended, limit: 3)
    #expect(anew.map(\.text) == found.map(\.text) && anew.map(\.line) == found.map(\.line))
    #expect(zip(anew, found).allSatisfy { abs($0.similarity - $1.similarity) < 1e-5 })

    let other = collection.folder.path + "/other"
    var request = TrainingRun.Request(recipe: "concepts", data: collection.path, out: other)
    request.assignments = TinyCollection.assignments(steps: 1)
    request.device = "cpu"
    _ = try TrainingRun(request, on: { _ in }, isInterrupted: { false }).run()
    let stranger = try await self.model(other)
    await #expect(throws: SearchError.self) {
      try await stranger.match(pictureFile: picture("red"), among: sentences)
    }
  }

  @Test("Stopped while reading sentences, nothing is kept")
  func stops() async throws {
    let model = try await model()
    let file = collection.folder.path + "/lines.txt"
    try Data("red\nblue\n".utf8).write(to: URL(fileURLWithPath: file))
    let cache = collection.folder.path + "/cache"
    await #expect(throws: CancellationError.self) {
      try await model.sentences(inFile: file, language: nil, cache: .folder(cache)) { _, _ in
        false
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache) == [])
  }
}
