import CScan
import Foundation

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
    vectors = try OutputFile(creating: names.vectors)
    rescoring = type == .int8 ? try OutputFile(creating: names.rescoring) : nil
    scales = type == .int8 ? try OutputFile(creating: names.scales) : nil
    try writeHeaders { file, header throws(IndexError) in try file.append(header) }
  }

  /// Adds rows: `numbers` holds one vector after the other.
  func append(_ numbers: [Float]) throws(IndexError) {
    let rows = numbers.count / width
    switch type {
    case .float32: try vectors.append(numbers: numbers)
    case .float16: try vectors.append(numbers: halves(numbers))
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
      try vectors.append(numbers: bytes)
      try rescoring?.append(numbers: halves)
      try scales?.append(numbers: factors)
    }
    count += rows
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
    try writeHeaders { file, header throws(IndexError) in
      try file.overwrite(header, at: 0)
      try file.synchronize()
      file.close()
    }
  }

  private func writeHeaders(
    _ write: (OutputFile, [UInt8]) throws(IndexError) -> Void
  ) throws(IndexError) {
    try write(vectors, NumberFile.header(type.scanned, rows: count, width: width))
    if let rescoring {
      try write(rescoring, NumberFile.header(CSCAN_FLOAT16, rows: count, width: width))
    }
    if let scales { try write(scales, NumberFile.header(CSCAN_FLOAT32, rows: count, width: nil)) }
  }
}
