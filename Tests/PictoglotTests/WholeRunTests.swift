import Corpora
import Evaluation
import Foundation
import Pictoglot
import Pictures
import Search
import Synchronization
import TestSupport
import Testing
import Training

/// Eight pictures, each with captions in three made-up languages, all in the split “train”.
struct TinyCollection {
  static let concepts = ["red", "green", "blue", "yellow", "black", "white", "pink", "cyan"]
  static let colours: [[UInt8]] = [
    [220, 20, 20], [20, 200, 20], [20, 20, 220], [230, 230, 20], [10, 10, 10], [250, 250, 250],
    [250, 120, 180], [20, 220, 220],
  ]
  static let korean = ["빨강", "초록", "파랑", "노랑", "검정", "하양", "분홍", "하늘"]

  let folder: TemporaryFolder
  var path: String { folder.path + "/captions.jsonl" }

  init() throws {
    folder = try TemporaryFolder()
    var lines = ""
    for (index, concept) in Self.concepts.enumerated() {
      let pixels = (0..<24 * 24).flatMap { place -> [UInt8] in
        // Stripes tell pictures apart even when colours are changed.
        place / 3 % (index + 2) == 0 ? [128, 128, 128] : Self.colours[index]
      }
      let file = Picture(width: 24, height: 24, pixels: pixels)
      try Data(file.png()).write(to: URL(fileURLWithPath: "\(folder.path)/\(concept).png"))
      let captions = ["en": [concept], "ko": [Self.korean[index]], "de": ["ein " + concept]]
      let record: [String: Any] = [
        "id": concept, "image": "\(concept).png", "captions": captions, "concept": concept,
        "split": "train", "source": "test", "license": "CC0-1.0",
      ]
      let data = try JSONSerialization.data(withJSONObject: record, options: .sortedKeys)
      lines += String(decoding: data, as: UTF8.self) + "\n"
    }
    try Data(lines.utf8).write(to: URL(fileURLWithPath: path))
  }

  func request(out: String, steps: Int) -> TrainingRun.Request {
    var request = TrainingRun.Request(recipe: "concepts", data: path, out: folder.path + "/" + out)
    request.assignments = [
      "training.steps=\(steps)", "training.batch=8", "training.captionsPerPicture=3",
      "training.vocabulary=400", "training.rate=0.003", "training.precision=float32",
      "training.validationMinutes=0", "training.average=0.5", "training.warmup=0.2",
      #"training.preprocessing={"size":16,"fit":"pad","filter":"bicubic","mean":[0.5,0.5,0.5],"standardDeviation":[0.5,0.5,0.5]}"#,
      #"model.image={"kind":"vit","size":16,"patch":4,"width":32,"depth":1,"heads":2,"stem":"patch","pooling":"mean"}"#,
      #"model.text={"kind":"transformer","vocabulary":0,"contextLength":16,"width":32,"depth":1,"heads":2,"pooling":"mean"}"#,
      "model.width=24",
    ]
    request.device = "cpu"
    return request
  }
}

@Suite("A whole run", .serialized)
struct WholeRunTests {
  private let collection: TinyCollection

  init() throws { collection = try TinyCollection() }

  private func train(_ request: TrainingRun.Request, interruptAt step: Int? = nil) throws {
    let steps = StepCounter()
    let run = try TrainingRun(
      request, on: { _ in }, isInterrupted: { steps.next() == step })
    #expect(try run.run() == (step == nil ? .finished : .interrupted))
  }

  @Test("Twenty-five steps on eight pictures find each by its captions in every language")
  func learns() async throws {
    var request = collection.request(out: "run", steps: 25)
    request.assignments.append(#"training.augmentation={}"#)
    try train(request)
    let model = try await ImageTextModel(folder: request.out, device: "cpu")
    let corpus = try Corpus(opening: collection.path)
    let report = try await model.evaluate(on: corpus, options: .quick)
    #expect(report.languages.count == 3)
    for language in report.languages {
      #expect(language.textToImage.recall(at: 1)?.value.value == 1, "\(language.language)")
      #expect(language.imageToText.recall(at: 1)?.value.value == 1, "\(language.language)")
    }
  }

  @Test("A run that is interrupted and resumed ends with the same numbers to the bit")
  func resumesExactly() throws {
    let whole = collection.request(out: "whole", steps: 9)
    try train(whole)
    var halted = collection.request(out: "halted", steps: 9)
    try train(halted, interruptAt: 4)
    halted.resumes = true
    halted.assignments = []
    try train(halted)
    for name in ["model.safetensors", "checkpoint.safetensors"] {
      let numbers = try Data(contentsOf: URL(fileURLWithPath: whole.out + "/" + name))
      let resumed = try Data(contentsOf: URL(fileURLWithPath: halted.out + "/" + name))
      // The header tells the seconds used, which differ; the numbers behind it must not.
      #expect(numbers.suffix(20_000) == resumed.suffix(20_000), "\(name)")
      #expect(numbers.count > 20_000)
    }
  }

  @Test("A second run into the same folder is refused, as is going on with nothing")
  func refusesReuse() throws {
    let request = collection.request(out: "run", steps: 1)
    try train(request)
    #expect(throws: TrainingError.folderInUse(path: request.out)) { try train(request) }
    var absent = collection.request(out: "absent", steps: 1)
    absent.resumes = true
    absent.assignments = []
    #expect(throws: TrainingError.nothingToResume(path: absent.out)) { try train(absent) }
  }

  @Test("An index of the collection finds pictures by text, by picture, and by both")
  func searches() async throws {
    var request = collection.request(out: "run", steps: 25)
    request.assignments.append(#"training.augmentation={}"#)
    try train(request)
    let model = try await ImageTextModel(folder: request.out, device: "cpu")
    let corpus = try Corpus(opening: collection.path)
    let index = collection.folder.path + "/index"
    let made = try await model.index(
      corpus, to: index, progress: { _, _ in }, isInterrupted: { false })
    #expect(made.indexed == 8 && made.problems.isEmpty)
    let engine = try IndexSearchEngine(index: SearchIndex(opening: index), embedder: model)
    let byText = try await engine.search(SearchRequest(text: "초록", language: "ko", limit: 3))
    #expect(byText.hits.first?.entry.name == "green")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: collection.folder.path + "/blue.png"))
    let byPicture = try await engine.search(
      SearchRequest(operands: [.init(.picture([UInt8](bytes)))], limit: 1))
    #expect(byPicture.hits.first?.entry.name == "blue")
    #expect((byPicture.hits.first?.score ?? 0) > 0.999)
    let again = try await model.index(
      corpus, to: index, progress: { _, _ in }, isInterrupted: { false })
    #expect(again.reused == 8 && again.indexed == 0)
  }

  @Test("The five lines of the README compare a picture with texts")
  func fiveLines() async throws {
    var request = collection.request(out: "run", steps: 25)
    request.assignments.append(#"training.augmentation={}"#)
    try train(request)
    let model = try await ImageTextModel(folder: request.out)
    let picture = try await model.embed(pictureFile: collection.folder.path + "/red.png")
    let right = try await model.embed("빨강", language: "ko")
    let wrong = try await model.embed("파랑", language: "ko")
    #expect(picture.similarity(to: right) > picture.similarity(to: wrong))
    await #expect(throws: (any Error).self) { try await model.embed("x", language: "not a tag") }
  }
}

/// Counts the steps of a run, so that a test can interrupt it at one.
private final class StepCounter: Sendable {
  private let count = Mutex(0)
  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}
