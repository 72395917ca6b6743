import Checkpoints
import Foundation
import Layers
import TestSupport
import Testing
import Torch

@Suite("Checkpoint formats")
struct FormatTests {
  /// What one tensor of `expected.json` is: type, shape, numbers.
  private typealias Expected = [String: [String: [Any]]]

  private static func expected() throws -> Expected {
    let data = try Data(contentsOf: URL(fileURLWithPath: fixture("checkpoints/expected.json")))
    return try #require(try JSONSerialization.jsonObject(with: data) as? Expected)
  }

  @Test(
    "Names, types, shapes and numbers are those of the library that wrote the file",
    arguments: [
      "nested.pt", "nested-protocol-5.pt", "nested-legacy.pth",
      "state_dict.bin", "module.pt", "torchscript.pt", "lone.pt", "big-endian.pt", "zip64.pt",
      "model.safetensors.index.json", "pytorch_model.bin.index.json", "flax_model.msgpack",
      "arrays.npz", "compressed.npz", "array.npy", "array-version-3.npy",
    ])
  func equalsReference(name: String) throws {
    let expected = try #require(Self.expected()[name])
    let file = try openTensors(fixture("checkpoints/" + name))
    #expect(file.entries.keys.sorted() == expected.keys.sorted())
    for (key, entry) in file.entries {
      let fields = try #require(expected[key])
      let tensor = try file.tensor(key)
      #expect("\(entry.dtype)" == fields[0] as? String, "\(key)")
      #expect(entry.shape == fields[1] as? [Int], "\(key)")
      #expect(tensor.dtype == entry.dtype)
      #expect(tensor.shape == entry.shape)
      let numbers = try tensor.array(of: Double.self)
      let wanted = try #require(fields[2] as? [Double])
      // Of long ones only the sum is kept.
      let kept = wanted.count < numbers.count ? [numbers.reduce(0, +)] : numbers
      #expect(kept.count == wanted.count)
      // JSON keeps seventeen digits, of which its reader may round the last.
      for (a, b) in zip(kept, wanted) { #expect(a == b || abs(a - b) <= 1e-14 * abs(b), "\(key)") }
    }
  }

  @Test("Every type of number comes back from a safetensors file as it went in")
  func writesEveryType() throws {
    let folder = try TemporaryFolder()
    let source = try openTensors(fixture("checkpoints/big-endian.pt"))
    let keys = source.entries.keys.sorted()
    #expect(keys.count == DType.allCases.count)
    var tensors: [(name: String, tensor: Tensor)] = []
    for key in keys { tensors.append((key, try source.tensor(key))) }
    try writeSafetensors(tensors, to: folder.path + "/types.safetensors")
    let file = try openTensors(folder.path + "/types.safetensors")
    for (key, tensor) in tensors {
      #expect(file.entries[key] == source.entries[key])
      #expect(
        try file.tensor(key).array(of: Double.self) == tensor.array(of: Double.self), "\(key)")
    }
  }

  @Test("Tensors outlive the file that they lie in")
  func tensorsKeepTheFile() throws {
    let tensor = try openTensors(fixture("checkpoints/nested.pt")).tensor("state_dict.whole")
    #expect(tensor.floats == (0..<24).map(Float.init))
  }

  @Test("What is in a file and is no tensor is named when it is asked for")
  func namesWhatIsNotRead() throws {
    let file = try openTensors(fixture("checkpoints/nested.pt"))
    for (key, words) in [
      ("args", "argparse.Namespace"), ("vector", "multiarray._reconstruct"),
      ("complex", "not supported"), ("sparse", "_rebuild_sparse_tensor"),
    ] {
      #expect { try file.tensor(key) } throws: {
        "\($0)".contains(words) && "\($0)".contains("“\(key)”") && "\($0)".contains("nested.pt")
      }
    }
    #expect(throws: CheckpointError.missing(key: "whole", closest: "state_dict.whole")) {
      try file.tensor("whole")
    }
  }

  @Test("Transposed, stepped and repeated tensors are stored once and come out in order")
  func isContiguous() throws {
    let file = try openTensors(fixture("checkpoints/nested.pt"))
    let size = try Data(contentsOf: URL(fileURLWithPath: file.path)).count
    #expect(size < 16_000)
    #expect(try file.tensor("state_dict.matrix").floats[..<4] == [12, 16, 20, 13])
    #expect(
      try file.tensor("state_dict.repeated").floats == [0, 0, 0, 0, 0, 0] + [
        12, 12, 12, 12, 12, 12,
      ])
  }

  @Test("A shard that is missing, foreign or elsewhere is named, and so is a tensor it lacks")
  func shards() throws {
    let folder = try TemporaryFolder()
    let index = folder.path + "/model.safetensors.index.json"
    try writeSafetensors([("a", .ones([2]))], to: folder.path + "/one.safetensors")
    func open(_ map: String) throws -> any TensorFile {
      try Data(#"{"weight_map": {\#(map)}}"#.utf8).write(to: URL(fileURLWithPath: index))
      return try openTensors(index)
    }
    #expect(try open(#""a": "one.safetensors""#).tensor("a").floats == [1, 1])
    for (map, words) in [
      (#""a": "two.safetensors""#, "two.safetensors"), (#""b": "one.safetensors""#, "“b”"),
      (#""a": "../one.safetensors""#, "beside"), (#""a": "/etc/passwd""#, "beside"),
      (#""a": "..""#, "beside"), (#""a": """#, "beside"), (#""a": 3"#, "weight_map"),
      (#""a": "model.safetensors.index.json""#, "JSON"), (#""a": "one\u0000""#, "beside"),
    ] {
      #expect { try open(map) } throws: { "\($0)".contains(words) && "\($0)".contains(folder.path) }
    }
  }
}
