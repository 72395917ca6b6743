import Files

/// A file of `torch.save` before PyTorch 1.6: pickles that follow each other, then the storages.
///
///     magic number · protocol · system · the pickle · keys of the storages · storages
///
/// Each storage is the count of its numbers in eight bytes, and the numbers, all little-endian.
///
/// - Source: pytorch/pytorch, torch/serialization.py, `_legacy_save` and `_legacy_load`.
enum LegacyPyTorch {
  /// The pickle of 0x1950A86A20F9469CFC6C by protocol 2 and later.
  static let magic: [UInt8] = [
    0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 15 && bytes[0] == 0x80 && bytes[2..<15].elementsEqual(magic)
  }

  static func tensors(in bytes: UnsafeRawBufferPointer) throws(Damage) -> TensorTable {
    var cursor = ByteCursor(bytes)
    _ = try Unpickler.read(&cursor)
    let version = try Unpickler.read(&cursor)
    guard version.int(version.root) == 1001 else {
      throw Damage("its layout is not version 1001 of PyTorch's")
    }
    _ = try Unpickler.read(&cursor)
    let pickle = try Unpickler.read(&cursor)
    let keys = try Unpickler.read(&cursor)
    let places = try storages(keys, of: pickle, at: &cursor)
    return try PickledTensors.find(in: pickle) { key throws(Damage) in
      guard let place = places[key] else { throw Damage("its storage “\(key)” is missing") }
      return place
    }
  }

  private static func storages(_ keys: Pickle, of pickle: Pickle, at cursor: inout ByteCursor)
    throws(Damage) -> [String: Range<Int>]
  {
    // How many bytes a number has is said only where the storage is used.
    var sizes: [String: Int] = [:]
    for case .persistent(let identifier) in pickle.nodes {
      guard let storage = try PickledStorage(identifier, in: pickle) else { continue }
      guard sizes.updateValue(storage.size, forKey: storage.key) ?? storage.size == storage.size
      else { throw Damage("storage “\(storage.key)” is used as numbers of two sizes") }
    }
    guard let order = keys.members(keys.root) else {
      throw Damage("its list of storages is damaged")
    }
    var places: [String: Range<Int>] = [:]
    for value in order {
      guard let key = keys.text(value), let size = sizes[key] else {
        throw Damage("it has a storage that is not used")
      }
      let count = try cursor.length(UInt64.self)
      guard let bytes = product([count], size) else {
        throw Damage("storage “\(key)” is too large")
      }
      places[key] = try cursor.take(bytes)
    }
    return places
  }
}
