import Checkpoints
import Foundation
import Layers
import Torch

extension FuzzTarget {
  /// The readers of checkpoint files.
  ///
  /// - Parameter fixtures: The folder `Tests/Fixtures`.
  static func checkpoints(_ fixtures: String) throws -> [FuzzTarget] {
    func target(
      _ name: String, _ layout: Layout = .plain, words: [String] = [], bytes: [[UInt8]] = [],
      companions: [String: [UInt8]] = [:],
      where isWanted: (String) -> Bool
    ) throws -> FuzzTarget {
      let mutator = Mutator(
        seeds: try seeds(fixtures + "/checkpoints", where: isWanted),
        words: words.map { Array($0.utf8) } + bytes, layout: layout)
      return FuzzTarget(name: name, mutator: mutator, companions: companions, read: readTensors)
    }
    let pickleWords = [
      "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch\nFloatStorage\n",
      "ccollections\nOrderedDict\n",
      "cposix\nsystem\n", "storage", "(", "t", "R", "Q", "b", "}", "]", "(lp0\ng0\na", "I1\n",
      "h\u{1}",
    ]
    let pickleBytes: [[UInt8]] = [
      [0x85], [0x86], [0x87], [0x93], [0x94], [0x81], [0x8A, 9], [0x8D], [0x95],
    ]
    var shards: [String: [UInt8]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: fixtures + "/checkpoints")
    where name.contains("-of-") {
      let path = fixtures + "/checkpoints/" + name
      shards[name] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    return [
      try target(
        "safetensors", .counted,
        words: [
          "\"data_offsets\":[0,8]", "\"dtype\":\"F32\"", "\"shape\":[]", "{", "[", "NaN", "\\u0000",
          "__metadata__", "-1", "1e9", "null", ",\"a\":{\"dtype\":\"U8\",\"shape\":[1],",
        ]
      ) { $0.hasSuffix(".safetensors") },
      try target(
        "index", .json, words: ["..", "/", "input", "\"weight_map\":", "{", "[", "\\u0000"],
        companions: shards
      ) { $0.hasSuffix(".index.json") },
      try target("pickle-zip", .zip, words: pickleWords, bytes: pickleBytes) {
        $0.hasSuffix(".pt") || $0.hasSuffix(".bin")
      },
      try target("legacy", words: pickleWords, bytes: pickleBytes) { $0.hasSuffix(".pth") },
      try target(
        "msgpack", words: ["float32", "bfloat16", "kernel", "__msgpack_chunked_array__", "chunks"],
        bytes: [[0x81, 0xA1, 0x61], [0x91], [0xDF], [0xC7, 0, 1], [0xC9], [0xDD]]
      ) { $0.hasSuffix(".msgpack") },
      try target(
        "npz", .zip, words: ["'shape': (", "'<f8'", "'|O'", "True", "(1,)", "3L", "{"]
      ) { $0.hasSuffix(".npz") || $0.hasSuffix(".npy") },
    ]
  }

  private static func readTensors(_ path: String) throws -> Outcome {
    let file: any TensorFile
    do { file = try openTensors(path) } catch {
      try check(error, isPromised: true, names: path)
      return .refused
    }
    var outcome = Outcome.accepted
    var left = 1 << 20
    for (key, entry) in file.entries {
      // A claim is cheap: only what a network's shapes would have asked for is read.
      let bytes = entry.shape.reduce(entry.dtype.size) { $0.multipliedReportingOverflow(by: $1).0 }
      guard entry.shape.allSatisfy({ $0 < 1 << 20 }), 0...left ~= bytes else { continue }
      left -= bytes
      do {
        let tensor = try file.tensor(key)
        guard tensor.shape == entry.shape, tensor.dtype == entry.dtype else {
          throw Fault(reason: "“\(key)” is not as announced: \(tensor.shape), \(entry)")
        }
        _ = try tensor.array(of: UInt8.self)
      } catch let error as CheckpointError {
        try check(error, isPromised: true, names: path)
        outcome = .refused
      }
    }
    return outcome
  }
}
