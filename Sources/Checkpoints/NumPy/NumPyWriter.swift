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
  let sizes = shape.map { "\($0)," }.joined(separator: " ")
  var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
  // Magic, version and length take ten bytes; the numbers begin at a multiple of 64.
  header += String(repeating: " ", count: 63 - (header.utf8.count + 10) % 64) + "\n"
  var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
  data += withUnsafeBytes(of: UInt16(header.utf8.count).littleEndian) { Data($0) }
  data += Data(header.utf8)
  data += numbers.withUnsafeBytes { Data($0) }
  do throws(FileError) { try writeWhole(data, to: path) } catch { throw CheckpointError(error) }
}
