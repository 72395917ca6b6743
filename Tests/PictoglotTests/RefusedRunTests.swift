import Foundation
import Pictoglot
import Synchronization
import TestSupport
import Testing
import Training

@Suite("Runs that cannot be", .serialized)
struct RefusedRunTests {
  private let collection: TinyCollection

  init() throws { collection = try TinyCollection() }

  /// Expects one line that holds some words, and no checkpoint.
  private func expectRefusal(
    _ words: String..., of run: TinyRun = .clip, at location: SourceLocation = #_sourceLocation,
    _ change: (inout TrainingRun.Request) -> Void
  ) {
    var request = run.request(in: collection, out: "run")
    change(&request)
    #expect(sourceLocation: location) {
      _ = try TrainingRun(request, on: { _ in }, isInterrupted: { false })
    } throws: { error in
      let line = "\(error)"
      return !line.contains("\n") && words.allSatisfy(line.contains)
    }
    #expect(
      !FileManager.default.fileExists(atPath: request.out + "/checkpoint.safetensors"),
      sourceLocation: location)
  }

  /// The collection with captions in one language alone.
  private func inOneLanguage(_ language: String) throws -> String {
    try rewritten(language) { record in
      record["captions"] = (record["captions"] as? [String: Any])?.filter { $0.key == language }
    }
  }

  /// The collection with changed records, as a file of a name.
  private func rewritten(_ name: String, _ change: (inout [String: Any]) -> Void) throws -> String {
    let lines = try String(contentsOfFile: collection.path, encoding: .utf8).split(separator: "\n")
    let records = try lines.map { line in
      var record = try #require(
        JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      change(&record)
      return String(decoding: try JSONSerialization.data(withJSONObject: record), as: UTF8.self)
    }
    let path = collection.folder.path + "/\(name).jsonl"
    try Data(records.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test("Frozen names that no parameter has are told with those there are")
  func frozen() {
    expectRefusal("training.frozen", "“picture.”", "image_projection.", "text.") {
      $0.assignments.append(#"training.frozen=["picture."]"#)
    }
    expectRefusal("training.learned", "“image.block.”") {
      $0.assignments.append(#"training.learned=["image.block."]"#)
    }
  }

  @Test("Frozen names are looked at before any picture is decoded")
  func frozenEarly() {
    var request = TinyRun.clip.request(in: collection, out: "run")
    request.assignments.append(#"training.frozen=["picture."]"#)
    let decoded = Mutex(0)
    #expect(throws: TrainingError.self) {
      _ = try TrainingRun(
        request,
        on: { event in
          if case .preparing("pictures", let done, _) = event { decoded.withLock { $0 = done } }
        }, isInterrupted: { false })
    }
    #expect(decoded.withLock { $0 } == 0)
  }

  @Test("kelip needs captions in two languages, and m-clip needs translations")
  func languages() throws {
    let korean = try inOneLanguage("ko")
    let english = try inOneLanguage("en")
    let kelip = try #require(TinyRun.all.first { $0.recipe == "kelip" && $0.name.contains("two") })
    let mclip = try #require(TinyRun.all.first { $0.recipe == "m-clip" })
    expectRefusal("in one, ko", "recipe clip", of: kelip) { $0.data = korean }
    expectRefusal("none in en", "Set source", of: mclip) { $0.data = korean }
    expectRefusal("Add translations", of: mclip) { $0.data = english }
  }

  @Test("A language that no caption is in cannot be learned; the common ones are named")
  func captionLanguages() {
    expectRefusal("“kr”", "de, en, ko") {
      $0.assignments.append(#"training.captionLanguages=["ko","kr"]"#)
    }
  }

  @Test("A step of one picture has no other to contrast it with")
  func oneOfAStep() throws {
    expectRefusal("training.batch is 1", "at least two") {
      $0.assignments.append("training.batch=1")
    }
    let lines = try String(contentsOfFile: collection.path, encoding: .utf8).split(separator: "\n")
    let alone = collection.folder.path + "/alone.jsonl"
    try Data(lines[0].utf8).write(to: URL(fileURLWithPath: alone))
    expectRefusal("collection has 1.") { $0.data = alone }
  }

  @Test("Settings that leave nothing to learn, or two lengths of a run, are refused")
  func nothingToLearn() {
    expectRefusal("training.frozen", "nothing to learn") {
      $0.assignments.append(#"training.frozen=[""]"#)
    }
    expectRefusal("such as bias, image.", "log_scale, text.") {
      $0.assignments.append(#"training.frozen=["log_scale."]"#)
    }
    expectRefusal("training.minutes", "training.steps is set") {
      $0.assignments.append("training.minutes=3")
    }
    expectRefusal("smallPictures.until", "from 0 to 1") {
      $0.assignments.append(#"training.smallPictures=[{"until":2,"size":8}]"#)
    }
  }

  @Test("m-clip without a teacher is refused before anything is made")
  func teacher() throws {
    let mclip = try #require(TinyRun.all.first { $0.recipe == "m-clip" })
    expectRefusal("--teacher", of: mclip) { _ in }
    expectRefusal("captions.jsonl", of: mclip) { $0.teacher = $0.data }
    let painter = try #require(TinyRun.all.first { $0.name.contains("first stage") })
    let pictures = painter.request(in: collection, out: "pictures")
    #expect(try StepClock().train(pictures) == .finished)
    expectRefusal("no text tower", "--teacher", of: mclip) { $0.teacher = pictures.out }
    #expect(!FileManager.default.fileExists(atPath: collection.folder.path + "/run"))
  }

  @Test(
    "A teacher that is missing, idle, or of one side is refused, and so is what is not of pairs")
  func pairOptions() throws {
    let pairs = TinyRun.clip.request(in: collection, out: "pairs")
    #expect(try StepClock().train(pairs) == .finished)
    let mclip = try #require(TinyRun.all.first { $0.recipe == "m-clip" })
    var texts = mclip.request(in: collection, out: "texts")
    texts.teacher = pairs.out
    #expect(try StepClock().train(texts) == .finished)
    let distillation = "training.distillation=1"
    expectRefusal("training.distillation", "--teacher") { $0.assignments.append(distillation) }
    expectRefusal("clip does not use --teacher") { $0.teacher = pairs.out }
    expectRefusal("no image tower", "both") {
      $0.assignments.append(distillation)
      $0.teacher = texts.out
    }
    expectRefusal("“training.distillation”", "0 or more") {
      $0.assignments.append("training.distillation=-1")
    }
    expectRefusal("distillationLanguage", "“sw”") {
      $0.assignments += [distillation, "training.distillationLanguage=sw"]
      $0.teacher = pairs.out
    }
    let painter = try #require(TinyRun.all.first { $0.name.contains("first stage") })
    for run in [mclip, painter] {
      for setting in [distillation, "training.hardNegatives=0.5"] {
        expectRefusal("does not train on such pairs", of: run) {
          $0.assignments.append(setting)
          $0.teacher = pairs.out
        }
      }
    }
    expectRefusal("training.hardNegatives", "training.batch (4)") {
      $0.assignments.append("training.hardNegatives=0.1")
    }
    #expect(!FileManager.default.fileExists(atPath: collection.folder.path + "/run"))
  }

  @Test("Hard negatives are refused where no caption is near to one of another concept")
  func noNeighbours() throws {
    let same = try rewritten("same") { $0["concept"] = "paint" }
    expectRefusal("No caption of \(same)", "training.hardNegatives") {
      $0.data = same
      $0.assignments += ["training.hardNegatives=0.5", "training.vocabulary=270"]
    }
  }

  @Test("A starting model that lacks the tower, or whose tokenizer has another form, is refused")
  func startingModels() throws {
    let texts = try #require(TinyRun.all.first { $0.recipe == "m-clip" })
    var request = texts.request(in: collection, out: "texts")
    let teacher = TinyRun.clip.request(in: collection, out: "teacher")
    #expect(try StepClock().train(teacher) == .finished)
    request.teacher = teacher.out
    #expect(try StepClock().train(request) == .finished)
    expectRefusal("no image tower", "--image-from") { $0.imageFrom = request.out }
    let painter = try #require(TinyRun.all.first { $0.name.contains("first stage") })
    let pictures = painter.request(in: collection, out: "pictures")
    #expect(try StepClock().train(pictures) == .finished)
    expectRefusal("no text tower", "--text-from") { $0.textFrom = pictures.out }
    // The tokenizer of a model in two lists.
    let pair = collection.folder.path + "/pair"
    try FileManager.default.copyItem(atPath: fixture("families_image/clip"), toPath: pair)
    try FileManager.default.removeItem(atPath: pair + "/tokenizer.json")
    for name in ["vocab.json", "merges.txt"] {
      try FileManager.default.copyItem(
        atPath: fixture("tokens_published/clip_pair/" + name), toPath: pair + "/" + name)
    }
    expectRefusal("tokenizer.json") { $0.textFrom = pair }
    expectRefusal("tokenizer.json") {
      $0.textFrom = request.out
      try? FileManager.default.removeItem(atPath: request.out + "/tokenizer.json")
    }
  }

  @Test("Queues, momentum and temperature that nothing can be learned with are refused by name")
  func brivl() throws {
    let run = try #require(TinyRun.all.first { $0.recipe == "brivl" })
    for (key, value) in [
      ("queueLength", "0"), ("momentum", "1.5"), ("temperature", "0"), ("neighbours", "-1"),
    ] {
      expectRefusal("“\(key)”", of: run) { $0.assignments.append("\(key)=\(value)") }
    }
  }

  @Test("A setting that a tower does not have is refused, and one that it may have is taken")
  func optionalSettings() throws {
    expectRefusal("“model.text.head”") {
      $0.assignments.append(#"model.text.head={"inner":4,"width":4}"#)
    }
    var request = TinyRun.clip.request(in: collection, out: "taken")
    request.assignments += ["model.text.inner=24", "model.image.inner=24"]
    #expect(try StepClock().train(request) == .finished)
  }

  @Test("Pictures of a size that the tower does not take are refused, before they are decoded")
  func sizes() throws {
    expectRefusal("training.preprocessing.size", "16") {
      $0.assignments.append("training.preprocessing.size=18")
    }
    expectRefusal("training.crops.size", "multiple of the image tower's patch, 4") {
      $0.assignments.append(#"training.crops=[{"size":16},{"size":10}]"#)
    }
  }

  @Test("A queue that no memory holds is refused by its name")
  func hugeQueue() throws {
    let run = try #require(TinyRun.all.first { $0.recipe == "brivl" })
    expectRefusal("image_queue.embeddings", "GB", of: run) {
      $0.assignments.append("queueLength=1000000000000")
    }
  }

  @Test("A run that has no checkpoint cannot be resumed, and says so")
  func nothingToResume() throws {
    let run = TinyRun.clip.request(in: collection, out: "exploded")
    var exploding = run
    exploding.assignments += ["training.rate=1e30", "training.warmup=0", "training.clip=0"]
    #expect(throws: TrainingError.self) { try StepClock().train(exploding) }
    var again = run
    again.assignments = []
    again.resumes = true
    #expect(throws: TrainingError.nothingToResume(path: run.out)) { try StepClock().train(again) }
  }

  @Test("What is allowed and probably not meant is said")
  func doubts() throws {
    var request = TinyRun.nllb.request(in: collection, out: "doubtful")
    request.assignments += [
      "training.batch=99", #"training.rateScales={"txt.":2,"text.":3,"image.":4}"#,
    ]
    let lines = Mutex<[String]>([])
    let outcome = try StepClock().train(request) { event in
      if case .problem(let line) = event { lines.withLock { $0.append(line) } }
    }
    #expect(outcome == .finished)
    let told = lines.withLock { $0.joined(separator: "\n") }
    for words in ["--image-from", "8 pictures", "“txt.”", "“image.”"] {
      #expect(told.contains(words), "\(told)")
    }
    #expect(!told.contains("“text.”"))
  }
}
