import Foundation
import Layers
import Models
import TestSupport
import Testing
import Towers

@Suite("What published towers drop while they learn")
struct PublishedDropoutTests {
  @Test(
    "It is what their settings say, or transformers' standard where they are silent",
    arguments: ["sentence_minilm", "sentence_distil", "chinese_clip", "koclip_pytorch"])
  func standard(folder: String) throws {
    let card = try card(of: PublishedFolder(path: fixture("families_text/" + folder)))
    #expect(try #require(card.encoder.text).rates == DropoutRates(hidden: 0.1, attention: 0.1))
    // CLIP's image towers have none.
    if let image = card.encoder.image { #expect(image.settings.dropouts.map(\.rates) == [.none]) }
  }

  @Test("Other values are read, kind by kind")
  func others() throws {
    for (folder, old, new) in [
      ("sentence_minilm", #""hidden_dropout_prob": 0.1"#, #""hidden_dropout_prob": 0.25"#),
      ("sentence_distil", #""dropout": 0.1"#, #""dropout": 0.25"#),
    ] {
      let copy = try TemporaryFolder()
      try FileManager.default.removeItem(atPath: copy.path)
      try FileManager.default.copyItem(
        atPath: fixture("families_text/" + folder), toPath: copy.path)
      let file = URL(fileURLWithPath: copy.path + "/config.json")
      let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
      // Only where a key begins: “attention_dropout” ends alike.
      let start = try #require(text.range(of: old))
      try Data(text.replacingCharacters(in: start, with: new).utf8).write(to: file)
      let card = try card(of: PublishedFolder(path: copy.path))
      #expect(try #require(card.encoder.text).rates == DropoutRates(hidden: 0.25, attention: 0.1))
    }
  }

  @Test("NLLB's may drop inside perceptrons, too")
  func nllb() throws {
    let copy = try TemporaryFolder()
    let path = copy.path + "/config.json"
    try Data(#"{"dropout":0.2,"attention_dropout":0.3,"activation_dropout":0.4}"#.utf8)
      .write(to: URL(fileURLWithPath: path))
    let settings = try PublishedSettings(path: path).nllb(contextLength: 9)
    #expect(settings.dropout == DropoutRates(hidden: 0.2, attention: 0.3, activation: 0.4))
    try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
    let silent = try PublishedSettings(path: path).nllb(contextLength: 9)
    #expect(silent.dropout == DropoutRates(hidden: 0.1, attention: 0.1))
  }

  @Test("open_clip's vision transformers may leave out patches", arguments: [nil, 0.5])
  func patches(share: Double?) throws {
    let copy = try TemporaryFolder()
    try FileManager.default.removeItem(atPath: copy.path)
    try FileManager.default.copyItem(
      atPath: fixture("families_image/open_clip"), toPath: copy.path)
    let file = URL(fileURLWithPath: copy.path + "/open_clip_config.json")
    if let share {
      let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
      let start = try #require(text.firstRange(of: /"vision_cfg":\s*\{/))
      let edited = text.replacingCharacters(
        in: start, with: #""vision_cfg":{"patch_dropout":\#(share),"#)
      try Data(edited.utf8).write(to: file)
    }
    let card = try #require(try Family.openCLIP.read(PublishedFolder(path: copy.path))).card
    guard let settings = card.encoder.image?.settings as? ViT.Settings else {
      Issue.record("It is a vision transformer")
      return
    }
    #expect(settings.dropout == DropoutRates(patches: share ?? 0))
  }

  private func card(of folder: PublishedFolder) throws -> ModelCard {
    for family in [Family.sentenceBERT, .chineseCLIP, .koCLIP] {
      if let files = try family.read(folder) { return files.card }
    }
    throw CocoaError(.fileNoSuchFile)
  }
}

extension TextTowerSettings {
  fileprivate var rates: DropoutRates? {
    (settings as? BERT.Settings)?.dropout
  }
}
