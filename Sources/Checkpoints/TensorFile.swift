import Files
package import Layers
package import Torch

/// What a file says of one of its tensors, known before any number is read.
package struct TensorEntry: Sendable, Equatable {
  /// The type of its elements.
  package let dtype: DType
  /// Its size along each axis.
  package let shape: [Int]

  package init(dtype: DType, shape: [Int]) {
    self.dtype = dtype
    self.shape = shape
  }
}

/// A file of named tensors, whatever its format.
package protocol TensorFile: AnyObject {
  var path: String { get }

  /// All tensors that can be read.
  var entries: [String: TensorEntry] { get }

  /// The tensor called `key`, its last axis fastest. It lies in the mapped file where the format
  /// allows that.
  ///
  /// - Throws: ``CheckpointError/missing(key:closest:)``, or
  ///   ``CheckpointError/unreadable(path:reason:)`` if the file holds it in a way that cannot be read.
  func tensor(_ key: String) throws(CheckpointError) -> Tensor
}

/// Opens a file of tensors. Its format follows from its bytes, not from its name: safetensors, the
/// JSON index of a checkpoint in several files, `torch.save`'s files of both layouts, TorchScript,
/// Flax's MessagePack (which presents itself with PyTorch's names and layouts), `.npz` and `.npy`.
///
/// Nothing that a file asks for is executed. Time and memory are bounded by its size, and no numbers
/// are read before they are asked for.
///
/// - Throws: ``CheckpointError/unreadable(path:reason:)``
package func openTensors(_ path: String) throws(CheckpointError) -> any TensorFile {
  try openTensors(path, mayBeIndex: true)
}

func openTensors(_ path: String, mayBeIndex: Bool) throws(CheckpointError) -> any TensorFile {
  let mapping = try mapped(path)
  let bytes = mapping.bytes
  if SafetensorsFile.isOne(bytes) { return try SafetensorsFile(mapping, path: path) }
  if ZipArchive.isOne(bytes) {
    let archive: ZipArchive
    do { archive = try ZipArchive(bytes) } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    if let zip = PyTorchZip(archive) {
      return try MappedTensors(mapping, path: path) { _ in try zip.tensors() }
    }
    if archive.entries.contains(where: { $0.name.hasSuffix(".npy") }) {
      return try NumPyArchive(archive, mapping, path: path)
    }
    throw .unreadable(
      path: path, reason: "it is a zip archive with neither a “data.pkl” nor NumPy arrays")
  }
  if LegacyPyTorch.isOne(bytes) {
    return try MappedTensors(mapping, path: path) { try LegacyPyTorch.tensors(in: $0) }
  }
  if NumPyHeader.isOne(bytes) {
    return try MappedTensors(mapping, path: path) { bytes in
      var table = TensorTable()
      try table.add("array", try NumPyHeader(bytes).tensor(in: 0..<bytes.count))
      return table
    }
  }
  if let reason = knownOtherwise(bytes) { throw .unreadable(path: path, reason: reason) }
  if bytes.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") {
    guard mayBeIndex else {
      throw .unreadable(path: path, reason: "it is JSON where a file of tensors is expected")
    }
    return try ShardedTensors(mapping, path: path)
  }
  if FlaxFile.isOne(bytes) {
    return try MappedTensors(mapping, path: path) { try FlaxFile.tensors(in: $0) }
  }
  throw .unreadable(
    path: path,
    reason: "it is none of safetensors, PyTorch's, Flax's or NumPy's files, or it is cut short")
}

/// What a file is that users often give in place of a checkpoint.
private func knownOtherwise(_ bytes: UnsafeRawBufferPointer) -> String? {
  if bytes.starts(with: "version https://git-lfs".utf8) {
    return "it only points to the file proper; fetch that with “git lfs pull”"
  }
  if bytes.starts(with: [0x89] + Array("HDF".utf8)) {
    return "it is an HDF5 file, as TensorFlow writes; a PyTorch or Flax file of the model is needed"
  }
  if bytes.starts(with: [0x1F, 0x8B]) { return "it is compressed by gzip; unpack it first" }
  if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
    return "it is a tar archive; unpack it and name the file inside"
  }
  if bytes.first == UInt8(ascii: "<") { return "it is a web page, not the file it should be" }
  if bytes.count > 2, bytes[0] == 0x80, 2...5 ~= bytes[1] {
    return "it is a pickle that PyTorch did not write; only “torch.save” keeps tensors readable"
  }
  return nil
}

/// The key that shares the longest ending with `key`: foreign prefixes are the usual difference.
func closest(to key: String, among keys: some Collection<String>) -> String? {
  let wanted = Array(key.utf8.reversed())
  func shared(_ other: String) -> Int {
    zip(wanted, other.utf8.reversed()).prefix { $0 == $1 }.count
  }
  return keys.max { (shared($0), $1) < (shared($1), $0) }
}
