import Files

/// A file of `torch.save` since PyTorch 1.6, or of TorchScript: a zip archive with a pickle and the
/// numbers of each storage as an entry of its own, never compressed and aligned to 64 bytes.
///
///     name/data.pkl        the pickle
///     name/data/0, 1, …    the storages
///     name/byteorder       “little” or “big”
///
/// - Source: pytorch/pytorch, torch/serialization.py, `_save` and `_load`.
struct PyTorchZip {
  private let archive: ZipArchive
  /// The folder that everything lies in, with its slash.
  private let folder: String

  /// - Returns: Nil if the archive is of another kind.
  init?(_ archive: ZipArchive) {
    let pickles = archive.entries.map(\.name).filter {
      $0 == "data.pkl" || $0.hasSuffix("/data.pkl")
    }
    // The shortest: code saved with a model may bring files of the same name.
    guard let name = pickles.min(by: { $0.utf8.count < $1.utf8.count }) else { return nil }
    self.archive = archive
    folder = String(name.dropLast("data.pkl".count))
  }

  func tensors() throws(Damage) -> TensorTable {
    guard let entry = archive[folder + "data.pkl"] else { throw Damage("its pickle is missing") }
    var cursor = ByteCursor(archive.bytes, try storedBytes(of: entry))
    let pickle = try Unpickler.read(&cursor)
    return try PickledTensors.find(in: pickle, isBigEndian: try isBigEndian()) {
      key throws(Damage) in
      guard let entry = archive[folder + "data/" + key] else {
        throw Damage("its storage “\(key)” is missing")
      }
      return try storedBytes(of: entry)
    }
  }

  /// The bytes of an entry, none of which PyTorch compresses.
  private func storedBytes(of entry: ZipArchive.Entry) throws(Damage) -> Range<Int> {
    guard entry.method == 0, entry.size == entry.packedSize else {
      throw Damage(
        "“\(entry.name)” is compressed, which PyTorch never does; unpack and save it anew")
    }
    return try archive.packedBytes(of: entry)
  }

  private func isBigEndian() throws(Damage) -> Bool {
    guard let entry = archive[folder + "byteorder"] else { return false }
    let order = archive.bytes[try storedBytes(of: entry)]
    if order.elementsEqual("little".utf8) { return false }
    if order.elementsEqual("big".utf8) { return true }
    throw Damage("its byte order is neither little nor big")
  }
}
