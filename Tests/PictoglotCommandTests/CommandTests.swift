import Foundation
import TestSupport
import Testing

@Suite("Commands")
struct CommandTests {
  @Test(
    "Help reads as it was last read by a person",
    arguments: [
      [], ["train"], ["evaluate"], ["embed"], ["index"], ["search"], ["classify"], ["match"],
      ["analogy"], ["lens"], ["compare"], ["doctor"], ["serve"], ["tokenize"],
      ["picture"], ["tokenizer", "train"], ["data", "emoji"], ["data", "describe"],
      ["data", "check"], ["data", "import"], ["patches"], ["export"], ["score"],
    ])
  func help(words: [String]) throws {
    let result = try runProgram("pictoglot", words + ["--help"])
    #expect(result.status == 0)
    let path = fixture("help/" + (["pictoglot"] + words).joined(separator: "-") + ".txt")
    // Made anew by PICTOGLOT_UPDATE=1 swift test, and then read.
    if ProcessInfo.processInfo.environment["PICTOGLOT_UPDATE"] != nil {
      try Data(result.output.utf8).write(to: URL(fileURLWithPath: path))
    }
    #expect(result.output == (try String(contentsOfFile: path, encoding: .utf8)))
  }

  @Test(
    "Wrong usage ends with status 2 and says what is meant",
    arguments: [
      (["trian"], "Did you mean “train”?"),
      (["train", "--out", "x"], "Missing --data"),
      (["train", "--data", "x", "--out", "y", "--stesp", "3"], "Unknown option '--stesp'"),
      (
        ["train", "--data", "x", "--out", "y", "--steps", "0"], "--steps must be at least 1, not 0."
      ),
      (["train", "--data", "x", "--out", "y", "--trim-vocabulary"], "give that model with it"),
      (["export", "x", "--to", "flax", "--out", "y"], "--to is huggingface or open_clip"),
      (["export", "x", "--place", "a/b", "--out", "y"], "give --to with it"),
      (["search", "x", "y", "--limit", "0"], "--limit must be 1 to 500, not 0."),
      (["search", "x"], "Say what to look for"),
      (["analogy", "x"], "Give something to start from"),
      (["analogy", "x", "--plus", "a", "--limit", "0"], "--limit must be 1 to 500, not 0."),
      (["analogy", "x", "--plus", "a", "--weight", "0"], "--weight must be more than 0"),
      (["analogy", "x", "--minus", "red:-1"], "The weight of “red:-1” must be more than 0"),
      (["analogy", "x", "--minus", ":0.5"], "“:0.5” has a weight only"),
      (["lens", "x", "a"], "Give 2 to 8 texts to compare, not 1."),
      (["lens", "x", "a", "b", "--languages", "ko"], "names 1 languages for 2 texts"),
      (["lens", "x", "a", "b", "--top", "501"], "--top must be 1 to 500, not 501."),
      (["picture", "x", "--size", "0"], "--size must be 1 to 8192, not 0."),
      (["embed", "x", "--out", "y.npy"], "Give either --images or --texts."),
      (["serve", "x", "--max-concurrent", "0"], "--max-concurrent must be 1 to 1024, not 0."),
      (["serve", "x", "--allow-host", "http://a.org"], "--allow-host takes a name alone"),
    ])
  func wrongUsage(words: [String], message: String) throws {
    let result = try runProgram("pictoglot", words)
    #expect(result.status == 2)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test(
    "What is not there is named in one line, with status 1",
    arguments: [
      ["search", "absent.index", "apple"], ["analogy", "absent.index", "--plus", "apple"],
      ["lens", "absent.index", "apple", "Apfel"],
      ["evaluate", "absent.run", "--data", "absent.jsonl"],
      ["train", "--data", "absent.jsonl", "--out", "absent.run", "--steps", "1"],
      ["data", "describe", "absent.jsonl"], ["index", "absent", "--model", "m", "--out", "i"],
      ["tokenize", "--tokenizer", "absent.json", "x"],
      ["embed", "m", "--texts", "absent.txt", "--out", "o.npy"],
    ])
  func absentFiles(words: [String]) throws {
    let result = try runProgram("pictoglot", words)
    #expect(result.status == 1)
    #expect(result.errors.contains("absent"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
  }
}

@Suite("The commands together")
struct CommandsTogetherTests {
  @Test("A vocabulary is trained on the languages that are named")
  func vocabularyOfLanguages() throws {
    let collection = try TinyCollection()
    func vocabulary(_ languages: String) throws -> [String] {
      let path = collection.folder.path + "/\(languages).json"
      let trained = try runProgram(
        "pictoglot",
        [
          "tokenizer", "train", "--data", collection.path, "--languages", languages, "--size",
          "320",
          "--out", path,
        ])
      #expect(trained.status == 0, "\(trained.errors)")
      let shown = try runProgram("pictoglot", ["tokenize", "--tokenizer", path, "yellow"])
      return try #require(shown.objects.first?["tokens"] as? [String])
    }
    #expect(try vocabulary("en,de").count < vocabulary("ko").count)
    let absent = try runProgram(
      "pictoglot",
      [
        "tokenizer", "train", "--data", collection.path, "--languages", "sw", "--size", "320",
        "--out", collection.folder.path + "/sw.json",
      ])
    #expect(absent.status == 1 && absent.errors.contains("“sw”"), "\(absent.errors)")
  }

  @Test("Settings that are shown can be given back, and read as they were typed")
  func settings() throws {
    let train = ["train", "--data", "x", "--out", "y", "--steps", "3", "--show-settings"]
    let shown = try runProgram(
      "pictoglot",
      train + ["--recipe", "kelip", "--set", #"training.captionLanguages=["ko","no"]"#])
    #expect(shown.status == 0, "\(shown.errors)")
    let lines = shown.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    for line in [
      "isCausal: false", "depth: 12", "rate: 0.0005", "scale: [0.4, 1]", "stage: contrastive",
      #"captionLanguages: [ko, "no"]"#,
    ] {
      #expect(lines.contains(line), "\(line)")
    }
    let folder = try TemporaryFolder()
    let file = folder.path + "/settings.yaml"
    try Data(shown.output.utf8).write(to: URL(fileURLWithPath: file))
    let again = try runProgram("pictoglot", train + ["--config", file])
    #expect(again.output == shown.output)
    let other = try runProgram("pictoglot", train + ["--recipe", "clip", "--config", file])
    #expect(other.status == 1 && other.errors.contains("of the recipe kelip"), "\(other.errors)")
    for value in ["2026-11-20", ".nan", "[1, .inf]"] {
      let odd = folder.path + "/odd.yaml"
      try Data("training:\n  rate: \(value)\n".utf8).write(to: URL(fileURLWithPath: odd))
      let refused = try runProgram("pictoglot", train + ["--config", odd])
      #expect(refused.status == 1 && refused.errors.contains("“training.rate"), "\(refused.errors)")
    }
    let timed = try runProgram(
      "pictoglot",
      ["train", "--data", "x", "--out", "y", "--minutes", "3", "--show-settings", "--config", file])
    #expect(timed.output.contains("minutes: 3") && !timed.output.contains("steps: 3"))
  }

  @Test("A run that goes on takes no other choices")
  func resumedChoices() throws {
    for choice in [["--data", "x"], ["--recipe", "clip"], ["--seed", "3"], ["--steps", "12"]] {
      let result = try runProgram("pictoglot", ["train", "--resume", "--out", "y"] + choice)
      #expect(result.status == 2 && result.errors.contains("leave out \(choice[0])"))
    }
  }

  /// Row *i* is line *i*, whatever ends the lines and whatever else is in them.
  private func expectRowsAreLines(_ run: String, _ folder: String) throws {
    func embed(_ text: String) throws -> (vectors: Data, texts: [String?], errors: String) {
      let (file, out) = (folder + "/t.txt", folder + "/t.npy")
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
      let result = try runProgram("pictoglot", ["embed", run, "--texts", file, "--out", out])
      #expect(result.status == 0, "\(result.errors)")
      let rows = try Data(contentsOf: URL(fileURLWithPath: folder + "/t.jsonl"))
      let texts = try rows.split(separator: 0x0A).map {
        (try JSONSerialization.jsonObject(with: $0) as? [String: Any])?["text"] as? String
      }
      return (try Data(contentsOf: URL(fileURLWithPath: out)), texts, result.errors)
    }
    let plain = try embed("red\n\npink\u{2028}blue\n")
    #expect(plain.texts == ["red", "", "pink\u{2028}blue"])
    #expect(plain.errors.contains("Empty lines (2) keep their rows"))
    // A header of 128 bytes, then three rows of equal length, all of them numbers.
    let width = (plain.vectors.count - 128) / 12
    #expect(width > 0 && plain.vectors.count == 128 + 12 * width)
    let numbers = plain.vectors.dropFirst(128).withUnsafeBytes {
      Array($0.bindMemory(to: Float.self))
    }
    #expect(numbers.allSatisfy { $0.isFinite })
    let foreign = try embed("\u{FEFF}red\r\n\r\npink\u{2028}blue\r\n")
    #expect(foreign.vectors == plain.vectors && foreign.texts == plain.texts)
    #expect(try embed("red\r\rpink\u{2028}blue").vectors == plain.vectors)
  }

  @Test(
    "From a collection to a hit: describe, train, resume, evaluate, embed, index, search, serve")
  func wholeWay() async throws {
    let collection = try TinyCollection()
    let folder = collection.folder.path
    let run = folder + "/run"
    func pictoglot(_ words: String..., status: Int32 = 0) throws -> ProgramResult {
      let result = try runProgram("pictoglot", words)
      #expect(result.status == status, "\(words): \(result.errors)")
      return result
    }

    let described = try pictoglot("data", "describe", collection.path, "--json")
    #expect(described.objects.first?["pictures"] as? Int == 8)
    _ = try pictoglot("data", "check", collection.path)

    let settings = TinyCollection.assignments(steps: 25).flatMap { ["--set", $0] }
    let train = ["train", "--data", collection.path, "--out", run, "--device", "cpu", "--json"]
    let trained = try runProgram("pictoglot", train + settings)
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(trained.objects.last?["step"] as? Int == 25)
    let again = try runProgram("pictoglot", train + settings)
    #expect(again.status == 1 && again.errors.contains("--resume"), "\(again.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: run).sorted()
    #expect(
      files == [
        "checkpoint.safetensors", "events.out.tfevents.0000000000.pictoglot", "log.jsonl",
        "model.json", "model.safetensors", "recipe.json",
        "tokenizer.json",
      ])

    let evaluated = try pictoglot(
      "evaluate", run, "--data", collection.path, "--split", "train", "--json", "--out",
      folder + "/report")
    #expect(evaluated.objects.first?["images"] as? Int == 8)
    #expect(FileManager.default.fileExists(atPath: folder + "/report/evaluation.html"))
    let none = try pictoglot(
      "evaluate", run, "--data", collection.path, "--split", "train", "--languages", "sw", status: 1
    )
    #expect(none.errors.contains("no captions in sw"))
    let bad = try pictoglot(
      "evaluate", run, "--data", collection.path, "--languages", "klingon!", status: 1)
    #expect(bad.errors.contains("klingon!"))

    _ = try pictoglot("embed", run, "--images", collection.path, "--out", folder + "/v.npy")
    let rows = try String(contentsOfFile: folder + "/v.jsonl", encoding: .utf8)
    #expect(rows.split(separator: "\n").count == 8)
    try expectRowsAreLines(run, folder)

    let index = folder + "/index"
    _ = try pictoglot("index", collection.path, "--model", run, "--out", index)
    let found = try pictoglot("search", index, "노랑", "--language", "ko", "--limit", "2", "--json")
    #expect(found.objects.count == 2)
    #expect(found.objects.first?["name"] as? String == "yellow")
    let like = try pictoglot("search", index, "--image", folder + "/pink.png", "--json")
    #expect(like.objects.first?["name"] as? String == "pink")
    let sum = try pictoglot(
      "analogy", index, "--image", folder + "/pink.png", "--minus", "pink", "--plus", "노랑:2",
      "--json")
    let answer = try #require(sum.objects.first)
    let hits = try #require(answer["hits"] as? [[String: Any]])
    #expect(hits.first?["name"] as? String == "yellow" && hits.count == 7)
    let leftOut = try #require(answer["leftOut"] as? [[String: Any]])
    #expect(leftOut.first?["name"] as? String == "pink")
    #expect(leftOut.first?["reason"] as? String == "path")
    let lens = try pictoglot(
      "lens", index, "노랑", "yellow", "--languages", "ko,auto", "--top", "3", "--out",
      folder + "/lens")
    #expect(lens.output.contains("“노랑” (ko)") && lens.output.contains("Spearman"))
    let page = try String(contentsOfFile: folder + "/lens/lens.html", encoding: .utf8)
    #expect(page.contains("data:image/jpeg;base64,") && page.contains("노랑"))
    let detected = try pictoglot("lens", index, "빨강", "red", "--json")
    let columns = try #require(detected.objects.first?["columns"] as? [[String: Any]])
    #expect(columns.map { $0["language"] as? String } == ["ko", "en"])
    let same = try pictoglot("lens", index, "red", "red", status: 1)
    #expect(same.errors.contains("“red” is given twice"))
    let tokens = try pictoglot("tokenize", "--model", run, "ein red")
    #expect(tokens.objects.first?["truncated"] as? Bool == false)
    try await expectEmbeddingsServed(index)
  }

  /// The model of an index that is served answers OpenAI's clients.
  private func expectEmbeddingsServed(_ index: String) async throws {
    let server = try StartedProgram(["serve", index, "--port", "0", "--device", "cpu"])
    defer { if server.isRunning { server.terminate() } }
    var found: Int?
    for _ in 0..<6000 where found == nil && server.isRunning {
      try await Task.sleep(for: .milliseconds(10))
      let said = try server.errors().joined(separator: "\n")
      found = said.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\//).flatMap { Int($0.1) }
    }
    let port = try #require(found)
    func ask(_ head: String, _ body: String = "") async -> String {
      let request =
        "\(head) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
      return await exchange(port, Array(request.utf8))
    }
    let models = await ask("GET /v1/models")
    let model = try #require(models.firstMatch(of: /"id":"([^"]+)"/)?.1)
    let answer = await ask(
      "POST /v1/embeddings", #"{"model": "\#(model)", "input": ["노랑", "yellow"]}"#)
    #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains(#""index":1"#), "\(answer)")
    let tokens = answer.firstMatch(of: /"prompt_tokens":(\d+)/).flatMap { Int($0.1) }
    #expect((tokens ?? 0) >= 2)
    server.terminate()
    #expect(try server.end().status == 0)
  }

  @Test("A trained vocabulary gives texts back")
  func vocabulary() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/tokenizer.json"
    let texts = (0..<50).map { "a red apple \($0) 빨간 사과" }.joined(separator: "\n")
    let trained = try runProgram(
      "pictoglot", ["tokenizer", "train", "--texts", "-", "--size", "320", "--out", path],
      input: texts)
    #expect(trained.status == 0, "\(trained.errors)")
    let shown = try runProgram(
      "pictoglot", ["tokenize", "--tokenizer", path, "--jsonl", "-"], input: "\"빨간 apple\"\n")
    let tokens = try #require(shown.objects.first?["tokens"] as? [String])
    #expect(tokens.joined().contains("apple"))
  }

  @Test("Pictures that cannot be read are named, and the rest goes on")
  func pictures() throws {
    let collection = try TinyCollection()
    let broken = collection.folder.path + "/broken.png"
    try Data("not a picture".utf8).write(to: URL(fileURLWithPath: broken))
    let result = try runProgram(
      "pictoglot", ["picture", broken, collection.folder.path + "/red.png"])
    #expect(result.status == 1)
    #expect(result.objects.count == 2)
    #expect(result.objects[0]["error"] != nil)
    #expect(result.objects[1]["width"] as? Int == 24)
  }
}
