import CScan
import Files

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

  /// Adds rows: `numbers` holds one vector after the other.
  func append(_ numbers: [Float]) throws(IndexError) {
    do throws(FileError) { try write(numbers) } catch { throw IndexError(error) }
    count += numbers.count / width
  }

  private func write(_ numbers: [Float]) throws(FileError) {
    let rows = numbers.count / width
    switch type {
    case .float32: try vectors.write(numbers: numbers)
    case .float16: try vectors.write(numbers: halves(numbers))
    case .int8:
      // From the halves, so that a vector copied from another index is rounded the same.
      let halves = halves(numbers)
      let rounded = floats(halves)
      var factors: [Float] = []
      var bytes: [Int8] = []
      for row in 0..<rows {
        let vector = Array(rounded[row * width..<(row + 1) * width])
        bytes += [Int8](unsafeUninitializedCapacity: width) { buffer, filled in
          factors.append(cscan_to_int8(vector, width, buffer.baseAddress))
          filled = width
        }
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
