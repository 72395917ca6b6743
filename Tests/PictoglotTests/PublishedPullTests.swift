import Checkpoints
import Foundation
import Hub
import Layers
import Models
import Pictures
import Synchronization
import TestSupport
import Testing
import Tokens
import Torch
import Towers

@testable import Pictoglot

@Suite("Pulling models as they really lie on the hub")
struct PublishedPullTests {
  private static let layouts =
    PublishedLayout.clip + PublishedLayout.siglip + PublishedLayout.pairs
    + PublishedLayout.sentences + PublishedLayout.starts

  @Test(
    "What is fetched is what loads, gives the reference's vectors, and nothing besides",
    arguments: layouts)
  func pulled(layout: PublishedLayout) async throws {
    let fake = try FakeHub(repositories: layout.repositories)
    let folder = try TemporaryFolder()
    let hub = hub(fake, folder)
    let pulled = try await hub.pullModel(try ModelName(layout.name)) { _ in }

    let isText = { (name: String) in
      [".json", ".txt", ".model", ".md"].contains { name.hasSuffix($0) }
    }
    #expect(pulled.files.filter { !isText($0) } == layout.numbers)
    for (repository, files) in layout.repositories {
      let place = "/\(repository)/resolve/\(FakeHub.commit)/"
      let asked = files.filter { file in fake.requests.contains { $0.path == place + file.path } }
      #expect(asked.filter { $0.bytes == PublishedLayout.trap }.map(\.path) == [])
      if let needed = layout.companions[repository] {
        #expect(asked.map(\.path).sorted() == needed, "\(repository)")
      }
    }

    let model = try Model(folder: pulled.folder, companions: hub.companionFolder)
    #expect(model.card.name == layout.name)
    try expectReference(model, layout.fixture, looks: !layout.name.contains("BriVL"))
    // The same command again asks for nothing but the commit.
    let before = fake.requests.count
    #expect(try await hub.pullModel(try ModelName(layout.name)) { _ in }.downloaded == 0)
    #expect(fake.requests.count == before + 1)
  }

  @Test("A model in shards is fetched with all of them")
  func shards() async throws {
    let fixture = "families_image/clip"
    let made = try TemporaryFolder()
    let whole = try SafetensorsFile(path: TestSupport.fixture(fixture + "/model.safetensors"))
    let names = whole.entries.keys.sorted()
    let parts = [names.prefix(names.count / 2), names.suffix(from: names.count / 2)]
    var map: [String: String] = [:]
    var files: [FakeHub.File] = []
    for (index, part) in parts.enumerated() {
      let name = "pytorch_model-0000\(index + 1)-of-00002.bin"
      try writeSafetensors(
        try part.map { ($0, try whole.tensor($0)) }, to: made.path + "/" + name)
      for key in part { map[key] = name }
      files.append(
        (name, FileManager.default.contents(atPath: made.path + "/" + name) ?? Data(), true))
    }
    let index = try JSONSerialization.data(withJSONObject: ["weight_map": map])
    files.append(("pytorch_model.bin.index.json", index, false))
    for name in ["config.json", "preprocessor_config.json", "tokenizer.json"] {
      let path = TestSupport.fixture(fixture + "/" + name)
      files.append((name, FileManager.default.contents(atPath: path) ?? Data(), false))
    }
    let fake = try FakeHub(repositories: ["laion/CLIP-ViT-bigG-14": files])
    let folder = try TemporaryFolder()
    let hub = hub(fake, folder)
    let pulled = try await hub.pullModel(try ModelName("laion/CLIP-ViT-bigG-14")) { _ in }
    try expectReference(
      try Model(folder: pulled.folder, companions: hub.companionFolder), fixture, looks: true)
  }

  @Test("Sentinels that the tower has no rows for are a text like any other")
  func sentinels() async throws {
    let layout = try #require(Self.layouts.first { $0.name == "timm/ViT-B-16-SigLIP" })
    let fake = try FakeHub(repositories: layout.repositories)
    let folder = try TemporaryFolder()
    let hub = hub(fake, folder)
    let pulled = try await hub.pullModel(try ModelName(layout.name)) { _ in }
    let model = try Model(folder: pulled.folder, companions: hub.companionFolder)
    // As tokenizers has it without the sentinels, cut at 12.
    #expect(
      try model.tokens(of: "red <extra_id_0> cat").ids
        == [535, 515, 283, 68, 87, 83, 81, 320, 318, 72, 323, 536])
    #expect(try model.embed(texts: ["red <extra_id_0> cat"]).joined().allSatisfy(\.isFinite))
  }

  @Test(
    "What cannot run is refused by its architecture before its numbers are asked for",
    arguments: [
      ("{\"model_type\": \"clip\", \"architectures\": [\"ChineseCLIP\"]}", "ChineseCLIP"),
      ("{\"model_type\": \"altclip\", \"architectures\": [\"AltCLIPModel\"]}", "AltCLIPModel"),
      ("{\"model_type\": \"siglip2\"}", "NaFlex"),
      ("{\"auto_map\": {}, \"architectures\": [\"MexmaSigLIP\"]}", "MexmaSigLIP"),
      ("{\"model_type\": \"clyp\"}", "clyp"),
    ])
  func refused(settings: String, named: String) async throws {
    try await expectRefusal("tiny/refused", ["config.json": settings], named)
  }

  @Test(
    "Towers of open_clip that are not known are refused before their numbers are asked for",
    arguments: [
      ("{\"timm_model_name\": \"convnext_base\"}", "timm's convnext_base"),
      ("{\"layers\": [3, 4, 6, 3], \"width\": 64}", "“model_cfg.vision_cfg.layers”"),
      ("{\"global_average_pool\": true}", "global_average_pool"),
    ])
  func refusedTower(vision: String, named: String) async throws {
    let config = "{\"model_cfg\": {\"embed_dim\": 8, \"vision_cfg\": \(vision), \"text_cfg\": {}}}"
    try await expectRefusal(
      "laion/CLIP-refused", ["open_clip_config.json": config, "config.json": "{}"], named)
  }

  @Test(
    "M-CLIP's older models, whose map is elsewhere, are refused with what to use in their place")
  func olderModels() async throws {
    for name in ["M-BERT-Distil-40", "M-BERT-Base-ViT-B", "Swedish-500k"] {
      let config = "{\"model_type\": \"bert\", \"architectures\": [\"BertModel\"]}"
      try await expectRefusal(
        "M-CLIP/" + name, ["config.json": config], "M-CLIP/XLM-Roberta-Large-Vit-B-32")
    }
  }

  /// Pulls a repository with these settings and all kinds of numbers, which must not be asked for.
  private func expectRefusal(_ name: String, _ settings: [String: String], _ words: String)
    async throws
  {
    let numbers = [
      "model.safetensors", "open_clip_model.safetensors", "pytorch_model.bin", "tokenizer.json",
    ]
    let fake = try FakeHub(
      repositories: [
        name: settings.map { ($0, Data($1.utf8), false) }
          + numbers.map { ($0, PublishedLayout.trap, true) }
      ])
    let folder = try TemporaryFolder()
    let hub = hub(fake, folder)
    let error = await #expect(throws: ModelError.self) {
      try await hub.pullModel(try ModelName(name)) { _ in }
    }
    #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "")")
    #expect(!fake.requests.contains { request in numbers.contains { request.path.hasSuffix($0) } })
    #expect(hub.cached(try ModelName(name)) == nil)
  }

  private func hub(_ fake: FakeHub, _ folder: TemporaryFolder) -> Hub {
    var settings = HubSettings(cacheFolder: folder.path)
    settings.endpoint = fake.endpoint
    (settings.metadataTimeout, settings.downloadTimeout) = (300, 300)
    return Hub(settings)
  }
}

/// Compares a model with what the reference made of texts and of a picture.
private func expectReference(_ model: Model, _ fixture: String, looks: Bool) throws {
  let file = try SafetensorsFile(path: TestSupport.fixture(fixture + "/expected.safetensors"))
  if fixture.hasPrefix("starts/") { return try expectTower(model, file) }
  guard file.entries["lengths"] == nil else { return try expectTextReference(model, file) }
  var texts = [
    "A red  apple!", "빨간 사과",
    "the Cat sat on the mat, and the cat saw the red mat again & again", "ΟΔΟΣ red_cat", "",
    "red <extra_id_0> apple",
  ]
  if fixture.hasSuffix("brivl") { texts[3] = "红苹果的猫" }
  texts = texts.indices.filter { file.entries["ids.\($0)"] != nil }.map { texts[$0] }
  for (index, text) in texts.enumerated() {
    let ids = try file.tensor("ids.\(index)").array(of: Int32.self)
    #expect(try model.tokens(of: text).ids == ids, "\(text)")
  }
  #expect(isClose(try model.embed(texts: texts), try file.tensor("texts").floats))
  guard looks else { return }
  let picture = try Data(
    contentsOf: URL(fileURLWithPath: TestSupport.fixture("families_image/picture.png")))
  let pixels = model.card.preprocessing(try Picture(decoding: [UInt8](picture)))
  #expect(isClose(pixels, try file.tensor("pixels").floats, tolerance: 1e-5))
  #expect(isClose(try model.embed(pixels: pixels, count: 1), try file.tensor("images").floats))
}

/// Compares a tower alone with what the reference makes of ids, or of pixels.
private func expectTower(_ model: Model, _ file: SafetensorsFile) throws {
  guard file.entries["lengths"] != nil else {
    let vector = try model.embed(pixels: file.tensor("pixels").floats, count: 1)
    #expect(isClose(vector, try file.tensor("picture").floats))
    return
  }
  var rest = try file.tensor("ids").array(of: Int64.self).map(Int32.init)[...]
  let rows = try file.tensor("lengths").array(of: Int64.self).map { length in
    defer { rest = rest.dropFirst(Int(length)) }
    return Array(rest.prefix(Int(length)))
  }
  #expect(model.tokenizer != nil)
  let batch = TokenBatch(rows, padding: model.card.text.padding)
  #expect(isClose(model.encoder.embed(texts: batch).floats, try file.tensor("texts").floats))
}

private func expectTextReference(_ model: Model, _ file: SafetensorsFile) throws {
  let texts = [
    "A photo of a cat.", "Zwei Katzen schlafen", "고양이 두 마리", "一只猫", "  dogs &amp;  birds ", "x",
  ]
  let codes = ["eng_Latn", "deu_Latn", "kor_Hang", "zho_Hans", "eng_Latn", "quy_Latn"]
  let tokenizer = try #require(model.tokenizer)
  let isCoded = model.card.text.languageCodes != nil
  let ids = zip(texts, codes).map { text, code in
    let code = isCoded ? tokenizer.id(of: code) : nil
    return model.card.text.ids(text, by: tokenizer, code: code).ids
  }
  #expect(ids.flatMap { $0 }.map(Int64.init) == (try file.tensor("ids").array(of: Int64.self)))
  let batch = TokenBatch(
    ids, padding: model.card.text.padding, length: model.card.text.paddedLength)
  #expect(
    isClose(
      model.encoder.embed(texts: batch).floats, try file.tensor("texts").floats, tolerance: 1e-5))
  guard model.encoder.images != nil else { return }
  let picture = model.encoder.embed(images: try file.tensor("pixels")).floats
  #expect(isClose(picture, try file.tensor("picture").floats, tolerance: 1e-5))
}
