import Checkpoints
import Foundation
import Layers
import TestSupport
import Testing
import Torch

@Suite("Hostile checkpoint files")
struct HostileFileTests {
  private let maker: FileMaker

  init() throws { maker = try FileMaker() }

  private func refused(_ bytes: some Sequence<UInt8>, _ words: String) throws {
    let path = try maker.file(bytes)
    #expect { try openTensors(path) } throws: {
      guard case .unreadable = $0 as? CheckpointError else { return false }
      return "\($0)".contains(path) && (words.isEmpty || "\($0)".contains(words))
    }
  }

  /// Opens what must open and reads what must be refused.
  private func refused(_ key: String, of bytes: some Sequence<UInt8>, _ words: String) throws {
    let file = try openTensors(maker.file(bytes))
    #expect { try file.tensor(key) } throws: {
      "\($0)".contains(file.path) && "\($0)".contains("“\(key)”") && "\($0)".contains(words)
    }
  }

  @Test("What is often met instead of a checkpoint is called by its name")
  func namesOtherFiles() throws {
    var tar = [UInt8](repeating: 0, count: 1024)
    tar.replaceSubrange(257..<262, with: codes("ustar"))
    for (bytes, words) in [
      (codes("version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"),
      (codes("<!DOCTYPE html>"), "web page"), ([0x89] + codes("HDF\r\n"), "HDF5"),
      ([0x1F, 0x8B, 8], "gzip"), (tar, "tar"), (codes("\u{80}\u{2}}."), "pickle"), ([], "none of"),
      (codes("hello"), "none of"), (codes("{}"), "weight_map"), (codes("{"), "JSON"),
      (zip([("a.txt", [1])]), "neither"), (codes(#"{"weight_map": {"a": NaN}}"#), "JSON"),
      (codes(String(repeating: #"{"a":"#, count: 100_000)), "JSON"),
    ] { try refused(bytes, words) }
    #expect(throws: CheckpointError.self) { try openTensors(maker.folder.path) }
    #expect(throws: CheckpointError.self) { try openTensors(maker.folder.path + "/absent") }
  }

  @Test("An archive that lies about its entries is refused")
  func refusesLyingArchives() throws {
    let pickle = codes("}.")
    let good = zip([("x/data.pkl", pickle), ("x/data/0", [1, 2, 3, 4])])
    #expect(try openTensors(maker.file(good)).entries.isEmpty)
    for length in 4..<good.count { try refused(good.prefix(length), "") }
    try refused(zip([("x/data.pkl", pickle), ("x/data.pkl", pickle)]), "two of")
    try refused(zip([("x/data.pkl", pickle)], method: 8), "compressed")
    try refused(zip([("x/data.pkl", pickle)], flags: 1), "encrypted")
    try refused(zip([("x/data.pkl", pickle)], size: 1 << 31), "compressed")
    // The directory's copy of a number lies 22 bytes before the end of the file and more.
    let end = good.count - 22
    func changed(_ place: Int, _ number: some FixedWidthInteger) -> [UInt8] {
      var bytes = good
      bytes.replaceSubrange(place..<place + little(number).count, with: little(number))
      return bytes
    }
    try refused(changed(end + 16, UInt32(1 << 30)), "outside")
    try refused(changed(end + 12, UInt32.max), "outside")
    let directory = Int(good[end + 16]) + Int(good[end + 17]) * 256
    try refused(changed(directory, UInt32(0)), "table of contents")
    try refused(changed(directory + 20, UInt32(1000)), "outside")
    try refused(changed(directory + 42, UInt32(1000)), "outside")
    try refused(changed(directory + 42, UInt32(10)), "not where")
    // The second entry's description follows the first's, which has a name of ten bytes.
    try refused(changed(directory + 56 + 42, UInt32(0)), "overlaps")
    try refused(changed(0, UInt32(0x0201_4B50)), "none of")
  }

  /// An array as Flax packs one.
  private func array(_ shape: [UInt8], _ type: String, _ bytes: [UInt8]) -> [UInt8] {
    let inner =
      [0x93, 0x90 + UInt8(shape.count)] + shape + [0xA0 + UInt8(type.utf8.count)] + codes(type)
      + [0xC4, UInt8(bytes.count)] + bytes
    return [0xC7, UInt8(inner.count), 1] + inner
  }

  @Test("A Flax file that lies or is nested beyond reason is refused")
  func refusesLyingFlax() throws {
    func map(_ value: [UInt8]) -> [UInt8] { [0x81, 0xA1] + codes("a") + value }
    let eight = [UInt8](repeating: 0, count: 8)
    #expect(
      try openTensors(maker.file(map(array([2], "float32", eight)))).entries["a"]?.shape == [2])
    let chunked: [UInt8] = [0xB9] + codes("__msgpack_chunked_array__") + [0xC3]
    let empty: [UInt8] = [0x81] + chunked
    let chunks: [UInt8] = [0xA6] + codes("chunks") + [0x81, 0xA1] + codes("1")
    let unordered: [UInt8] = [0x82] + chunked + chunks + array([1], "int8", [0])
    let one: [UInt8] = [0xA1, 97] + array([], "int8", [1])
    let twice: [UInt8] = [0x82] + one + one
    let cases: [([UInt8], String)] = [
      (map(array([3], "float32", eight)), "do not fill"), (map([0xC7, 255, 1]), "cut short"),
      (map(array([0xFF], "float32", eight)), "not possible"), (map([]), "cut short"),
      (map([0xDF, 255, 255, 255, 255]), "claims"), (map([0xDD, 255, 255, 255, 255]), "claims"),
      (map([0xC1]), "MessagePack"), (map([0xC7, 1, 9, 0]), "type 9"),
      (map([0xC7, 1, 1, 0]), "array"),
      ([0x81, 0xC0, 0xC0], "not a text"), (map([0xC0, 0xC0]), "follow"),
      ([0x81, 0xDB] + eight, "follow"),
      (twice, "two of"),
      ((0..<5000).flatMap { _ in map([]) }, "nested"),
      ([0x81, 0xA1, 97] + [UInt8](repeating: 0x91, count: 5000), "nested"),
      (
        map(
          [0xC7, 19, 1, 0x93, 0x92, 0xCF, 64] + [0, 0, 0, 0, 0, 0, 0, 4, 0xA4] + codes("int8")
            + [0xC4, 0]),
        "not possible"
      ),
      (map(empty), "has none"), (map(unordered), "not in order"),
    ]
    for (bytes, words) in cases { try refused(bytes, words) }
    try refused("a", of: map(array([1], "complex64", eight)), "complex64")
  }

  /// A NumPy file of version 1 with that header.
  private func array(_ header: String, _ bytes: Int = 16, length: Int? = nil) -> [UInt8] {
    [0x93] + codes("NUMPY") + [1, 0] + little(UInt16(length ?? header.utf8.count)) + codes(header)
      + [UInt8](repeating: 0, count: bytes)
  }

  @Test("A NumPy file that lies is refused")
  func refusesLyingNumPy() throws {
    func header(_ shape: String, _ type: String = "'<f4'", _ order: String = "False") -> String {
      "{'descr': \(type), 'fortran_order': \(order), 'shape': \(shape), }"
    }
    #expect(
      try openTensors(maker.file(array(header("(2L, 2)")))).tensor("array").floats == [0, 0, 0, 0])
    for (bytes, words) in [
      (array(header("(5,)")), "cut short"), (array(header("(-1,)")), "not possible"),
      (array(header("(4611686018427387904, 4)")), "no room"),
      (array(header("(9223372036854775808,)")), "not possible"),
      (array(header("(" + String(repeating: "1,", count: 100) + ")")), "shape"),
      (array(header("(2,)", "'|O'")), "|O"), (array(header("(2,)", "[('a', '<f4')]")), "records"),
      (array(header("(2,)", "'<U3'")), "<U3"), (array(header("(2,)", "'|V2'")), "|V2"),
      (array(header("(2,)", "'<f4'", "1")), "NumPy"), (array("{'descr': '<f4'}"), "lacks"),
      (array("{"), "header"), (array("[]"), "Python"), (array("{'a"), "cut short"),
      (array(header("(2,"), length: 20), "cut short"), (array("{}", length: 60_000), "cut short"),
      (array("{'a': __import__}"), "__import__"), (array("{'other': True}"), "NumPy"),
      ([0x93] + codes("NUMPY") + [9, 0], "version 9"),
    ] { try refused(bytes, words) }
  }

  @Test("A compressed array that claims more than it holds, or is damaged, is refused and named")
  func refusesDamagedCompression() throws {
    let path = fixture("checkpoints/compressed.npz")
    let good = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let keys = try openTensors(path).entries.keys
    var refusals = 0
    for place in stride(from: 40, to: good.count - 40, by: 37) {
      var bytes = good
      bytes[place] ^= 0x55
      guard let file = try? openTensors(maker.file(bytes)) else { continue }
      for key in keys where (try? file.tensor(key)) == nil { refusals += 1 }
    }
    // Every byte of the numbers is covered by a checksum, and most bytes are numbers.
    #expect(refusals > 60)
    let claims = zip([("a.npy", [0x4B, 0x04, 0])], method: 8, size: 1 << 30)
    try refused("a", of: claims, "not possible")
    try refused("a", of: zip([("a.npy", [1])], method: 12), "method 12")
  }

  @Test(
    "A file that is cut short anywhere never stops the program",
    arguments: [
      "nested.pt", "nested-legacy.pth", "torchscript.pt", "zip64.pt",
      "model-00001-of-00002.safetensors", "flax_model.msgpack", "compressed.npz", "array.npy",
    ])
  func survivesTruncation(name: String) throws {
    let good = try Data(contentsOf: URL(fileURLWithPath: fixture("checkpoints/" + name)))
    for length in stride(from: 0, to: good.count, by: max(1, good.count / 60)) {
      do {
        _ = try openTensors(maker.file(good.prefix(length)))
        Issue.record("\(length) of \(good.count) bytes are taken for a whole file")
      } catch let error as CheckpointError { #expect("\(error)".contains(maker.folder.path)) }
    }
  }
}
