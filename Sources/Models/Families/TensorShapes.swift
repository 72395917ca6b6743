import Checkpoints
import Foundation
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

  /// The length of an axis of a tensor that need not be there; nil without it.
  func known(_ key: String, _ axis: Int) -> Int? {
    guard let shape = tensors.entries[prefix + key]?.shape, axis < shape.count else { return nil }
    return shape[axis]
  }

  func has(_ key: String) -> Bool { tensors.entries[prefix + key] != nil }

  /// How many keys have this form, as in ``KeyMap``.
  func count(_ pattern: String) -> Int {
    tensors.entries.keys.count { KeyMap.fits($0, prefix + pattern) }
  }
}

/// Opens a model's numbers, of which nothing is read before it is asked for.
///
/// - Throws: ``ModelError/notFetched(path:)`` while a model is being pulled and they are on the hub
///   alone; ``ModelError/unreadable(path:reason:)``
func modelTensors(_ path: String) throws(ModelError) -> any TensorFile {
  guard FileManager.default.fileExists(atPath: path) else { throw .notFetched(path: path) }
  do {
    return try openTensors(path)
  } catch .unreadable(let path, let reason) {
    throw .unreadable(path: path, reason: reason)
  } catch { throw .unreadable(path: path, reason: "\(error)") }
}

extension TensorFile {
  /// What stands before `name` in the shortest of the keys that end with it; nil if none does.
  func prefix(of name: String) -> String? {
    entries.keys.filter { $0.hasSuffix(name) }
      .min { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
      .map { String($0.dropLast(name.count)) }
  }

  /// The keys that do not begin with `prefix`: heads, where an encoder's keys do.
  func keys(outside prefix: String) -> [String] {
    entries.keys.filter { !$0.hasPrefix(prefix) }.sorted()
  }
}
