import Files
import Torch

/// The tensors of a Flax checkpoint (`flax_model.msgpack`), by PyTorch's names and in its layouts.
///
/// A MessagePack map of maps whose leaves are arrays: extension 1, itself a MessagePack list of
/// shape, type and bytes. Names are joined with dots, and what Flax calls or turns otherwise is made
/// PyTorch's, so that a family of models needs one table of names:
///
///     dense/kernel      [inputs, outputs]                → dense.weight [outputs, inputs]
///     conv/kernel       [height, width, inputs, outputs] → conv.weight  [outputs, inputs, …]
///     norm/scale, words/embedding                        → norm.weight, words.weight
///
/// - Source: google/flax, flax/serialization.py, `msgpack_serialize`; the MessagePack specification.
struct FlaxFile {
  /// How deep maps may lie in each other.
  static let maximumDepth = 64

  private var cursor: ByteCursor
  private var table = TensorTable()
  private var path: [String] = []

  /// Whether the bytes begin as a map does.
  static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let first = bytes.first else { return false }
    return 0x80...0x8F ~= first || first == 0xDE || first == 0xDF
  }

  static func tensors(in bytes: UnsafeRawBufferPointer) throws(Damage) -> TensorTable {
    var file = FlaxFile(cursor: ByteCursor(bytes))
    try file.readNode()
    guard file.cursor.left == 0 else {
      throw Damage("\(file.cursor.left) bytes follow where its map ends")
    }
    return file.table
  }

  private init(cursor: ByteCursor) { self.cursor = cursor }

  private mutating func readNode() throws(Damage) {
    let place = cursor.position
    switch try MessagePack.read(&cursor) {
    case .map(let count): try readMap(count)
    case .list(let count):
      try guardDepth()
      for index in 0..<count {
        path.append("\(index)")
        try readNode()
        path.removeLast()
      }
    // Extension 1 is an array, 3 a single number of NumPy's.
    case .extension(1, let bytes), .extension(3, let bytes): try add(try array(bytes))
    case .extension(let type, _) where type != 2:
      throw Damage(
        "it has an extension of type \(type) at byte \(place), which Flax does not write")
    default: break
    }
  }

  private mutating func readMap(_ count: Int) throws(Damage) {
    try guardDepth()
    for index in 0..<count {
      let name = try key()
      if index == 0, name == "__msgpack_chunked_array__" { return try readChunks(count) }
      path.append(name)
      try readNode()
      path.removeLast()
    }
  }

  private func guardDepth() throws(Damage) {
    guard path.count < Self.maximumDepth else { throw Damage("it is nested too deeply") }
  }

  private mutating func key() throws(Damage) -> String {
    switch try MessagePack.read(&cursor) {
    case .text(let place), .bytes(let place):
      guard place.count <= TensorTable.maximumKey else {
        throw Damage("one of its names is too long")
      }
      return cursor.text(place)
    case .int(let number): return "\(number)"
    default: throw Damage("a name at byte \(cursor.position) is not a text")
    }
  }

  // MARK: - Arrays

  private struct NamedArray {
    var dtype: String
    var shape: [Int]
    var pieces: [Range<Int>]
  }

  private func array(_ place: Range<Int>) throws(Damage) -> NamedArray {
    var inner = ByteCursor(cursor.bytes, place)
    guard case .list(3) = try MessagePack.read(&inner),
      case .list(let rank) = try MessagePack.read(&inner), rank <= StoredTensor.maximumRank
    else { throw Damage("an array at byte \(place.lowerBound) is not as Flax writes one") }
    var shape: [Int] = []
    for _ in 0..<rank {
      guard case .int(let size) = try MessagePack.read(&inner) else {
        throw Damage("the shape of the array at byte \(place.lowerBound) is not of whole numbers")
      }
      shape.append(size)
    }
    guard case .text(let name) = try MessagePack.read(&inner), name.count <= 32,
      case .bytes(let bytes) = try MessagePack.read(&inner)
    else { throw Damage("an array at byte \(place.lowerBound) is not as Flax writes one") }
    return NamedArray(dtype: cursor.text(name), shape: shape, pieces: [bytes])
  }

  /// The rest of a map that stands for an array above 1 GiB: `shape` and `chunks`, each a map from
  /// “0”, “1”, … in order.
  private mutating func readChunks(_ count: Int) throws(Damage) {
    _ = try MessagePack.read(&cursor)
    var shape: [Int] = []
    var whole: NamedArray?
    for _ in 1..<max(count, 1) {
      let name = try key()
      guard case .map(let items) = try MessagePack.read(&cursor), items <= 1 << 20 else {
        throw Damage("an array in chunks is not as Flax writes one")
      }
      for index in 0..<items {
        guard try key() == "\(index)" else {
          throw Damage("the chunks of an array are not in order")
        }
        switch (name, try MessagePack.read(&cursor)) {
        case ("shape", .int(let size)) where items <= StoredTensor.maximumRank: shape.append(size)
        case ("chunks", .extension(1, let bytes)):
          let chunk = try array(bytes)
          guard whole?.dtype ?? chunk.dtype == chunk.dtype else {
            throw Damage("the chunks of an array are of several types")
          }
          whole = whole ?? NamedArray(dtype: chunk.dtype, shape: [], pieces: [])
          whole?.pieces += chunk.pieces
        default: throw Damage("an array in chunks is not as Flax writes one")
        }
      }
    }
    guard var whole else { throw Damage("an array in chunks has none") }
    whole.shape = shape
    try add(whole)
  }

  /// Notes an array under PyTorch's name and in its layout.
  private mutating func add(_ array: NamedArray) throws(Damage) {
    var path = self.path
    let isKernel = path.last == "kernel"
    if let last = path.last, ["kernel", "scale", "embedding"].contains(last), path.count > 1 {
      path[path.count - 1] = "weight"
    }
    let key = path.joined(separator: ".")
    guard let dtype = DType(pyTorch: array.dtype) else {
      return try table.refuse(key, "has numbers of the type \(array.dtype), which is not supported")
    }
    do {
      let plain = try StoredTensor(dtype: dtype, shape: array.shape, filling: array.pieces)
      switch array.shape.count {
      case 2 where isKernel: try table.add(key, plain.permuted([1, 0]))
      case 4 where isKernel: try table.add(key, plain.permuted([3, 2, 0, 1]))
      default: try table.add(key, plain)
      }
    } catch { throw Damage("“\(key.prefix(200))”: \(error.reason)") }
  }
}
