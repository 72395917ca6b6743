import Checkpoints
import Foundation
import Languages
import Layers
import Models
import Pictures
import TestSupport
import Testing
import Tokens
import Torch
import Towers

/// Towers alone, tiny, as transformers and timm save them, with what those make of the encoder inside:
/// `Tools/references/starts.py`.
@Suite("Towers alone")
struct BackboneTests {
  @Test(
    "An encoder under heads gives transformers' ids and vectors",
    arguments: [
      "klue_roberta", "xlm_roberta", "xlm_roberta_classifier", "mbert", "chinese_roberta",
      "distilbert", "nllb", "nllb_pickled",
    ])
  func texts(name: String) throws {
    let files = try read(name)
    #expect(files.isBackbone)
    let model = try Model(files)
    let expected = try StartReference(name)
    let ids = try expected.ids
    #expect(try self.ids(by: model) == ids)
    let batch = TokenBatch(ids, padding: model.card.text.padding)
    #expect(isClose(model.encoder.embed(texts: batch).floats, try expected.floats("texts")))
  }

  @Test("M2M-100 gives transformers' ids by its two files, told the language, and its vectors")
  func m2m100() throws {
    let files = try read("m2m100")
    let model = try Model(files)
    let expected = try StartReference("m2m100")
    let texts =
      StartReference.texts + [
        "Ｆｕｌｌ　ｗｉｄｔｈ 고양이\t 猫猫☃☃x", "aaa aaaa cats",
        // Korean as macOS decomposes it.
        "\u{1100}\u{1169}\u{110B}\u{1163}\u{11BC}\u{110B}\u{1175} \u{1100}\u{1161}\u{11A8}\u{1112}\u{1161}"
          + " ca\u{323}\u{301}ts",
      ]
    let languages = ["en", "de", "ko", "zh-Hans", "eng", "fil", "nso", "nn", "ko"]
    let reader = try #require(model.reader)
    let ids = try zip(texts, languages).map { text, language in
      try reader.tokens(of: text, in: LanguageTag(language)).ids
    }
    #expect(try expected.ids == ids)
    let batch = TokenBatch(ids, padding: model.card.text.padding)
    #expect(isClose(model.encoder.embed(texts: batch).floats, try expected.floats("texts")))
    #expect(model.hasLearned(try LanguageTag("zu")) == true)
    #expect(model.hasLearned(try LanguageTag("mi")) == false)
    expectError("M2M-100 has no code for mi (Māori)") {
      try reader.code(for: try LanguageTag("mi"))
    }
  }

  @Test(
    "An image tower under a classifier gives the reference's pixels and vectors",
    arguments: [
      "vit", "vit_classifier", "dinov2", "timm_vit", "timm_vit_mean", "timm_vit_clip",
      "timm_dinov2", "timm_efficientnet",
    ])
  func pictures(name: String) throws {
    let files = try read(name)
    #expect(files.isBackbone)
    let model = try Model(files)
    let expected = try StartReference(name)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: fixture("families_image/picture.png")))
    let pixels = model.card.preprocessing(try Picture(decoding: [UInt8](bytes)))
    #expect(isClose(pixels, try expected.floats("pixels")))
    let vector = try model.embed(pixels: expected.floats("pixels"), count: 1)
    #expect(isClose(vector, try expected.floats("picture")))
  }

  @Test("A side that a tower alone lacks is refused")
  func oneSide() throws {
    #expect(throws: ModelError.self) {
      try Model(try read("klue_roberta")).embed(pixels: [0], count: 1)
    }
    #expect(throws: ModelError.self) { try Model(try read("vit")).embed(texts: ["cat"]) }
  }

  @Test(
    "With a tanh pooler that is in the file, the vectors are transformers' pooler_output",
    arguments: ["xlm_roberta", "mbert"])
  func pooler(name: String) throws {
    let (encoder, source) = try start(texts: name) { $0.pooling = .firstTanh }
    #expect(source.randomPoolers.isEmpty)
    let expected = try StartReference(name)
    let batch = TokenBatch(try expected.ids, padding: try read(name).card.text.padding)
    #expect(
      isClose(
        withoutGradient { encoder.embed(texts: batch).floats }, try expected.floats("pooled")))
  }

  @Test("A pooler that a file lacks is drawn by the run's seed, and told")
  func randomPooler() throws {
    var poolers: [[Float]] = []
    for seed in [1, 1, 2] {
      let (encoder, source) = try start(texts: "klue_roberta", seed: UInt64(seed)) {
        $0.pooling = .firstTanh
      }
      #expect(source.randomPoolers == ["text.pooler"])
      poolers.append(
        try #require(encoder.parameters.first { $0.name == "text.pooler.weight" }).value.floats)
    }
    #expect(poolers[0] == poolers[1] && poolers[0] != poolers[2])
  }

  @Test(
    "Begun with pictures of twice the size, a ViT gives transformers' vectors for them",
    arguments: ["vit", "vit_classifier"])
  func larger(name: String) throws {
    let files = try read(name)
    guard var tower = files.card.encoder.image?.settings as? ViT.Settings else {
      Issue.record("\(name) is no ViT")
      return
    }
    tower.size *= 2
    var settings = files.card.encoder
    settings.image = .vit(tower)
    let source = StartingSource(
      image: try StartingTower(files, images: settings.image), text: nil,
      drawing: RandomSource(seed: 0))
    let encoder = try DualEncoder(settings, in: Scope(source))
    let expected = try StartReference(name)
    let vector = withoutGradient {
      encoder.embed(images: expected.tensors["twice"] ?? .zeros([1])).floats
    }
    #expect(isClose(vector, try expected.floats("larger")))
  }

  @Test("BriVL's towers begin with their networks inside, and draw what stands on top")
  func inside() throws {
    let (images, texts) = (try read("timm_efficientnet"), try read("chinese_roberta"))
    guard let network = images.card.encoder.image?.settings as? EfficientNet.Settings,
      let bert = texts.card.encoder.text?.settings as? BERT.Settings
    else {
      Issue.record("there is no EfficientNet and BERT to begin with")
      return
    }
    let head = PerceptronHead.Settings(inner: 8, width: 8, activation: .relu, hasBias: true)
    let settings = DualEncoder.Settings(
      image: .brivl(
        BriVLImage.Settings(network: network, parts: 1, depth: 1, heads: 4, inner: 8, head: head)),
      text: .brivl(
        BriVLText.Settings(bert: bert, depth: 1, heads: 4, inner: 8, head: head)), width: 8,
      imageProjection: .none, textProjection: .none)
    let encoder = try DualEncoder(
      settings,
      in: Scope(
        StartingSource(
          image: try StartingTower(images, images: settings.image),
          text: try StartingTower(texts, texts: settings.text), drawing: RandomSource(seed: 3))))
    let whole = [try Model(images), try Model(texts)].flatMap { model in
      model.encoder.parameters.map { ($0.name, $0.value.floats) }
    }
    let alone = Dictionary(whole, uniquingKeysWith: { first, _ in first })
    var compared = 0
    for parameter in encoder.parameters {
      let name = parameter.name.replacing("image.network.", with: "image.")
        .replacing("text.bert.", with: "text.")
      guard name != parameter.name else { continue }
      #expect(alone[name] == parameter.value.floats, "\(parameter.name)")
      compared += 1
    }
    #expect(compared == alone.count - 2)
  }

  @Test("Settings that a tower does not fit are refused with what to leave out")
  func misfits() throws {
    expectError("“model.text” is impossible: the run starts from klue_roberta", "--text-from") {
      try start(texts: "klue_roberta") { $0.depth = 3 }
    }
    expectError("“text.blocks.0.inner.weight” is [24, 16] in it, and the settings want [32, 16]") {
      try start(texts: "klue_roberta") { $0.inner = 32 }
    }
  }

  @Test("What is not known is refused by its name before any numbers are there")
  func unknown() throws {
    let folder = try TemporaryFolder()
    func write(_ name: String, _ text: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/" + name))
    }
    for name in ["convnext_base", "vit_base_patch16_rope_224", "vit_giant_patch14_dinov2"] {
      try write("config.json", #"{"architecture":"\#(name)"}"#)
      expectError("not known: timm's \(name)") { try read(folder) }
    }
    try write("config.json", #"{"model_type":"dinov2","use_swiglu_ffn":true}"#)
    expectError("DINOv2 with gated perceptrons") { try read(folder) }
    try write("config.json", #"{"model_type":"m2m_100","d_model":16}"#)
    expectError("NLLB's tokenizer.json, or M2M-100's sentencepiece.bpe.model and vocab.json") {
      try read(folder)
    }
  }

  @Test("Where settings and numbers disagree about positions, the numbers are right")
  func positions() throws {
    let folder = try TemporaryFolder()
    for name in ["config.json", "tokenizer.json", "pytorch_model.bin"] {
      try FileManager.default.copyItem(
        atPath: fixture("starts/klue_roberta/" + name), toPath: folder.path + "/" + name)
    }
    let url = URL(fileURLWithPath: folder.path + "/config.json")
    let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    try Data(
      text.replacing(
        #""max_position_embeddings":30"#, with: #""max_position_embeddings":28"#
      ).utf8
    ).write(to: url)
    #expect(try read(folder).card.text.contextLength == 28)
    _ = try Model(try read(folder))
  }

  private func read(_ name: String) throws -> ModelFiles {
    try ModelFiles(folder: PublishedFolder(path: fixture("starts/" + name)))
  }

  private func read(_ folder: TemporaryFolder) throws -> ModelFiles {
    try ModelFiles(folder: PublishedFolder(path: folder.path))
  }

  /// The ids that our own reading of the reference's texts gives.
  private func ids(by model: Model) throws -> [[Int32]] {
    let tokenizer = try #require(model.tokenizer)
    let isCoded = model.card.text.languageCodes != nil
    return try zip(StartReference.texts, StartReference.codes).map { text, code in
      guard isCoded else { return model.card.text.ids(text, by: tokenizer).ids }
      let code = try #require(tokenizer.id(of: code))
      return model.card.text.ids(text, by: tokenizer, code: code).ids
    }
  }

  /// A network of one BERT that begins with a published one.
  @discardableResult
  private func start(
    texts name: String, seed: UInt64 = 0, _ change: (inout BERT.Settings) -> Void
  ) throws -> (DualEncoder, StartingSource) {
    let files = try read(name)
    var settings = files.card.encoder
    guard var tower = settings.text?.settings as? BERT.Settings else {
      throw ModelError.noTower(model: name, side: "texts")
    }
    change(&tower)
    settings.text = .bert(tower)
    let source = StartingSource(
      image: nil, text: try StartingTower(files, texts: settings.text),
      drawing: RandomSource(seed: seed))
    return (try DualEncoder(settings, in: Scope(source)), source)
  }

  private func expectError(_ words: String..., body: () throws -> Any?) {
    #expect {
      _ = try body()
    } throws: { error in
      words.allSatisfy { "\(error)".contains($0) }
    }
  }
}

/// What the reference says of one of the towers alone.
private struct StartReference {
  static let texts = [
    "A photo of a cat.", "Zwei Katzen schlafen", "고양이 두 마리", "一只猫", "  dogs &amp;  birds ",
    "x",
  ]
  static let codes = ["eng_Latn", "deu_Latn", "kor_Hang", "zho_Hans", "eng_Latn", "quy_Latn"]

  let tensors: [String: Tensor]

  init(_ name: String) throws {
    let file = try SafetensorsFile(path: fixture("starts/\(name)/expected.safetensors"))
    var tensors: [String: Tensor] = [:]
    for key in file.entries.keys { tensors[key] = try file.tensor(key) }
    self.tensors = tensors
  }

  func floats(_ key: String) throws -> [Float] { try #require(tensors[key]).floats }

  var ids: [[Int32]] {
    get throws {
      var rest = try #require(tensors["ids"]).array(of: Int64.self)[...]
      return try #require(tensors["lengths"]).array(of: Int64.self).map { length in
        defer { rest = rest.dropFirst(Int(length)) }
        return rest.prefix(Int(length)).map(Int32.init)
      }
    }
  }
}
