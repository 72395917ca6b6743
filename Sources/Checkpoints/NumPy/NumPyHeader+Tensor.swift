import Files
import Torch

extension NumPyHeader {
  private static let types: [String: DType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32,
    "i8": .int64, "u1": .uint8, "b1": .bool,
  ]

  /// The tensor whose numbers begin after the header, in a file that lies at `file`.
  ///
  /// - Throws: ``Damage`` for numbers of a type that no tensor has, and for a file too short.
  func tensor(in file: Range<Int>) throws(Damage) -> StoredTensor {
    guard let order = descriptor.first, let dtype = Self.types[String(descriptor.dropFirst())],
      order == "<" || order == ">" || order == "|" && dtype.size == 1
    else {
      throw Damage("its numbers are of the type “\(descriptor.prefix(40))”, which is not supported")
    }
    guard let size = product(shape, dtype.size), size >= 0, size <= file.count - length else {
      throw Damage("it is cut short: it has no room for \(brief(shape)) of \(dtype)")
    }
    let start = file.lowerBound + length
    return try StoredTensor(
      dtype: dtype, shape: shape, filling: [start..<start + size],
      isSwapped: order == ">" && dtype.size > 1, isColumnMajor: isColumnMajor)
  }
}
