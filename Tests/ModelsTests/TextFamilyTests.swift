import Checkpoints
import Foundation
import Layers
import Models
import TestSupport
import Testing
import Tokens
import Torch
import Towers

/// Tiny models in their published layouts, written by the reference implementations together with
/// what they compute: `Tools/references/families_text.py`.
@Suite("Families with text towers of others")
struct TextFamilyTests {
  @Test(
    "A published folder gives the reference's ids and vectors",
    arguments: [
      Case("nllb_open_clip", .nllbCLIP, codes: flores),
      Case("nllb_huggingface", .nllbCLIP, codes: flores),
      Case("koclip_pytorch", .koCLIP), Case("koclip_flax", .koCLIP),
      Case("koclip_large", .koCLIP), Case("pair_transformers_5", .koCLIP),
      Case("chinese_clip", .chineseCLIP),
      Case("M-CLIP-Vit-B-32", .mCLIP), Case("xlmr_open_clip", .mCLIP),
      Case("sentence_minilm", .sentenceBERT), Case("sentence_distil", .sentenceBERT),
      Case("sentence_labse", .sentenceBERT), Case("sentence_distiluse", .sentenceBERT),
    ])
  func agrees(with given: Case) throws {
    let folder = PublishedFolder(path: path(given.folder), companions: companion)
    let files = try #require(try given.family.read(folder))
    try expectEqual(try Model(files), to: given.folder, codes: given.codes)
  }

  @Test(
    "The texts alone need neither the other tower nor its file",
    arguments: [Case("chinese_clip", .chineseCLIP), Case("M-CLIP-Vit-B-32", .mCLIP)])
  func textsAlone(given: Case) throws {
    let folder = PublishedFolder(path: path(given.folder), companions: companion)
    let files = try #require(try given.family.read(folder))
    let model = try Model(files, towers: .texts)
    #expect(model.encoder.images == nil)
    try expectEqual(model, to: given.folder)
  }

  @Test("KoCLIP's PyTorch port can be read with the positions it was trained with")
  func positionScheme() throws {
    let copy = try TemporaryFolder()
    try copyFolder("koclip_pytorch", to: copy.path)
    try edit(
      copy.path, "\"pad_token_id\":1", "\"pad_token_id\":1,\"position_scheme\":\"zero_based\"")
    let files = try #require(try Family.koCLIP.read(PublishedFolder(path: copy.path)))
    guard let settings = files.card.encoder.text?.settings as? BERT.Settings else {
      Issue.record("KoCLIP's text tower is a BERT")
      return
    }
    #expect(settings.positionScheme == .zeroBased)
    #expect(files.card.text.contextLength == 30)
    let model = try Model(files, towers: .texts)
    let expected = try SafetensorsFile(path: path("koclip_pytorch/expected.safetensors"))
    #expect(
      !isClose(try model.embed(texts: texts), try expected.tensor("texts").floats, tolerance: 1e-2))
    try edit(copy.path, "zero_based", "from_one")
    expectError("“position_scheme” is “from_one”; known: zero_based, after_padding") {
      try Family.koCLIP.read(PublishedFolder(path: copy.path))
    }
  }

  @Test(
    "A table of tokens in half precision stays as it is, and gives the same as one made float32",
    arguments: [DType.float16, .bfloat16])
  func halfTable(dtype: DType) throws {
    let key = "text_model.encoder.embed_tokens.weight"
    let file = try SafetensorsFile(path: path("nllb_huggingface/model.safetensors"))
    let vectors = try [dtype, .float32].map { kept -> [Float] in
      let copy = try TemporaryFolder()
      try copyFolder("nllb_huggingface", to: copy.path)
      let tensors = try file.entries.keys.sorted().map {
        name -> (name: String, tensor: Tensor) in
        let tensor = try file.tensor(name)
        return (name, name == key ? tensor.to(dtype).to(kept) : tensor)
      }
      try writeSafetensors(tensors, to: copy.path + "/model.safetensors")
      let model = try Model(folder: copy.path)
      let table = try #require(model.encoder.parameters.first { $0.name == "text.tokens.weight" })
      #expect(table.value.dtype == kept)
      let tokenizer = try #require(model.tokenizer)
      let ids = try zip(texts, flores).map { text, code in
        let code = try #require(tokenizer.id(of: code))
        return model.card.text.ids(text, by: tokenizer, code: code).ids
      }
      let batch = TokenBatch(ids, padding: model.card.text.padding, length: nil)
      return model.encoder.embed(texts: batch).floats
    }
    #expect(vectors[0] == vectors[1])
  }

  @Test("open_clip's words of before 2023 are read as those of today")
  func oldWords() throws {
    let copy = try TemporaryFolder()
    try copyFolder("nllb_open_clip", to: copy.path)
    let name = "open_clip_config.json"
    try edit(copy.path, "hf_proj_type", "proj", in: name)
    try edit(copy.path, "hf_pooler_type", "pooler_type", in: name)
    let folder = PublishedFolder(path: copy.path, companions: companion)
    let files = try #require(try Family.nllbCLIP.read(folder))
    try expectEqual(try Model(files), to: "nllb_open_clip", codes: flores)
  }

  @Test("A model whose pictures are another model's says which one is missing")
  func missingCompanion() {
    expectError("xlm-roberta-tiny is not a model") {
      try Family.mCLIP.read(PublishedFolder(path: path("M-CLIP-Vit-B-32")))
    }
  }

  @Test("A missing tokenizer is named, and not replaced by anything")
  func missingTokenizer() throws {
    for given in [Case("nllb_open_clip", .nllbCLIP), Case("sentence_minilm", .sentenceBERT)] {
      let copy = try TemporaryFolder()
      try copyFolder(given.folder, to: copy.path)
      try FileManager.default.removeItem(atPath: copy.path + "/tokenizer.json")
      expectError("has no tokenizer.json") {
        try given.family.read(PublishedFolder(path: copy.path, companions: companion))
      }
    }
  }

  @Test(
    "Settings that contradict the numbers are refused before any memory is taken",
    arguments: [
      (
        "\"hidden_size\":16", "\"hidden_size\":32",
        "“text_model.embeddings.word_embeddings.weight” is [82, 16]"
      ), ("\"hidden_size\":16", "\"hidden_size\":2147483646", "is impossible"),
      ("\"hidden_size\":16", "\"hidden_size\":17", "2 heads do not divide a width of 17"),
      ("\"num_attention_heads\":2", "\"num_attention_heads\":0", "0 heads do not divide"),
      ("\"num_hidden_layers\":2", "\"num_hidden_layers\":3", "The checkpoint has no"),
      ("\"num_hidden_layers\":2", "\"num_hidden_layers\":1", "does not use 16"),
      ("\"max_position_embeddings\":30", "\"max_position_embeddings\":1", "leaves texts -1 tokens"),
      (
        "\"model_type\":\"roberta\"", "\"model_type\":\"mpnet\"",
        "“text_config.model_type” is “mpnet”"
      ),
      (
        "\"model_type\":\"clip_vision_model\"", "\"model_type\":\"dinov2\"",
        "the image tower dinov2"
      ),
      ("\"hidden_act\":\"gelu\"", "\"hidden_act\":\"gelu_9\"", "“gelu_9”"),
    ])
  func contradictions(old: String, new: String, says: String) throws {
    let copy = try TemporaryFolder()
    try copyFolder("koclip_pytorch", to: copy.path)
    try edit(copy.path, old, new)
    expectError(says) {
      try Family.koCLIP.read(PublishedFolder(path: copy.path)).map { try Model($0) }
    }
  }

  @Test("Parts of a sentence-transformers model that are not known here are refused, not left out")
  func unknownParts() throws {
    let copy = try TemporaryFolder()
    try copyFolder("sentence_minilm", to: copy.path)
    try edit(copy.path, "models.Normalize", "models.CNN", in: "modules.json")
    expectError("a part of the kind “CNN” is not supported") {
      try Family.sentenceBERT.read(PublishedFolder(path: copy.path))
    }
    try edit(copy.path, "models.CNN", "models.Normalize", in: "modules.json")
    try edit(
      copy.path, "\"pooling_mode_max_tokens\":false", "\"pooling_mode_max_tokens\":true",
      in: "1_Pooling/config.json")
    expectError("it pools by max and mean; known: mean, cls") {
      try Family.sentenceBERT.read(PublishedFolder(path: copy.path))
    }
  }

  @Test("A folder of one family is no other's")
  func families() throws {
    let all: [Family] = [.nllbCLIP, .koCLIP, .chineseCLIP, .mCLIP, .sentenceBERT]
    for name in [
      "nllb_open_clip", "koclip_flax", "chinese_clip", "xlmr_open_clip", "sentence_labse",
    ] {
      let folder = PublishedFolder(path: path(name), companions: companion)
      let known = try all.filter { try $0.read(folder) != nil }
      #expect(known.count == 1, "\(name): \(known.map(\.name))")
    }
  }

  @Test(
    "The real MiniLM gives transformers' ids and vectors",
    .enabled(if: miniLM != nil, "Scripts/test-published fetches and checks it"))
  func realMiniLM() throws {
    let folder = try #require(miniLM)
    let file = try SafetensorsFile(path: folder + "/expected.safetensors")
    let bytes = try file.tensor("bytes").array(of: UInt8.self)
    let texts = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    let files = try #require(try Family.sentenceBERT.read(PublishedFolder(path: folder)))
    try expectEqual(try Model(files), to: file, texts: texts)
  }
}

/// Where `Tools/references/minilm.py` has put its model.
private let miniLM = ProcessInfo.processInfo.environment["PICTOGLOT_MINILM"]

/// A folder of the fixtures, and the family that must know it.
struct Case: Sendable, CustomTestStringConvertible {
  let folder: String
  let family: Family
  let codes: [String]?

  init(_ folder: String, _ family: Family, codes: [String]? = nil) {
    (self.folder, self.family, self.codes) = (folder, family, codes)
  }

  var testDescription: String { folder }
}

private let texts = [
  "A photo of a cat.", "Zwei Katzen schlafen", "고양이 두 마리", "一只猫", "  dogs &amp;  birds ", "x",
]
private let flores = ["eng_Latn", "deu_Latn", "kor_Hang", "zho_Hans", "eng_Latn", "quy_Latn"]

private func path(_ name: String) -> String { fixture("families_text/" + name) }

@Sendable private func companion(_ name: String) throws(ModelError) -> String {
  path("hub/" + name)
}

private func expectEqual(_ model: Model, to name: String, codes: [String]? = nil) throws {
  let file = try SafetensorsFile(path: path(name + "/expected.safetensors"))
  try expectEqual(model, to: file, texts: texts, codes: codes)
}

private func expectEqual(
  _ model: Model, to file: SafetensorsFile, texts: [String], codes: [String]? = nil
) throws {
  let tokenizer = try #require(model.tokenizer)
  var ids: [[Int32]] = []
  for (index, text) in texts.enumerated() {
    let code = try codes.map { try #require(tokenizer.id(of: $0[index])) }
    let read = model.card.text.ids(text, by: tokenizer, code: code)
    ids.append(read.ids)
    // Without what is put around it, a text is what its tokenizer alone makes of it.
    let alone = tokenizer.ids(model.card.text.cleaning(text), addSpecialTokens: false).ids
    #expect(Array(read.ids[read.own]) == Array(alone.prefix(read.own.count)))
    #expect(read.own.count == alone.count || read.isTruncated)
  }
  let lengths = try file.tensor("lengths").array(of: Int64.self)
  var rest = try file.tensor("ids").array(of: Int64.self)[...]
  for (text, length) in zip(ids, lengths) {
    #expect(text.map(Int64.init) == Array(rest.prefix(Int(length))))
    rest = rest.dropFirst(Int(length))
  }
  let batch = TokenBatch(
    ids, padding: model.card.text.padding, length: model.card.text.paddedLength)
  let vectors = model.encoder.embed(texts: batch).floats
  #expect(isClose(vectors, try file.tensor("texts").floats, tolerance: 1e-5))
  guard model.encoder.images != nil else { return }
  let picture = model.encoder.embed(images: try file.tensor("pixels")).floats
  #expect(isClose(picture, try file.tensor("picture").floats, tolerance: 1e-5))
}

private func copyFolder(_ name: String, to target: String) throws {
  try FileManager.default.removeItem(atPath: target)
  try FileManager.default.copyItem(atPath: path(name), toPath: target)
}

private func edit(_ folder: String, _ old: String, _ new: String, in name: String = "config.json")
  throws
{
  let url = URL(fileURLWithPath: folder + "/" + name)
  let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
  let start = try #require(text.range(of: old))
  try Data(text.replacingCharacters(in: start, with: new).utf8).write(to: url)
}

private func expectError(_ words: String, _ body: () throws -> Any?) {
  #expect {
    _ = try body()
  } throws: {
    "\($0)".contains(words)
  }
}
