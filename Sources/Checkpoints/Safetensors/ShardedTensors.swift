import Files
import Foundation
import Layers
import Torch

/// Tensors spread over several files, as `model.safetensors.index.json` or
/// `pytorch_model.bin.index.json` lists them.
///
/// All shards must be there; what they hold is read from their headers at once, their numbers when
/// they are asked for.
///
/// - Source: Hugging Face, “Big models”: the `weight_map` of an index.
final class ShardedTensors: TensorFile {
  /// The most bytes of an index and the most shards it may name.
  static let maximumIndex = 64 << 20
  static let maximumShards = 4096

  let path: String
  let entries: [String: TensorEntry]
  private let shards: [String: any TensorFile]
  private let map: [String: String]

  init(_ mapping: MappedFile, path: String) throws(CheckpointError) {
    func refuse(_ reason: String) -> CheckpointError {
      .unreadable(path: path, reason: Damage(reason))
    }
    self.path = path
    guard mapping.bytes.count <= Self.maximumIndex,
      let json = try? JSONSerialization.jsonObject(with: Data(mapping.bytes)) as? [String: Any]
    else { throw refuse("it is not JSON") }
    guard let map = json["weight_map"] as? [String: String] else {
      throw refuse("it has no table “weight_map” of tensors and their files")
    }
    let names = Set(map.values)
    guard names.count <= Self.maximumShards else { throw refuse("it names \(names.count) files") }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var shards: [String: any TensorFile] = [:]
    for name in names.sorted() {
      // An index is downloaded: it must not lead to any other place.
      guard !name.isEmpty, name != ".", name != "..", !name.contains("/"), !name.contains("\0")
      else {
        throw refuse("it names the file “\(name.prefix(200))”, which is not one beside it")
      }
      guard FileManager.default.fileExists(atPath: folder + "/" + name) else {
        throw refuse("the file “\(name.prefix(200))” that it names is missing; download it anew")
      }
      shards[name] = try openTensors(folder + "/" + name, mayBeIndex: false)
    }
    var entries: [String: TensorEntry] = [:]
    for (key, name) in map.sorted(by: { $0.key < $1.key }) {
      guard let entry = shards[name]?.entries[key] else {
        throw refuse("“\(key.prefix(200))” should be in “\(name)” and is not")
      }
      entries[key] = entry
    }
    self.map = map
    self.shards = shards
    self.entries = entries
  }

  func tensor(_ key: String) throws(CheckpointError) -> Tensor {
    guard let name = map[key], let shard = shards[name] else {
      throw .missing(key: key, closest: closest(to: key, among: entries.keys))
    }
    return try shard.tensor(key)
  }
}
