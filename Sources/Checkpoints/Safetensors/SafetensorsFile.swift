import Files
import Foundation
package import Layers
package import Torch

/// A safetensors file, mapped into memory: only the tensors that are read cost anything.
///
/// Eight bytes (little-endian) give the length of a JSON header; it names each tensor's type, shape
/// and place in the bytes that follow. Every place is checked against the file's size, the shape
/// and the other places before any of it is used.
///
/// - Source: huggingface/safetensors, README “Format”.
package final class SafetensorsFile: TensorFile, ParameterSource {
  /// The path that it was opened with.
  package let path: String
  /// Type and shape of each tensor, by name.
  package let entries: [String: TensorEntry]
  /// The `__metadata__` of the header.
  package let metadata: [String: String]
  private let mapping: MappedFile
  private let places: [String: StoredTensor]
  /// Tensors of a type that cannot be computed with here.
  private let unsupported: [String: String]

  /// The most bytes a header may have. The Hugging Face libraries refuse more than 100 million; no
  /// published one comes near a quarter of it.
  static let maximumHeader = 25_000_000

  /// Whether a short header of JSON follows its length.
  static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count > 8 && bytes[8] == UInt8(ascii: "{") && bytes[5..<8].allSatisfy { $0 == 0 }
  }

  /// - Throws: ``CheckpointError/unreadable(path:reason:)``
  package convenience init(path: String) throws(CheckpointError) {
    try self.init(try mapped(path), path: path)
  }

  init(_ mapping: MappedFile, path: String) throws(CheckpointError) {
    self.path = path
    self.mapping = mapping
    let header: Header
    do { header = try Header(mapping.bytes) } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    metadata = header.metadata
    places = header.places
    unsupported = header.unsupported
    entries = header.places.mapValues(\.entry)
  }

  /// The tensor called `key`, not copied: it keeps the file mapped.
  ///
  /// - Throws: ``CheckpointError/missing(key:closest:)``, or
  ///   ``CheckpointError/unreadable(path:reason:)`` if its numbers are of a type that is not known.
  package func tensor(_ key: String) throws(CheckpointError) -> Tensor {
    guard let place = places[key] else {
      if let type = unsupported[key] {
        throw .unreadable(
          path: path, key: key, reason: Damage("its type is not supported: \(type)"))
      }
      throw .missing(key: key, closest: closest(to: key, among: entries.keys))
    }
    do { return try place.tensor(in: mapping.bytes, owner: mapping) } catch {
      throw .unreadable(path: path, key: key, reason: error)
    }
  }

  /// Reads a tensor that must have this shape; `initializer` is not used.
  package func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer)
    throws(CheckpointError) -> Tensor
  {
    let found = try tensor(key)
    guard found.shape == shape else {
      throw .misshapen(key: key, expected: shape, found: found.shape)
    }
    // A copy: the file's bytes must not change with the parameter.
    return found.to(.float32).copied()
  }
}

extension SafetensorsFile {
  private struct Header {
    var places: [String: StoredTensor] = [:]
    var unsupported: [String: String] = [:]
    var metadata: [String: String] = [:]

    init(_ bytes: UnsafeRawBufferPointer) throws(Damage) {
      guard bytes.count >= 8 else { throw Damage("it has only \(bytes.count) bytes") }
      let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
      guard length <= UInt64(maximumHeader), Int(length) <= bytes.count - 8 else {
        throw Damage(
          "its header claims \(length) bytes; it is cut short, or not a safetensors file")
      }
      let data = 8 + Int(length)..<bytes.count
      guard let header = try? JSONSerialization.jsonObject(with: Data(bytes[8..<data.lowerBound]))
      else { throw Damage("its header is not JSON") }
      guard let table = header as? [String: Any] else {
        throw Damage("its header is not an object")
      }
      var used: [Range<Int>] = []
      for (key, value) in table.sorted(by: { $0.key < $1.key }) {
        guard let fields = value as? [String: Any] else {
          throw Damage("“\(key.prefix(200))” in its header is not an object")
        }
        if key == "__metadata__" {
          metadata = fields.compactMapValues { $0 as? String }
        } else {
          do { used.append(try add(key, fields, in: data)) } catch {
            throw Damage("“\(key.prefix(200))” \(error.reason)")
          }
        }
      }
      var end = 0
      for place in used.sorted(by: { $0.lowerBound < $1.lowerBound }) where !place.isEmpty {
        guard place.lowerBound >= end else { throw Damage("two of its tensors overlap") }
        end = place.upperBound
      }
    }

    /// - Returns: The bytes that the tensor takes.
    private mutating func add(_ key: String, _ fields: [String: Any], in data: Range<Int>)
      throws(Damage) -> Range<Int>
    {
      guard let offsets = fields["data_offsets"] as? [Int], offsets.count == 2,
        0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= data.count
      else { throw Damage("lies outside of the file") }
      let place = data.lowerBound + offsets[0]..<data.lowerBound + offsets[1]
      guard let name = fields["dtype"] as? String, let shape = fields["shape"] as? [Int] else {
        throw Damage("has no type or no shape")
      }
      if let dtype = DType(safetensors: name) {
        places[key] = try StoredTensor(dtype: dtype, shape: shape, filling: [place])
      } else if Self.otherTypes.contains(name) {
        unsupported[key] = name
      } else {
        throw Damage("is of a type that is not known: \(name.prefix(40))")
      }
      return place
    }

    private static let otherTypes: Set<String> = [
      "F4", "F6_E2M3", "F6_E3M2", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E5M2FNUZ", "F8_E4M3FNUZ",
      "U16", "U32", "U64", "C64",
    ]
  }
}

extension DType {
  private static let names: [(DType, String)] = [
    (.float32, "F32"), (.bfloat16, "BF16"), (.float16, "F16"), (.float64, "F64"), (.int64, "I64"),
    (.int32, "I32"), (.int16, "I16"), (.int8, "I8"), (.uint8, "U8"), (.bool, "BOOL"),
  ]
  init?(safetensors name: String) {
    guard let found = Self.names.first(where: { $0.1 == name }) else { return nil }
    self = found.0
  }
  var safetensorsName: String { Self.names.first { $0.0 == self }?.1 ?? "F32" }
}
