import Files
import Foundation
package import Layers

/// Writes numbers as a NumPy array file: beside the place first, then renamed into it.
///
/// - Parameters:
///   - numbers: All numbers, last axis fastest.
///   - shape: The size of each axis.
/// - Throws: ``CheckpointError/unwritable(path:reason:)``; then nothing has changed at `path`.
/// - Source: NumPy's NEP 1, version 1.0 of the format.
package func writeNumPy(_ numbers: [Float], shape: [Int], to path: String) throws(CheckpointError) {
  var data = Data(NumPyHeader.bytes(descriptor: "<f4", shape: shape))
  data += numbers.withUnsafeBytes { Data($0) }
  do throws(FileError) { try writeWhole(data, to: path) } catch { throw CheckpointError(error) }
}
