import Foundation
import TestSupport
import Testing

@Suite("Classify and match", .serialized)
struct ClassifyCommandTests {
  private let collection: TinyCollection
  private var folder: String { collection.folder.path }
  private var run: String { folder + "/run" }

  init() throws {
    collection = try TinyCollection()
    let settings = TinyCollection.assignments(steps: 25).flatMap { ["--set", $0] }
    let trained = try pictoglot(
      ["train", "--data", collection.path, "--out", run, "--device", "cpu", "--quiet"] + settings)
    #expect(trained.status == 0, "\(trained.errors)")
  }

  private func pictoglot(_ words: [String]) throws -> ProgramResult {
    try runProgram(
      "pictoglot", words, environment: ["XDG_CACHE_HOME": folder + "/cache"])
  }

  private func write(_ text: String, _ name: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    return "\(folder)/\(name)"
  }

  @Test("Pictures are shown with their likeliest labels, as lines for people and as JSON")
  func classifies() throws {
    let words = ["classify", run, folder + "/red.png", "--labels", "blue, red ,green"]
    let shown = try pictoglot(words + ["--no-template", "--top", "2"])
    #expect(shown.status == 0, "\(shown.errors)")
    let lines = shown.output.split(separator: "\n")
    #expect(lines.count == 3 && lines[0] == folder + "/red.png" && lines[1].hasSuffix("%  red"))
    let json = try pictoglot(words + ["--json", "--language", "en", "--template", "ein {}"])
    let object = try #require(json.objects.first)
    #expect(object["language"] as? String == "en")
    #expect(object["templates"] as? [String] == ["ein {}"])
    let scores = try #require(object["scores"] as? [[String: Any]])
    #expect(scores.count == 3 && scores[0]["label"] as? String == "red")
    #expect(json.objects.count == 2 && json.objects[1]["report"] != nil)
  }

  @Test("A collection is scored by its concepts, and languages are compared in a report")
  func scores() throws {
    let labels = try write(
      #"{"red": {"en": "red", "ko": "빨강"}, "blue": {"en": "blue", "ko": "파랑"}}"#, "l.json")
    let report = folder + "/report"
    let result = try pictoglot([
      "classify", run, collection.path, "--labels-file", labels, "--no-template", "--out", report,
      "--quiet",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("Korean") && result.output.contains("100.0"))
    let page = try String(contentsOfFile: report + "/classification.html", encoding: .utf8)
    #expect(page.contains("ko Korean") && page.contains("data:image/png"))
    let data = try Data(contentsOf: URL(fileURLWithPath: report + "/classification.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(json["knownPictures"] as? Int == 2 && json["pictures"] as? Int == 8)
  }

  @Test("One unreadable picture is named, the others are classified, and the status is 1")
  func unreadable() throws {
    let broken = try write("not a picture", "broken.png")
    let result = try pictoglot([
      "classify", run, folder + "/red.png", broken, folder + "/absent.png", folder + "/blue.png",
      "--labels", "red,blue", "--json",
    ])
    #expect(result.status == 1)
    #expect(result.objects.count == 3)
    let lines = result.errors.split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.hasPrefix(broken) }, "\(result.errors)")
    #expect(lines.contains { $0.contains("absent.png") }, "\(result.errors)")
    #expect(lines.last == "2 of 4 pictures were read; the others could not be.")
  }

  @Test(
    "What cannot be used is named in one line, with the right status",
    arguments: [
      (["--labels", ""], 1, "There are no labels"),
      (["--labels", "red,, blue"], 1, "Label 2 is blank"),
      (["--labels", "red, red"], 1, "“red” occurs twice"),
      (["--labels", "a,b", "--language", "xq"], 1, "“xq” names no registered language"),
      (["--labels", "a,b", "--template", "a photo"], 1, "“a photo” has no {}"),
      (["--labels", "a,b", "--template", "{} {}"], 1, "has {} 2 times"),
      (["--labels", "a", "--template-file", "absent.txt"], 1, "absent.txt"),
      (["--labels-file", "absent.txt"], 1, "absent.txt"),
      (["--labels", "a", "--template", "{}", "--no-template"], 2, "Give one of --template"),
      ([], 2, "Give either --labels or --labels-file."),
      (["--labels", "a", "--top", "0"], 2, "--top must be at least 1"),
    ])
  func refusals(words: [String], status: Int32, message: String) throws {
    let result = try pictoglot(["classify", run, folder + "/red.png"] + words)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
    if status == 1 { #expect(result.errors.split(separator: "\n").count == 1) }
  }

  @Test("A language that the model never saw is said, and the answer comes all the same")
  func unseenLanguage() throws {
    let result = try pictoglot([
      "classify", run, folder + "/red.png", "--labels", "nyekundu,buluu", "--language", "sw",
      "--quiet",
    ])
    #expect(result.status == 0)
    #expect(result.errors.contains("has not learned Swahili"), "\(result.errors)")
    #expect(result.output.contains("nyekundu"))
  }

  @Test("Sentences are matched, and the second time nothing is read anew")
  func matches() throws {
    let lines = try write("blue\nred\nred\ngreen\n", "lines.txt")
    let words = ["match", run, folder + "/red.png", "--among", lines, "--limit", "2"]
    let first = try pictoglot(words)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.errors.contains("4 of 4 sentences"))
    let shown = first.output.split(separator: "\n")
    #expect(shown.count == 2 && shown[0].hasSuffix("  red"))
    let second = try pictoglot(words + ["--json"])
    #expect(!second.errors.contains("sentences"), "\(second.errors)")
    let found = try #require(second.objects.first?["sentences"] as? [[String: Any]])
    #expect(found.map { $0["text"] as? String }.first == "red")
    #expect(found.first?["line"] as? Int == 2)

    let empty = try write("\n\n", "empty.txt")
    let refused = try pictoglot(["match", run, folder + "/red.png", "--among", empty])
    #expect(refused.status == 1 && refused.errors.contains("has no sentences"))
    let broken = try write("not a picture", "broken.png")
    let partly = try pictoglot(["match", run, broken, folder + "/red.png", "--among", lines])
    #expect(partly.status == 1 && partly.output.contains("red"))
    #expect(partly.errors.contains("1 of 2 pictures were read"))
    let nowhere = try runProgram(
      "pictoglot", words, environment: ["XDG_CACHE_HOME": lines])
    #expect(nowhere.status == 1 && nowhere.errors.contains("Use --no-cache"))
    #expect(
      try runProgram(
        "pictoglot", words + ["--no-cache"], environment: ["XDG_CACHE_HOME": lines]
      ).status == 0)
  }
}
