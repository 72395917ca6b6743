import Foundation
import Models
import TestSupport

extension PublishedLayout {
  /// The repositories that a hub has for this model: its own, and those that it refers to.
  var repositories: [String: [FakeHub.File]] {
    var repositories = [name: files.map(file)]
    for (companion, needed) in companions {
      let traps = [
        "model.safetensors", "pytorch_model.bin", "tokenizer.json", "sentencepiece.bpe.model",
        "generation_config.json",
      ].filter { !needed.contains($0) && !($0 == "tokenizer.json" && needed.contains("vocab.txt")) }
      repositories[companion] =
        needed.map { file($0, Self.companionContents[companion + "/" + $0]) }
        + traps.map { file($0, nil) }
    }
    return repositories
  }

  /// What a trap holds: nothing that could be read.
  static let trap = Data("not to be asked for".utf8)

  /// A file whose contents are in the fixture, said, or none; settings may be empty.
  private func file(_ name: String) -> FakeHub.File {
    if let text = settings[name] { return (name, Data(text.utf8), false) }
    return file(name, fixture + "/" + (contents[name] ?? name))
  }

  private func file(_ name: String, _ place: String?) -> FakeHub.File {
    let found = place.flatMap { FileManager.default.contents(atPath: TestSupport.fixture($0)) }
    let isEmpty = name == "README.md" || PublishedFolder.settings(among: [name]) == [name]
    return (name, found ?? (isEmpty ? Data("{}".utf8) : Self.trap), !isEmpty)
  }

  private static let companionContents = [
    "facebook/nllb-tiny/config.json": "families_text/hub/facebook/nllb-tiny/config.json",
    "facebook/nllb-200-distilled-600M/tokenizer.json":
      "families_text/nllb_huggingface/tokenizer.json",
    "openai/clip-vit-base-patch32/config.json":
      "families_text/hub/openai/clip-vit-base-patch32/config.json",
    "openai/clip-vit-base-patch32/model.safetensors":
      "families_text/hub/openai/clip-vit-base-patch32/model.safetensors",
    "openai/clip-vit-base-patch32/tokenizer.json":
      "families_text/hub/openai/clip-vit-base-patch32/tokenizer.json",
    "xlm-roberta-tiny/config.json": "families_text/hub/xlm-roberta-tiny/config.json",
    "hfl/chinese-roberta-wwm-ext/tokenizer_config.json":
      "families_image/brivl/tokenizer_config.json",
    "hfl/chinese-roberta-wwm-ext/vocab.txt": "families_image/brivl/vocab.txt",
  ]

  private static func tokenizer(of folder: String) -> [String: Any] {
    let path = folder + "/tokenizer.json"
    let data = FileManager.default.contents(atPath: path) ?? Data()
    return (try? JSONSerialization.jsonObject(with: data) as? [String: Any]) ?? [:]
  }

  /// The `vocab.txt` that a WordPiece tokenizer was made of.
  static func wordList(of folder: String) -> String {
    let model = tokenizer(of: folder)["model"] as? [String: Any]
    let words = model?["vocab"] as? [String: Int] ?? [:]
    return words.sorted { $0.value < $1.value }.map { $0.key + "\n" }.joined()
  }

  /// A `tokenizer.json` with T5's hundred sentinels added, as those of timm's first SigLIPs.
  static func withSentinels(_ folder: String) -> String {
    var root = tokenizer(of: folder)
    let model = root["model"] as? [String: Any]
    let count = (model?["vocab"] as? [String: Int])?.count ?? 0
    let sentinels: [[String: Any]] = (0..<100).map {
      [
        "id": count + $0, "content": "<extra_id_\($0)>", "single_word": false, "lstrip": false,
        "rstrip": false, "normalized": false, "special": true,
      ]
    }
    root["added_tokens"] = (root["added_tokens"] as? [[String: Any]] ?? []) + sentinels
    let data = (try? JSONSerialization.data(withJSONObject: root)) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}
