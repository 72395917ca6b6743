import Checkpoints
import Foundation
import Layers
import TestSupport
import Testing
import Torch

@Suite("Safetensors")
struct SafetensorsTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/numbers.safetensors" }

  init() throws { folder = try TemporaryFolder() }

  @Test("What is written is read: names, shapes, types, numbers, metadata")
  func roundTrip() throws {
    try writeSafetensors(
      [
        ("a.weight", Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])),
        ("count", Tensor([7] as [Int64], shape: [])), ("empty", .zeros([0, 4])),
      ], metadata: ["step": "12"], to: path)
    let file = try SafetensorsFile(path: path)
    #expect(Set(file.entries.keys) == ["a.weight", "count", "empty"])
    #expect(file.metadata == ["step": "12"])
    #expect(try file.tensor("a.weight").floats == [1, 2, 3, 4, 5, 6])
    #expect(try file.tensor("count").array(of: Int64.self) == [7])
    #expect(try file.tensor("empty").shape == [0, 4])
  }

  @Test("Reads what Hugging Face's library wrote")
  func readsReference() throws {
    let file = try SafetensorsFile(path: fixture("learning/optimizer.safetensors"))
    #expect(file.entries["states"]?.shape == [5, 4, 3])
  }

  @Test("A missing key is named with the closest one, a wrong shape with both")
  func misfits() throws {
    try writeSafetensors([("text.tokens.weight", .zeros([4, 2]))], to: path)
    let file = try SafetensorsFile(path: path)
    #expect(
      throws: CheckpointError.missing(key: "tokens.weight", closest: "text.tokens.weight")
    ) { try file.tensor("tokens.weight") }
    #expect(
      throws: CheckpointError.misshapen(
        key: "text.tokens.weight", expected: [4, 3], found: [4, 2])
    ) { try file.tensor("text.tokens.weight", [4, 3], .zeros) }
  }

  @Test(
    "A header that lies is refused",
    arguments: [
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}"#,
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#,
      #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#,
      #"{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}"#,
      #"{"a":{"dtype":"Q4","shape":[2],"data_offsets":[0,8]}}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
      #"{"a":[]}"#, "[]", "{",
    ])
  func refusesLies(header: String) throws {
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    data += Data(header.utf8) + Data(count: 8)
    try data.write(to: URL(fileURLWithPath: path))
    #expect { try SafetensorsFile(path: path) } throws: { error in
      guard case .unreadable = error as? CheckpointError else { return false }
      return "\(error)".contains(path)
    }
  }

  @Test("A file that is cut short, empty or absent is refused", arguments: [0, 4, 8, 40])
  func refusesTruncation(length: Int) throws {
    try writeSafetensors([("a", .ones([16]))], to: path)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try whole.prefix(length).write(to: URL(fileURLWithPath: path))
    #expect(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
    #expect(throws: CheckpointError.self) { try SafetensorsFile(path: path + ".none") }
  }

  @Test("A folder that cannot be written is named, and nothing is left behind")
  func unwritable() throws {
    let path = folder.path + "/absent/numbers.safetensors"
    #expect { try writeSafetensors([("a", .ones([1]))], to: path) } throws: {
      "\($0)".contains(path)
    }
    try writeSafetensors([("a", .ones([1]))], to: self.path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }

  @Test("A NumPy file has NumPy's header and numbers")
  func numPy() throws {
    let path = folder.path + "/numbers.npy"
    try writeNumPy([1, 2, 3, 4, 5, 6], shape: [2, 3], to: path)
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(data.count == 128 + 24 || data.count == 64 + 24)
    #expect(data.prefix(8) == Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0]))
    #expect(String(decoding: data, as: UTF8.self).contains("'shape': (2, 3),"))
  }
}
