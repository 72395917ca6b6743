import Foundation
import TestSupport

/// A folder to put made files in.
struct FileMaker {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes a file and says where.
  func file(_ bytes: some Sequence<UInt8>, _ name: String = "file.pt") throws -> String {
    let path = folder.path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// A file of `torch.save` whose pickle is `pickle` and which has one storage, “0”.
  func torch(_ pickle: String, storage: [UInt8] = [UInt8](repeating: 0, count: 16)) throws -> String
  {
    try file(zip([("x/data.pkl", codes(pickle)), ("x/data/0", storage)]))
  }
}

/// A zip archive whose entries are stored as they are.
func zip(_ entries: [(String, [UInt8])], method: UInt16 = 0, flags: UInt16 = 0, size: UInt32? = nil)
  -> [UInt8]
{
  var (data, directory): ([UInt8], [UInt8]) = ([], [])
  for (name, bytes) in entries {
    let start = UInt32(data.count)
    let name = Array(name.utf8)
    let sizes = little(UInt32(bytes.count)) + little(size ?? UInt32(bytes.count))
    let common =
      little(UInt16(20)) + little(flags) + little(method) + little(UInt32(0)) + little(UInt32(0))
      + sizes + little(UInt16(name.count)) + little(UInt16(0))
    data += little(UInt32(0x0403_4B50)) + common + name + bytes
    directory +=
      little(UInt32(0x0201_4B50)) + little(UInt16(20)) + common + [UInt8](repeating: 0, count: 10)
      + little(start) + name
  }
  return data + directory + little(UInt32(0x0605_4B50)) + little(UInt32(0))
    + little(UInt16(entries.count)) + little(UInt16(entries.count))
    + little(UInt32(directory.count)) + little(UInt32(data.count)) + little(UInt16(0))
}

func little(_ number: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

/// The pickle of a tensor, in the notation of protocol 0.
func pickledTensor(
  shape: [String] = ["2", "2"], strides: [String] = ["2", "1"], offset: String = "0",
  storage: String = "FloatStorage", count: String = "4", key: String = "0"
) -> String {
  func tuple(_ numbers: [String]) -> String {
    "(" + numbers.map { "L\($0)L\n" }.joined() + "t"
  }
  return "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\n\(storage)\nS'\(key)'\nS'cpu'\n"
    + "L\(count)L\ntQL\(offset)L\n" + tuple(shape) + tuple(strides) + "tR"
}

/// One byte for each character: those above 127 are instructions of pickles.
func codes(_ text: String) -> [UInt8] {
  text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
}

/// What a file of `torch.save` before PyTorch 1.6 begins with: magic number, version, system.
let legacyStart: [UInt8] =
  [0x80, 2, 0x8A, 10, 108, 252, 156, 70, 249, 32, 106, 168, 80, 25, 0x2E]
  + [0x80, 2, 0x4D, 0xE9, 3, 0x2E] + codes("}.")
