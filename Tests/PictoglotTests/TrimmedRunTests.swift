import Foundation
import Languages
import Models
import Pictoglot
import TestSupport
import Testing
import Tokens
import Towers
import Training

@Suite("Runs that keep only the tokens their collection uses")
struct TrimmedRunTests {
  private let collection: TinyCollection
  private let teacher: TrainingRun.Request

  init() throws {
    collection = try TinyCollection()
    teacher = TinyRun.clip.request(in: collection, out: "whole")
    #expect(try StepClock().train(teacher) == .finished)
  }

  /// A run that begins with the texts of another, which knows more words than the collection has.
  private func request(_ out: String, trims: Bool) -> TrainingRun.Request {
    var request = TinyRun.clip.request(in: collection, out: out)
    // The texts do not learn, so that what was begun with can be compared.
    request.assignments += [
      #"training.frozen=["text.","text_projection."]"#, "training.chunk=0",
    ]
    request.textFrom = teacher.out
    request.trimsVocabulary = trims
    return request
  }

  /// A second collection of few words, so that there is something to leave out.
  private func fewWords(_ request: inout TrainingRun.Request) throws {
    let lines = try String(contentsOfFile: collection.path, encoding: .utf8)
      .split(separator: "\n").prefix(4)
    let path = collection.folder.path + "/few.jsonl"
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    request.data = path
  }

  @Test("Its captions have the vectors that the whole model gives them")
  func sameVectors() throws {
    var request = request("trimmed", trims: true)
    try fewWords(&request)
    #expect(try StepClock().train(request) == .finished)
    let (whole, trimmed) = (try Model(folder: teacher.out), try Model(folder: request.out))
    let texts = ["red", "빨강", "ein blue", "초록", "yellow"]
    #expect(
      isClose(try whole.embed(texts: texts), try trimmed.embed(texts: texts), tolerance: 1e-6))
    let sizes = [whole, trimmed].map { $0.card.encoder.text?.vocabulary ?? 0 }
    #expect(sizes[1] < sizes[0] && sizes[1] == trimmed.tokenizer?.vocabularySize)
    let record = try RunFolder(request.out).record()
    #expect(record.keptTokens == sizes[1])
  }

  @Test("It goes on where it was interrupted, to the bit")
  func resumes() throws {
    func request(_ out: String) throws -> TrainingRun.Request {
      var request = TinyRun.clip.request(in: collection, out: out)
      request.textFrom = teacher.out
      request.trimsVocabulary = true
      try fewWords(&request)
      return request
    }
    let whole = try request("unbroken")
    var halted = try request("halted")
    #expect(try StepClock().train(whole) == .finished)
    #expect(try StepClock().train(halted, interruptAt: 3) == .interrupted)
    halted.assignments = []
    (halted.resumes, halted.trimsVocabulary, halted.textFrom) = (true, false, nil)
    #expect(try StepClock().train(halted) == .finished)
    let texts = ["red", "초록"]
    #expect(
      try Model(folder: whole.out).embed(texts: texts)
        == Model(folder: halted.out).embed(texts: texts))
  }

  @Test("It is a whole model, which other libraries can be given")
  func isWhole() throws {
    var request = request("trimmed", trims: true)
    try fewWords(&request)
    #expect(try StepClock().train(request) == .finished)
    let files = try ModelFiles(folder: PublishedFolder(path: request.out))
    let out = collection.folder.path + "/exported"
    try Model.export(files, as: .openCLIP, to: out)
    let read = try Model(try ModelFiles(folder: PublishedFolder(path: out)))
    let texts = ["red", "초록"]
    #expect(isClose(try read.embed(texts: texts), try Model(files).embed(texts: texts)))
  }

  @Test("Sentinels that the table it begins with has no rows for are left out")
  func sentinels() throws {
    let path = teacher.out + "/tokenizer.json"
    try Data(PublishedLayout.withSentinels(teacher.out).utf8).write(to: URL(fileURLWithPath: path))
    let rows = try #require(try ModelCard(folder: teacher.out).encoder.text?.vocabulary)
    #expect(try Tokenizer(contentsOf: path).vocabularySize == rows + 100)
    for trims in [false, true] {
      let request = request("sentinels-\(trims)", trims: trims)
      #expect(try StepClock().train(request) == .finished)
      let model = try Model(folder: request.out)
      #expect(model.tokenizer?.vocabularySize ?? 0 <= rows)
      #expect(model.tokenizer?.id(of: "<extra_id_7>") == nil)
      let texts = ["red <extra_id_7>"]
      let whole = try Model(folder: teacher.out)
      #expect(isClose(try model.embed(texts: texts), try whole.embed(texts: texts)))
    }
  }

  @Test("Without a model to take tokens from there is nothing to keep")
  func refused() throws {
    var request = TinyRun.clip.request(in: collection, out: "refused")
    request.trimsVocabulary = true
    #expect(throws: RunError.nothingToTrim) { try StepClock().train(request) }
    #expect(!FileManager.default.fileExists(atPath: request.out))
  }

  @Test("Texts of NLLB go on as well, whole or trimmed, and keep the codes of languages")
  func nllb() throws {
    // open_clip's layout names a folder for the tower's settings; here they lie beside.
    let folder = collection.folder.path + "/nllb"
    try FileManager.default.copyItem(
      atPath: fixture("families_text/nllb_open_clip"), toPath: folder)
    try FileManager.default.copyItem(
      atPath: fixture("families_text/hub/facebook/nllb-tiny/config.json"),
      toPath: folder + "/config.json")
    for trims in [false, true] {
      var request = TinyRun.nllb.request(in: collection, out: "nllb-\(trims)")
      request.assignments.removeAll { $0.hasPrefix("model.text") }
      request.textFrom = folder
      request.trimsVocabulary = trims
      #expect(try StepClock().train(request, interruptAt: 2) == .interrupted)
      var rest = request
      (rest.resumes, rest.textFrom, rest.trimsVocabulary, rest.assignments) = (true, nil, false, [])
      #expect(try StepClock().train(rest) == .finished)
      let model = try Model(folder: request.out)
      // The published table has three rows more than there are tokens.
      #expect(trims ? model.tokenizer?.vocabularySize ?? 0 < 260 : model.encoder.texts != nil)
      let ids = try model.tokens(of: "빨강", in: LanguageTag("ko")).ids
      #expect(ids.first == model.tokenizer?.id(of: "kor_Hang") && ids.last == 2)
    }
  }
}
