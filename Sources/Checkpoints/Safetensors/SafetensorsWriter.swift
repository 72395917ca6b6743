import Files
import Foundation
package import Layers
package import Torch

/// Writes tensors as a safetensors file: beside the place first, then renamed into it.
///
/// Every tensor keeps its type. No more than one at a time is copied.
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
    for (_, tensor) in tensors { try tensor.write(to: file) }
    try file.synchronize()
    try moveIntoPlace(temporary, to: path)
  } catch {
    unlink(temporary)
    if let error = error as? CheckpointError { throw error }
    throw .unwritable(
      path: path, reason: error is TorchError ? "\(error)" : systemReason(of: error))
  }
}

extension Tensor {
  /// The numbers' bytes in their own type, last axis fastest, little-endian.
  fileprivate func write(to file: FileHandle) throws {
    func write(_ numbers: [some TensorScalar]) throws {
      try numbers.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        try file.write(
          contentsOf: Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: bytes.count,
            deallocator: .none))
      }
    }
    switch dtype {
    case .float64: try write(array(of: Double.self))
    case .float32: try write(array(of: Float.self))
    case .bfloat16: try write(array(of: BFloat16Bits.self))
    case .float16: try write(array(of: Float16Bits.self))
    case .int64: try write(array(of: Int64.self))
    case .int32: try write(array(of: Int32.self))
    case .int16: try write(array(of: Int16.self))
    case .int8: try write(array(of: Int8.self))
    case .uint8, .bool: try write(array(of: UInt8.self))
    }
  }
}

// Types that Swift has not on every processor, and that are never computed with: only their bits.

private struct BFloat16Bits: TensorScalar {
  static var dtype: DType { .bfloat16 }
  let bits: UInt16
}
private struct Float16Bits: TensorScalar {
  static var dtype: DType { .float16 }
  let bits: UInt16
}
extension Int16: TensorScalar { package static var dtype: DType { .int16 } }
extension Int8: TensorScalar { package static var dtype: DType { .int8 } }
