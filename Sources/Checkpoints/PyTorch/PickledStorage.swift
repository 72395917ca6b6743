import Files
import Torch

/// What a pickle says of a stretch of numbers that lies outside of it.
struct PickledStorage {
  let key: String
  /// Nil if it is plain bytes, or numbers of a type that is not supported.
  let dtype: DType?
  /// Bytes of one of its numbers.
  let size: Int
  /// Numbers.
  let count: Int
  /// Numbers before the first, where it is a part of another storage (legacy files).
  let offset: Int

  /// - Returns: Nil if `value` stands for something else, as the source text of a class.
  /// - Throws: ``Damage``
  init?(_ value: Pickle.Value, in pickle: Pickle) throws(Damage) {
    guard let fields = pickle.members(value), let tag = fields.first.flatMap(pickle.text) else {
      throw Damage("a storage is not described as PyTorch does")
    }
    guard tag == "storage" else { return nil }
    guard fields.count >= 5, let type = pickle.global(fields[1]), let key = pickle.text(fields[2]),
      let count = pickle.int(fields[4]), count >= 0
    else { throw Damage("a storage is not described as PyTorch does") }
    guard let known = Self.types[String(type.split(separator: ".").last ?? "")] else {
      throw Damage("it stores numbers as “\(type)”, which is not known")
    }
    guard product([count], known.size) != nil else { throw Damage("“\(key)” has \(count) numbers") }
    self.key = key
    self.count = count
    dtype = known.dtype
    size = known.size
    if fields.count > 5, let view = pickle.members(fields[5]), view.count == 3 {
      guard let offset = pickle.int(view[1]), offset >= 0 else {
        throw Damage("“\(key)” is damaged")
      }
      self.offset = offset
    } else {
      offset = 0
    }
  }

  private static let types: [String: (dtype: DType?, size: Int)] = [
    "FloatStorage": (.float32, 4), "HalfStorage": (.float16, 2), "BFloat16Storage": (.bfloat16, 2),
    "DoubleStorage": (.float64, 8), "LongStorage": (.int64, 8), "IntStorage": (.int32, 4),
    "ShortStorage": (.int16, 2), "CharStorage": (.int8, 1), "ByteStorage": (.uint8, 1),
    "BoolStorage": (.bool, 1), "UntypedStorage": (nil, 1), "ComplexFloatStorage": (nil, 8),
    "ComplexDoubleStorage": (nil, 16), "QInt8Storage": (nil, 1), "QUInt8Storage": (nil, 1),
    "QInt32Storage": (nil, 4), "QUInt4x2Storage": (nil, 1), "QUInt2x4Storage": (nil, 1),
  ]
}

extension DType {
  /// The type that PyTorch calls, for example, `torch.float32`; NumPy and Flax leave out `torch.`.
  init?(pyTorch name: String) {
    switch name {
    case "float32": self = .float32
    case "float16": self = .float16
    case "bfloat16": self = .bfloat16
    case "float64": self = .float64
    case "int64": self = .int64
    case "int32": self = .int32
    case "int16": self = .int16
    case "int8": self = .int8
    case "uint8": self = .uint8
    case "bool": self = .bool
    default: return nil
    }
  }
}
