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
    let file = try OutputFile(temporary)
    try file.write(numbers: [UInt64(json.count).littleEndian])
    try file.write([UInt8](json))
    for (_, tensor) in tensors { try tensor.write(to: file) }
    try file.finish()
    try moveIntoPlace(temporary, to: path)
  } catch {
    removeFile(temporary)
    throw .unwritable(
      path: path, reason: error is TorchError ? "\(error)" : systemReason(of: error))
  }
}

extension Tensor {
  /// The numbers' bytes in their own type, last axis fastest, little-endian.
  fileprivate func write(to file: OutputFile) throws {
    switch dtype {
    case .float64: try file.write(numbers: array(of: Double.self))
    case .float32: try file.write(numbers: array(of: Float.self))
    case .bfloat16: try file.write(numbers: array(of: BFloat16Bits.self))
    case .float16: try file.write(numbers: array(of: Float16Bits.self))
    case .int64: try file.write(numbers: array(of: Int64.self))
    case .int32: try file.write(numbers: array(of: Int32.self))
    case .int16: try file.write(numbers: array(of: Int16.self))
    case .int8: try file.write(numbers: array(of: Int8.self))
    case .uint8, .bool: try file.write(numbers: array(of: UInt8.self))
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
