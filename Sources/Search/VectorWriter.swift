import CScan
import Files
import Vectors

/// The paths of the files that hold an index's vectors.
struct VectorFileNames {
  let vectors: String
  let rescoring: String
  let scales: String

  init(folder: String, suffix: String) {
    vectors = "\(folder)/vectors\(suffix).npy"
    rescoring = "\(folder)/rescoring\(suffix).npy"
    scales = "\(folder)/scales\(suffix).npy"
  }
}

/// Writes vectors of length one, row after row.
final class VectorWriter {
  let type: VectorType
  let width: Int
  private(set) var count = 0
  private let vectors: OutputFile
  private let rescoring: OutputFile?
  private let scales: OutputFile?

  init(folder: String, type: VectorType, width: Int) throws(IndexError) {
    self.type = type
    self.width = width
    let names = VectorFileNames(folder: folder, suffix: "")
    do throws(FileError) {
      vectors = try OutputFile(names.vectors)
      rescoring = type == .int8 ? try OutputFile(names.rescoring) : nil
      scales = type == .int8 ? try OutputFile(names.scales) : nil
      try writeHeaders { file, header throws(FileError) in try file.write(header) }
    } catch { throw IndexError(error) }
  }

  /// Adds vectors as wide as the file's rows.
  func append(_ rows: VectorRows) throws(IndexError) {
    precondition(rows.width == width, "vectors of \(rows.width) in a file of \(width)")
    do throws(FileError) { try write(rows) } catch { throw IndexError(error) }
    count += rows.count
  }

  private func write(_ rows: VectorRows) throws(FileError) {
    switch type {
    case .float32: try vectors.write(numbers: rows.values)
    case .float16: try vectors.write(numbers: halves(rows.values))
    case .int8:
      // From the halves, so that a vector copied from another index is rounded the same.
      let halves = halves(rows.values)
      let rounded = floats(halves)
      var factors: [Float] = []
      let bytes = [Int8](unsafeUninitializedCapacity: rounded.count) { buffer, filled in
        rounded.withUnsafeBufferPointer { rounded in
          for start in stride(from: 0, to: rounded.count, by: width) {
            factors.append(
              cscan_to_int8(
                rounded.baseAddress.map { $0 + start }, width,
                buffer.baseAddress.map { $0 + start }))
          }
        }
        filled = rounded.count
      }
      try vectors.write(numbers: bytes)
      try rescoring?.write(numbers: halves)
      try scales?.write(numbers: factors)
    }
  }

  private func halves(_ numbers: [Float]) -> [UInt16] {
    [UInt16](unsafeUninitializedCapacity: numbers.count) { buffer, filled in
      cscan_to_float16(numbers, numbers.count, buffer.baseAddress)
      filled = numbers.count
    }
  }

  private func floats(_ halves: [UInt16]) -> [Float] {
    [Float](unsafeUninitializedCapacity: halves.count) { buffer, filled in
      cscan_from_float16(halves, halves.count, buffer.baseAddress)
      filled = halves.count
    }
  }

  /// Fills in the count and waits until the disk has everything.
  func finish() throws(IndexError) {
    do throws(FileError) {
      try writeHeaders { file, header throws(FileError) in
        try file.overwrite(header, at: 0)
        try file.finish()
      }
    } catch { throw IndexError(error) }
  }

  private func writeHeaders(
    _ write: (OutputFile, [UInt8]) throws(FileError) -> Void
  ) throws(FileError) {
    try write(vectors, NumberFile.header(type.scanned, rows: count, width: width))
    if let rescoring {
      try write(rescoring, NumberFile.header(CSCAN_FLOAT16, rows: count, width: width))
    }
    if let scales { try write(scales, NumberFile.header(CSCAN_FLOAT32, rows: count, width: nil)) }
  }
}
