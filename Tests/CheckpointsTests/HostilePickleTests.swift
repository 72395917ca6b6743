import Checkpoints
import Foundation
import Layers
import TestSupport
import Testing
import Torch

@Suite("Hostile pickles")
struct HostilePickleTests {
  private let maker: FileMaker

  init() throws { maker = try FileMaker() }

  /// Expects one clear error that names the file.
  private func refused(_ path: String, _ words: String = "") {
    #expect { try openTensors(path) } throws: {
      guard case .unreadable = $0 as? CheckpointError else { return false }
      return "\($0)".contains(path) && (words.isEmpty || "\($0)".contains(words))
    }
  }

  @Test(
    "Nothing that a pickle asks for is run, and what it asks for is named",
    arguments: [
      "cposix\nsystem\n(S'touch MARK'\ntR.",
      "(S'touch MARK'\niposix\nsystem\n.",
      "(cposix\nsystem\nS'touch MARK'\no.",
      "cposix\nsystem\n(S'touch MARK'\nt\u{81}.",
      "S'posix'\nS'system'\n\u{93}(S'touch MARK'\ntR.",
      "cposix\nsystem\n(tR(dS'__setstate__'\ncposix\nsystem\nsb.",
      "c__builtin__\neval\n(S'__import__(\"posix\").system(\"touch MARK\")'\ntR.",
    ])
  func runsNothing(pickle: String) throws {
    let mark = maker.folder.path + "/mark"
    let name = pickle.hasPrefix("c__builtin__") ? "“__builtin__.eval”" : "“posix.system”"
    let bytes = codes(pickle.replacing("MARK", with: mark))
    refused(try maker.file(zip([("x/data.pkl", bytes)])), name)
    refused(try maker.file(legacyStart + bytes + codes("(l."), "legacy.pt"), name)
    #expect(!FileManager.default.fileExists(atPath: mark))
  }

  @Test("A function call beside tensors leaves them readable and is named when asked for")
  func callBesideTensors() throws {
    let file = try openTensors(
      maker.torch("(dS'a'\n\(pickledTensor())sS'b'\ncposix\nsystem\n(S'true'\ntRs."))
    #expect(try file.tensor("a").floats == [0, 0, 0, 0])
    #expect { try file.tensor("b") } throws: { "\($0)".contains("“b” is what “posix.system”") }
  }

  @Test("A tensor that reaches out of its storage, or out of reason, is refused and named")
  func refusesLies() throws {
    let maximum = "9223372036854775807"
    for (pickle, words) in [
      (pickledTensor(offset: "1"), "reaches out"), (pickledTensor(offset: "-1"), "reaches out"),
      (pickledTensor(offset: maximum), "reaches out"),
      (pickledTensor(shape: ["3", "2"]), "reaches"),
      (pickledTensor(shape: ["-2", "2"]), "not possible"),
      (pickledTensor(strides: ["-2", "1"]), "not possible"),
      (pickledTensor(shape: [maximum, "2"]), "not possible"),
      (pickledTensor(shape: ["9223372036854775808", "2"]), "as PyTorch"),
      (pickledTensor(strides: [maximum, "1"]), "reaches out"),
      (pickledTensor(strides: ["2"]), "not possible"),
      (pickledTensor(shape: ["3", "2"], strides: ["1", "1"]), "each used many times"),
      (pickledTensor(shape: ["1099511627776"], strides: ["0"]), "each used many times"),
      (pickledTensor(count: "5"), "not the 5 numbers"), (pickledTensor(count: "-1"), "storage"),
      (pickledTensor(count: maximum), "numbers"), (pickledTensor(key: "1"), "missing"),
      (pickledTensor(storage: "BlueStorage"), "BlueStorage"),
      (pickledTensor(shape: Array(repeating: "1", count: 65)), "as PyTorch"),
    ] {
      refused(try maker.torch("(dS'layer'\n\(pickle)s."), words)
      refused(try maker.torch("(dS'layer'\n\(pickle)s."), "“layer”")
    }
  }

  @Test("Bytes that are neither true nor false are refused")
  func refusesStrangeBooleans() throws {
    let pickle = pickledTensor(storage: "BoolStorage")
    let file = try openTensors(maker.torch("(dS'a'\n\(pickle)s.", storage: [0, 1, 2, 1]))
    #expect { try file.tensor("a") } throws: { "\($0)".contains("neither true nor false") }
  }

  @Test("A pickle that is nested, repeated or grown beyond reason ends in an error, and soon")
  func refusesBombs() throws {
    let nested =
      String(repeating: "(", count: 200_000) + "N" + String(repeating: "t", count: 200_000)
    refused(try maker.torch(nested + "."), "nested too deeply")
    let doubled = String(repeating: "p0\n(g0\ng0\nt", count: 60)
    refused(try maker.torch("(lN" + doubled + "."), "")
    let tensors = "(" + pickledTensor() + "t" + String(repeating: "p0\n(g0\ng0\nt", count: 40) + "."
    refused(try maker.torch(tensors), "too many tensors")
    refused(try maker.torch("(lp0\ng0\na."), "nested too deeply")
    refused(try maker.torch("(dp0\nS'a'\ng0\ns."), "nested too deeply")
    refused(try maker.torch(String(repeating: "N", count: 3_000_000) + "."), "too many values")
  }

  @Test(
    "A damaged pickle is refused",
    arguments: [
      "", ".", "t.", "N", "(N", "a.", "NNa.", "NNNs.", "(NNNd.", "R.", "NNR", "b.", "g0\n.", "h",
      "px\nN.", "Np-1x\n.", "S'a\n.", "Sa'\n.", "\u{FF}.", "\u{97}.", "V", "X\u{1}", "c\n", "ca\n",
      "\u{8B}\u{FF}\u{FF}\u{FF}\u{FF}.", "\u{8D}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}.",
      "\u{80}\u{6}N.", "NN\u{93}.", "(o.", "0.", "1.", "2.", "(l(lN.",
    ])
  func refusesDamage(pickle: String) throws {
    let path = try maker.file(zip([("x/data.pkl", codes(pickle))]))
    guard pickle == "(l(lN." else { return refused(path) }
    #expect(try openTensors(path).entries.isEmpty)
  }

  @Test("A legacy file whose storages lie is refused")
  func refusesLegacyLies() throws {
    func legacy(_ pickle: String, _ keys: String, _ storages: [UInt8]) -> [UInt8] {
      legacyStart + codes(pickle + keys) + storages
    }
    let tensor = "(dS'a'\n\(pickledTensor())s."
    let numbers = [UInt8](repeating: 0, count: 16)
    let good = try openTensors(
      maker.file(legacy(tensor, "(lS'0'\na.", little(UInt64(4)) + numbers)))
    #expect(try good.tensor("a").floats == [0, 0, 0, 0])
    for (keys, storages, words) in [
      ("(lS'0'\na.", little(UInt64(5)) + numbers, "cut short"),
      ("(lS'0'\na.", little(UInt64(1) << 63), "length"),
      ("(lS'0'\na.", little(UInt64(1) << 62), "too large"),
      ("(lS'0'\na.", [], "cut short"), ("(lS'1'\na.", little(UInt64(4)) + numbers, "not used"),
      ("(l.", [], "missing"), ("N.", [], "list of storages"), ("", [], "cut short"),
      ("(lS'0'\na.", little(UInt64(3)) + numbers, "not the 4 numbers"),
    ] {
      refused(try maker.file(legacy(tensor, keys, storages)), words)
    }
    refused(try maker.file(legacyStart), "cut short")
    refused(try maker.file(legacyStart.dropLast(8) + codes("N.}.")), "1001")
  }
}
