import Checkpoints
import Layers

/// The sizes of a checkpoint's tensors, for models that come without a file of settings.
struct TensorShapes {
  private let tensors: any TensorFile
  private let prefix: String

  /// - Parameter prefix: What the names of all tensors meant here begin with.
  init(_ tensors: any TensorFile, _ prefix: String) {
    (self.tensors, self.prefix) = (tensors, prefix)
  }

  /// - Throws: ``ModelError/unreadable(path:reason:)`` if there is no such tensor, or nothing in it.
  func size(_ key: String, _ axis: Int) throws(ModelError) -> Int {
    guard let shape = tensors.entries[prefix + key]?.shape, axis < shape.count, shape[axis] > 0
    else { throw .unreadable(path: tensors.path, reason: "it has no usable “\(prefix + key)”") }
    return shape[axis]
  }

  /// How many keys have this form, as in ``KeyMap``.
  func count(_ pattern: String) -> Int {
    tensors.entries.keys.count { KeyMap.fits($0, prefix + pattern) }
  }
}
