package import Layers
package import Torch

/// What a file says of one of its tensors, known before any number is read.
package struct TensorEntry: Sendable, Equatable {
  package let dtype: DType
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

  /// The tensor called `key`. It lies in the mapped file where the format allows that.
  ///
  /// - Throws: ``CheckpointError/missing(key:closest:)``, or
  ///   ``CheckpointError/unreadable(path:reason:)`` if the file holds it in a way that cannot be read.
  func tensor(_ key: String) throws(CheckpointError) -> Tensor
}

/// Opens a file of tensors. What it is is told from its first bytes, not from its name.
///
/// - Throws: ``CheckpointError/unreadable(path:reason:)``
package func openTensors(_ path: String) throws(CheckpointError) -> any TensorFile {
  try SafetensorsFile(path: path)
}

/// The key that shares the longest ending with `key`: foreign prefixes are the usual difference.
func closest(to key: String, among keys: some Collection<String>) -> String? {
  let wanted = Array(key.utf8.reversed())
  func shared(_ other: String) -> Int {
    zip(wanted, other.utf8.reversed()).prefix { $0 == $1 }.count
  }
  return keys.max { (shared($0), $1) < (shared($1), $0) }
}
