import Checkpoints
import Foundation
import Layers
import Models
import Pictures
import TestSupport
import Testing
import Tokens
import Torch
import Towers
import Vectors

/// Tiny models of one family each, in its published layout, with what its authors' code gives.
private let families: [(name: String, family: Family)] = [
  ("clip", .clip), ("open_clip", .openCLIP), ("open_clip_custom", .openCLIP),
  ("siglip", .siglip), ("kelip", .kelip), ("brivl", .brivl), ("openai", .openAICLIP),
  ("siglip_i18n", .siglip), ("clip_foreign", .clip), ("open_clip_foreign", .openCLIP),
  ("open_clip_eos", .openCLIP),
]

@Suite("Published families with image towers of their own")
struct PublishedImageFamilyTests {
  @Test(
    "Ids, pixels and embeddings are those of the authors' code", arguments: families.map(\.name))
  func matchesReference(name: String) throws {
    let path = fixture("families_image/" + name)
    let expected = try SafetensorsFile(path: path + "/expected.safetensors")
    let model = try Model(try files(name, at: path))
    var texts = [
      "A red  apple!", "빨간 사과",
      "the Cat sat on the mat, and the cat saw the red mat again & again", "ΟΔΟΣ red_cat", "",
    ]
    if name == "brivl" { texts[3] = "红苹果的猫" }
    if name == "siglip_i18n" { texts.append("red <extra_id_0> apple") }
    for (index, text) in texts.enumerated() {
      #expect(
        try model.tokens(of: text).ids == expected.tensor("ids.\(index)").array(of: Int32.self),
        "\(text)")
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: fixture("families_image/picture.png")))
    let pixels = model.card.preprocessing(try Picture(decoding: [UInt8](bytes)))
    // A difference of one level would be 0.015.
    #expect(isClose(pixels, try expected.tensor("pixels").floats, tolerance: 1e-5))

    let images = try model.embed(pixels: expected.tensor("pixels").floats, count: 1)
    #expect(isClose(images, try expected.tensor("images").floats))
    #expect(isClose(try model.embed(texts: texts), try expected.tensor("texts").floats))
  }

  @Test("One side of a model can be loaded alone", arguments: families.map(\.name))
  func oneSide(name: String) throws {
    let path = fixture("families_image/" + name)
    let expected = try SafetensorsFile(path: path + "/expected.safetensors")
    let images = try Model(try files(name, at: path), towers: .images)
    #expect(images.encoder.texts == nil && images.tokenizer == nil)
    let embedded = try images.embed(pixels: expected.tensor("pixels").floats, count: 1)
    #expect(isClose(embedded, try expected.tensor("images").floats))
    let texts = try Model(try files(name, at: path), towers: .texts)
    #expect(texts.encoder.images == nil)
    #expect(throws: ModelError.self) { try texts.embed(pixels: [0], count: 1) }
  }

  @Test("Each family leaves the others' folders alone", arguments: families.map(\.name))
  func leavesOthersAlone(name: String) throws {
    let folder = PublishedFolder(path: fixture("families_image/" + name))
    for other in families {
      let own = families.first { $0.name == name }?.family.name
      let found = try other.family.read(folder)
      #expect((found != nil) == (other.family.name == own), "\(other.family.name)")
    }
  }

  @Test("The scale and bias are the published ones")
  func scale() throws {
    let siglip = try Model(try files("siglip", at: fixture("families_image/siglip")))
    #expect(isClose(siglip.encoder.logScale.value.item, 3.25))
    #expect(isClose(siglip.encoder.bias.value.item, -7.5))
    let brivl = try Model(try files("brivl", at: fixture("families_image/brivl")))
    #expect(isClose(1 / brivl.encoder.scale.item, 0.07, tolerance: 1e-5))
  }

  private func files(_ name: String, at path: String) throws -> ModelFiles {
    let family = try #require(families.first { $0.name == name }?.family)
    return try #require(try family.read(PublishedFolder(path: path)))
  }
}

@Suite("Published folders with faults")
struct FaultyImageFamilyTests {
  /// A copy of a tiny model, with a file changed or left out.
  private func copy(_ name: String, _ file: String, _ change: (String) -> String?) throws
    -> TemporaryFolder
  {
    let folder = try TemporaryFolder()
    let source = fixture("families_image/" + name)
    for item in try FileManager.default.contentsOfDirectory(atPath: source)
    where item != file && item != "expected.safetensors" {
      try FileManager.default.copyItem(
        atPath: source + "/" + item, toPath: folder.path + "/" + item)
    }
    let text = (try? String(contentsOfFile: source + "/" + file, encoding: .utf8)) ?? ""
    if let changed = change(text) {
      try Data(changed.utf8).write(to: URL(fileURLWithPath: folder.path + "/" + file))
    }
    return folder
  }

  private func message(_ family: Family, _ folder: TemporaryFolder) -> String {
    do {
      guard let files = try family.read(PublishedFolder(path: folder.path)) else { return "nil" }
      _ = try Model(files)
      return "loaded"
    } catch { return "\(error)" }
  }

  @Test("A width that the numbers do not have is named with the tensor")
  func contradictsNumbers() throws {
    let folder = try copy("clip", "config.json") {
      $0.replacing("\"hidden_size\": 24", with: "\"hidden_size\": 30")
    }
    #expect(message(.clip, folder).contains("in the checkpoint; this network needs"))
  }

  @Test("Heads that do not divide the width, and pictures without a whole patch")
  func impossibleSizes() throws {
    let heads = try copy("clip", "config.json") {
      $0.replacing("\"num_attention_heads\": 3", with: "\"num_attention_heads\": 5")
    }
    #expect(message(.clip, heads).contains("5 heads do not divide a width of 24"))
    let patches = try copy("kelip", "config.json") {
      $0.replacing("\"vision_patch_size\": 8", with: "\"vision_patch_size\": 0")
    }
    #expect(message(.kelip, patches).contains("do not hold patches of 0"))
  }

  @Test("A name of thousands of letters, found by the fuzzer, is shortened in the error")
  func longName() throws {
    let config = try String(contentsOfFile: fixture("fuzz/clip-activation.json"), encoding: .utf8)
    let folder = try copy("clip", "config.json") { _ in config }
    let message = message(.clip, folder)
    #expect(message.contains("“vision_config.hidden_act” is “quick_gel_gel"))
    #expect(message.utf8.count < 2000 && !message.contains("\n"))
  }

  @Test("Pictures of another size than the tower's")
  func otherPictures() throws {
    let folder = try copy("siglip", "preprocessor_config.json") {
      $0.replacing("18", with: "32")
    }
    #expect(message(.siglip, folder).contains("pictures of 18 pixels, its preprocessing gives 32"))
  }

  @Test(
    "Files that are missing are named",
    arguments: [
      ("clip", "tokenizer.json"), ("clip", "model.safetensors"), ("kelip", "tokenizer.json"),
      ("brivl", "vocab.txt"), ("open_clip", "tokenizer.json"),
    ])
  func missingFiles(name: String, file: String) throws {
    let folder = try copy(name, file) { _ in nil }
    let family = try #require(families.first { $0.name == name }?.family)
    let message = message(family, folder)
    #expect(message.contains("has no ") && message.contains(file), "\(message)")
  }

  @Test("Towers that are not known are refused by what is unknown of them")
  func unknownTowers() throws {
    let pooled = try copy("open_clip", "open_clip_config.json") {
      $0.replacing("\"head_width\": 8", with: "\"head_width\": 8, \"ls_init_value\": 0.1")
    }
    #expect(message(.openCLIP, pooled).contains("ls_init_value"))
    let timm = try copy("open_clip", "open_clip_config.json") {
      $0.replacing("\"head_width\": 8", with: "\"timm_model_name\": \"convnext_base\"")
    }
    #expect(message(.openCLIP, timm).contains("timm's convnext_base"))
    let flexible = try copy("siglip", "config.json") {
      $0.replacing("\"model_type\": \"siglip\"", with: "\"model_type\": \"siglip2\"")
    }
    #expect(message(.siglip, flexible).contains("NaFlex"))
  }

  @Test("An ordinary piece that the tower has no row for is refused; a sentinel's is not")
  func piecesBeyondTheTable() throws {
    for (piece, words) in [
      ("zebra", "41 tokens, its text tower only 40"), ("<extra_id_0>", "loaded"),
    ] {
      let folder = try copy("siglip", "tokenizer.json") { text in
        var root =
          (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
        var model = root["model"] as? [String: Any]
        let pieces = model?["vocab"] as? [Any] ?? []
        model?["vocab"] = pieces + [["▁" + piece, -9.5] as [Any]]
        root["model"] = model
        return (try? JSONSerialization.data(withJSONObject: root)).map {
          String(decoding: $0, as: UTF8.self)
        }
      }
      #expect(message(.siglip, folder).contains(words), "\(message(.siglip, folder))")
    }
  }

  @Test(
    "A SigLIP without a map behind its texts is known by its tensors, if its settings are silent")
  func silentHead() throws {
    let folder = try copy("siglip_i18n", "config.json") {
      $0.replacing("\"no_head\": true", with: "\"no_tail\": true")
    }
    let files = try #require(try Family.siglip.read(PublishedFolder(path: folder.path)))
    let expected = try SafetensorsFile(
      path: fixture("families_image/siglip_i18n/expected.safetensors"))
    let first = try Model(files).embed(texts: ["A red  apple!"])
    #expect(isClose(first, Array(try expected.tensor("texts").floats.prefix(first.values.count))))
  }

  @Test("SigLIP 2 is told from SigLIP by its tokenizer, which keeps punctuation")
  func secondGeneration() throws {
    let folder = try copy("siglip", "tokenizer_config.json") {
      $0.replacing("SiglipTokenizer", with: "GemmaTokenizer")
    }
    let read = Family.siglip.read
    let second = try #require(try read(PublishedFolder(path: folder.path)))
    #expect(second.card.text.cleaning == .siglip2)
    let first = try #require(
      try read(PublishedFolder(path: fixture("families_image/siglip"))))
    #expect(first.card.text.cleaning == .siglip)
  }
}
