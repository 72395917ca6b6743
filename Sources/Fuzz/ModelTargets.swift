import Checkpoints
import Foundation
import Layers
import Models
import Tokens
import Torch

extension FuzzTarget {
  /// The readers of published models' settings, one for each tiny model of the tests, and of the one
  /// that has no settings but its tensors. What contradicts the numbers and the tokenizer beside it
  /// is the point.
  ///
  /// - Parameter fixtures: The folder `Tests/Fixtures`.
  static func models(_ fixtures: String) throws -> [FuzzTarget] {
    var targets: [FuzzTarget] = []
    for group in ["families_image", "families_text"] {
      for name in try FileManager.default.contentsOfDirectory(atPath: fixtures + "/" + group)
        .sorted()
      {
        let folder = fixtures + "/\(group)/\(name)"
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        let settings = ["open_clip_config.json", "config.json"].filter(files.contains)
        for file in settings + files.filter({ $0.hasSuffix(".pt") }) {
          targets.append(
            try model(name, folder, file, files, hub: fixtures + "/families_text/hub"))
        }
      }
    }
    return targets
  }

  private static func model(
    _ name: String, _ folder: String, _ file: String, _ files: [String], hub: String
  )
    throws
    -> FuzzTarget
  {
    var companions: [String: [UInt8]] = [:]
    for other in files where other != file && !other.hasPrefix("expected") {
      if let data = try? Data(contentsOf: URL(fileURLWithPath: folder + "/" + other)) {
        companions[other] = [UInt8](data)
      }
    }
    let words = [
      "null", "true", "{}", "[]", "\"\"", "-1", "0", "1e300", "\"gelu\"", "\"vision_config\":{",
      "\"text_config\":{", "\"hidden_size\":", "\"num_attention_heads\":3,", "\"image_size\":",
    ]
    let seed = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file)))
    let isJSON = file.hasSuffix(".json")
    let mutator = Mutator(
      seeds: [seed], words: words.map { Array($0.utf8) }, layout: isJSON ? .json : .zip)
    let stem = file == "config.json" ? "config" : isJSON ? "clip-config" : "tensors"
    return FuzzTarget(
      name: "\(stem)-\(name)", mutator: mutator, fileName: file, companions: companions,
      read: { path in try readModel(path, hub: hub) })
  }

  /// - Parameter hub: A folder with models that others refer to.
  private static func readModel(_ path: String, hub: String) throws -> Outcome {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    do {
      let model = try Model(folder: folder) { name throws(ModelError) in
        guard !name.contains("..") else { throw .notAModel(path: name, missing: "name") }
        return hub + "/" + name
      }
      if model.tokenizer != nil {
        _ = try model.embed(texts: ["A red apple, 빨간 사과 12", ""])
      }
      return .accepted
    } catch {
      let isPromised =
        error is ModelError || error is CheckpointError || error is TokenizerError
        || error is TorchError
      try check(error, isPromised: isPromised)
      return .refused
    }
  }
}
