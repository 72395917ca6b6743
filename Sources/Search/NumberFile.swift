import CScan
import Files
import Foundation

/// A table of numbers in NumPy's `.npy` form, so that other tools can read an index too.
///
/// - Source: NEP 1, https://numpy.org/neps/nep-0001-npy-format.html, version 1.0.
enum NumberFile {
  /// The header is always padded to this many bytes, so that rows start on a cache line and the
  /// count can be filled in at the end.
  static let headerSize = 128

  /// The type's name in NumPy and the size of a number in bytes.
  static func layout(of type: cscan_type) -> (name: String, size: Int) {
    switch type {
    case CSCAN_FLOAT16: ("<f2", 2)
    case CSCAN_INT8: ("|i1", 1)
    default: ("<f4", 4)
    }
  }

  static func header(_ type: cscan_type, rows: Int, width: Int?) -> [UInt8] {
    NumPyHeader.bytes(
      descriptor: layout(of: type).name, shape: [rows] + (width.map { [$0] } ?? []),
      size: headerSize)
  }

  /// Maps a file and checks that it is the table expected.
  ///
  /// A table whose writing was interrupted (`isFinished` false) may be longer, and its header does
  /// not know the count yet.
  static func map(
    _ path: String, _ type: cscan_type, rows: Int, width: Int?, isFinished: Bool
  ) throws(IndexError) -> MappedFile {
    let file: MappedFile
    do throws(FileError) { file = try MappedFile(path) } catch { throw IndexError(error) }
    let (size, overflow) = (rows &* (width ?? 1)).multipliedReportingOverflow(
      by: layout(of: type).size)
    if !isFinished, !overflow, file.bytes.count >= headerSize + size { return file }
    guard !overflow, file.bytes.count == headerSize + size else {
      throw .damaged(
        file: path, reason: "it has \(file.bytes.count) bytes instead of \(headerSize + size)")
    }
    guard file.bytes.prefix(headerSize).elementsEqual(header(type, rows: rows, width: width)) else {
      throw .damaged(file: path, reason: "its header does not fit the manifest")
    }
    return file
  }
}
