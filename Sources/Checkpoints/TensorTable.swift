import Files
import Foundation
import Layers
import Torch

/// The tensors of a file, as its reader finds them one by one.
struct TensorTable {
  /// The most bytes of a name and of all names together, and the most tensors.
  static let maximumKey = 4096
  static let maximumKeys = 64 << 20
  static let maximumTensors = 1 << 18

  private(set) var places: [String: StoredTensor] = [:]
  /// Names of what is there but cannot be read as a tensor, and why.
  private(set) var refusals: [String: String] = [:]
  private var keyBytes = 0

  mutating func add(_ key: String, _ place: StoredTensor) throws(Damage) {
    try count(key)
    guard places.updateValue(place, forKey: key) == nil else {
      throw Damage("two of its tensors are called “\(key)”")
    }
  }

  mutating func refuse(_ key: String, _ reason: String) throws(Damage) {
    try count(key)
    refusals[key] = reason
  }

  private mutating func count(_ key: String) throws(Damage) {
    keyBytes += key.utf8.count
    guard key.utf8.count <= Self.maximumKey, keyBytes <= Self.maximumKeys else {
      throw Damage("the names of its tensors are too long: “\(key.prefix(40))…”")
    }
    guard places.count + refusals.count < Self.maximumTensors else {
      throw Damage("it has too many tensors, more than \(Self.maximumTensors)")
    }
  }
}

/// A file whose tensors all lie in its mapped bytes.
final class MappedTensors: TensorFile {
  let path: String
  let entries: [String: TensorEntry]
  private let mapping: MappedFile
  private let table: TensorTable

  /// - Parameter read: Finds the tensors; what it throws as ``Damage`` gets the file's path.
  init(_ mapping: MappedFile, path: String, read: (UnsafeRawBufferPointer) throws -> TensorTable)
    throws(CheckpointError)
  {
    self.path = path
    self.mapping = mapping
    do { table = try read(mapping.bytes) } catch { throw .unreadable(path: path, reason: error) }
    entries = table.places.mapValues(\.entry)
  }

  func tensor(_ key: String) throws(CheckpointError) -> Tensor {
    guard let place = table.places[key] else {
      if let reason = table.refusals[key] {
        throw .unreadable(path: path, reason: Damage("“\(key.prefix(200))” \(reason)"))
      }
      throw .missing(key: key, closest: closest(to: key, among: entries.keys))
    }
    do { return try place.tensor(in: mapping.bytes, owner: mapping) } catch {
      throw .unreadable(path: path, key: key, reason: error)
    }
  }
}

extension CheckpointError {
  /// Names the file, and the tensor if it is one's, in what a reader threw.
  static func unreadable(path: String, key: String? = nil, reason error: any Error)
    -> CheckpointError
  {
    if let error = error as? CheckpointError { return error }
    let reason = (error as? Damage)?.reason ?? "\(error)"
    let whole = key.map { Damage("“\($0.prefix(200))”: \(reason)").reason }
    return .unreadable(path: path, reason: whole ?? reason)
  }
}
