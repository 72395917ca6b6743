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

/// Tiny models that the libraries themselves have written, `Tools/references/families_image.py` and
/// `families_text.py`: read by us and written again, they must be what they were.
@Suite("Checkpoints for other libraries")
struct ExportTests {
  struct Round: Sendable, CustomTestStringConvertible {
    let folder: String
    let family: Family
    let format: ExportFormat
    let architecture: String
    var testDescription: String { folder }
  }

  private static let rounds = [
    Round(
      folder: "families_image/clip", family: .clip, format: .huggingFace,
      architecture: "CLIPModel"),
    Round(
      folder: "families_image/siglip", family: .siglip, format: .huggingFace,
      architecture: "SiglipModel"),
    Round(
      folder: "families_text/chinese_clip", family: .chineseCLIP, format: .huggingFace,
      architecture: "ChineseCLIPModel"),
    Round(
      folder: "families_text/koclip_pytorch", family: .koCLIP, format: .huggingFace,
      architecture: "VisionTextDualEncoderModel"),
    Round(
      folder: "families_text/koclip_large", family: .koCLIP, format: .huggingFace,
      architecture: "VisionTextDualEncoderModel"),
    Round(
      folder: "families_image/open_clip", family: .openCLIP, format: .openCLIP,
      architecture: "CLIP"),
    Round(
      folder: "families_image/open_clip_custom", family: .openCLIP, format: .openCLIP,
      architecture: "CustomTextCLIP"),
    Round(
      folder: "families_text/nllb_open_clip", family: .nllbCLIP, format: .openCLIP,
      architecture: "CustomTextCLIP"),
    Round(
      folder: "families_text/xlmr_open_clip", family: .mCLIP, format: .openCLIP,
      architecture: "CustomTextCLIP"),
  ]

  @Test(
    "A library's own model comes back with the same names, shapes and numbers", arguments: rounds)
  func sameNumbers(round: Round) throws {
    let out = try TemporaryFolder()
    let files = try read(round)
    let written = try Model.export(files, as: round.format, to: out.path + "/out")
    #expect(written.architecture == round.architecture)
    let name = round.format == .openCLIP ? "open_clip_model.safetensors" : "model.safetensors"
    let theirs = try openTensors(files.weights[0].path)
    let ours = try SafetensorsFile(path: out.path + "/out/" + name)
    // A table for kinds of sentences and BERT's pooler are made and never used by Chinese CLIP.
    let unused = theirs.entries.keys.filter {
      $0.contains("position_ids") || (round.family.name == "chinese-clip" && $0.contains("pooler"))
        || $0.contains("embed_positions") || $0.hasSuffix("attn_mask")
        || (round.folder.hasSuffix("xlmr_open_clip") && $0.contains("transformer.pooler"))
    }
    #expect(Set(ours.entries.keys) == Set(theirs.entries.keys).subtracting(unused))
    for (key, entry) in ours.entries {
      #expect(entry.shape == theirs.entries[key]?.shape, "\(key)")
      // They were stored with 16 bits, which 32 hold exactly.
      let expected = try theirs.tensor(key).to(.float32).floats
      let found = try ours.tensor(key).floats
      #expect(
        key.hasSuffix("logit_scale") ? isClose(found, expected) : found == expected, "\(key)")
    }
  }

  @Test("The library's settings come back as it wrote them", arguments: rounds)
  func sameSettings(round: Round) throws {
    let out = try TemporaryFolder()
    try Model.export(try read(round), as: round.format, to: out.path + "/out", place: "a/place")
    let name = round.format == .openCLIP ? "open_clip_config.json" : "config.json"
    let theirs = try leaves(fixture(round.folder) + "/" + name)
    let ours = try leaves(out.path + "/out/" + name)
    var compared = 0
    for (key, value) in ours {
      // Names are places, and proportions of widths are rounded: the numbers' shapes tell of those.
      guard let expected = theirs[key],
        !["_name", "vision_config.projection_dim", "mlp_ratio"].contains(where: key.hasSuffix)
      else { continue }
      compared += 1
      if let (value, expected) = numbers(value, expected) {
        #expect(isClose(value, expected, tolerance: 1e-7), "\(key)")
      } else {
        #expect(value == expected, "\(key)")
      }
    }
    #expect(compared > 10)
    // What they say and we do not is what the library assumes anyway.
    let silent = Set(theirs.keys).subtracting(ours.keys).filter { key in
      ![
        "classifier_dropout", "initializer", "logit_scale_init_value", "transformers_version",
        "bos_token_id",
        "eos_token_id", "mlp_ratio",
      ].contains { key.contains($0) }
    }
    #expect(silent.isEmpty, "\(silent)")
  }

  @Test("Our own reader gets the same vectors from what was written", arguments: rounds)
  func sameVectors(round: Round) throws {
    let out = try TemporaryFolder()
    let files = try read(round)
    try Model.export(files, as: round.format, to: out.path + "/out")
    let folder = PublishedFolder(path: out.path + "/out", companions: companion)
    let (before, after) = (try Model(files), try Model(try ModelFiles(folder: folder)))
    let texts = ["red apple", "빨간 사과"]
    #expect(isClose(try before.embed(texts: texts), try after.embed(texts: texts)))
    let size = files.card.preprocessing.size
    let pixels = (0..<2 * 3 * size * size).map { Float($0 * 37 % 101) / 50 - 1 }
    #expect(
      isClose(
        try before.embed(pixels: pixels, count: 2), try after.embed(pixels: pixels, count: 2)))
    #expect(after.card.preprocessing.mean == files.card.preprocessing.mean)
    #expect(after.card.preprocessing.fit == files.card.preprocessing.fit)
    #expect(after.card.preprocessing.filter == files.card.preprocessing.filter)
  }

  @Test("Names of a SigLIP in open_clip are timm's, and its pooling is cut in three")
  func timmNames() throws {
    let out = try TemporaryFolder()
    // Only such sizes have a name there.
    var files = try read(Self.rounds[1])
    guard var image = files.card.encoder.image?.settings as? ViT.Settings else { return }
    image.depth = 2
    files.card.encoder.image = .vit(image)
    let error = try #require(throws: ExportError.self) {
      try Model.export(files, as: .openCLIP, to: out.path + "/out")
    }
    #expect("\(error)".contains("there is none of 2 blocks of 16"))
  }

  @Test("Towers that a library has not are named, and nothing is written")
  func refused() throws {
    let out = try TemporaryFolder()
    let brivl = try #require(
      try Family.brivl.read(PublishedFolder(path: fixture("families_image/brivl"))))
    for format in ExportFormat.allCases {
      let error = try #require(throws: ExportError.self) {
        try Model.export(brivl, as: format, to: out.path + "/out")
      }
      #expect("\(error)".contains("the image tower") && "\(error)".contains("EfficientNet"))
    }
    let sentences = try #require(
      try Family.sentenceBERT.read(PublishedFolder(path: fixture("families_text/sentence_minilm"))))
    #expect(throws: ExportError.oneSided(model: "sentence_minilm", side: "pictures")) {
      try Model.export(sentences, as: .huggingFace, to: out.path + "/out")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: out.path).isEmpty)
  }

  @Test("A folder that is there already is left as it is")
  func placeTaken() throws {
    let out = try TemporaryFolder()
    #expect(throws: ExportError.placeTaken(path: out.path)) {
      try Model.export(try read(Self.rounds[0]), as: .huggingFace, to: out.path)
    }
  }

  private func read(_ round: Round) throws -> ModelFiles {
    try #require(
      try round.family.read(
        PublishedFolder(path: fixture(round.folder), companions: companion)))
  }

  @Sendable private func companion(_ name: String) throws(ModelError) -> String {
    fixture("families_text/hub/" + name)
  }

  private func numbers(_ first: String, _ second: String) -> (Double, Double)? {
    guard let first = Double(first), let second = Double(second) else { return nil }
    return (first, second)
  }

  /// Every value of a JSON file by its path, as text; numbers as numbers.
  private func leaves(_ path: String) throws -> [String: String] {
    var all: [String: String] = [:]
    func walk(_ value: Any, _ place: String) {
      switch value {
      case let object as [String: Any]:
        for (key, value) in object { walk(value, place + "." + key) }
      case let list as [Any]:
        for (index, value) in list.enumerated() { walk(value, "\(place).\(index)") }
      case let number as NSNumber: all[place] = "\(number.doubleValue)"
      case is NSNull: break
      default: all[place] = "\(value)"
      }
    }
    walk(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))), "")
    return all
  }
}
