import Foundation
package import Layers
package import Torch

/// Writes tensors as a safetensors file: beside the place first, then renamed into it.
///
/// - Parameters:
///   - tensors: Names and numbers, in the order they are written.
///   - metadata: What goes into the header's `__metadata__`.
/// - Throws: ``CheckpointError/unwritable(path:reason:)``; then nothing has changed at `path`.
package func writeSafetensors(
  _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to path: String
) throws(CheckpointError) {
  var header: [String: Any] = metadata.isEmpty ? [:] : ["__metadata__": metadata]
  var end = 0
  for (name, tensor) in tensors {
    let size = tensor.count * tensor.dtype.size
    header[name] = [
      "dtype": tensor.dtype.safetensorsName, "shape": tensor.shape,
      "data_offsets": [end, end + size],
    ]
    end += size
  }
  let temporary = path + ".partial"
  do {
    var json = try JSONSerialization.data(
      withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
    // Padded so that the numbers begin aligned, as the reference writer does.
    json.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - json.count % 8) % 8))
    guard FileManager.default.createFile(atPath: temporary, contents: nil),
      let file = FileHandle(forWritingAtPath: temporary)
    else { throw CheckpointError.unwritable(path: path, reason: String(cString: strerror(errno))) }
    defer { try? file.close() }
    try file.write(contentsOf: withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) })
    try file.write(contentsOf: json)
    for (_, tensor) in tensors { try file.write(contentsOf: tensor.bytes()) }
    try file.synchronize()
    guard rename(temporary, path) == 0 else {
      throw CheckpointError.unwritable(path: path, reason: String(cString: strerror(errno)))
    }
  } catch {
    unlink(temporary)
    if let error = error as? CheckpointError { throw error }
    throw .unwritable(path: path, reason: systemReason(of: error))
  }
}

extension Tensor {
  /// The numbers' bytes in their own type, last axis fastest, little-endian.
  fileprivate func bytes() throws(TorchError) -> Data {
    switch dtype {
    case .float64: try array(of: Double.self).withUnsafeBytes { Data($0) }
    case .int64: try array(of: Int64.self).withUnsafeBytes { Data($0) }
    case .int32: try array(of: Int32.self).withUnsafeBytes { Data($0) }
    case .uint8, .bool: try array(of: UInt8.self).withUnsafeBytes { Data($0) }
    case .float32: try array(of: Float.self).withUnsafeBytes { Data($0) }
    default: throw TorchError("tensors of \(dtype) are not written; convert them to float32")
    }
  }
}
