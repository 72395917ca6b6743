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
  package let path: String
  package let entries: [String: TensorEntry]
  /// Where each tensor lies after the header.
  private let places: [String: Range<Int>]
  /// The `__metadata__` of the header.
  package let metadata: [String: String]
  private let mapping: MappedFile
  private let dataStart: Int

  /// The most bytes a header may have, as in the Hugging Face libraries.
  static let maximumHeader = 25_000_000

  /// - Throws: ``CheckpointError/unreadable(path:reason:)``
  package init(path: String) throws(CheckpointError) {
    func refuse(_ reason: String) -> CheckpointError { .unreadable(path: path, reason: reason) }
    self.path = path
    mapping = try MappedFile(path: path)
    let bytes = mapping.bytes
    guard bytes.count >= 8 else { throw refuse("it has only \(bytes.count) bytes") }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(Self.maximumHeader), Int(length) <= bytes.count - 8 else {
      throw refuse("its header claims \(length) bytes; it is cut short, or not a safetensors file")
    }
    dataStart = 8 + Int(length)
    let header: Any
    do {
      header = try JSONSerialization.jsonObject(with: Data(bytes[8..<dataStart]))
    } catch {
      throw refuse("its header is not JSON")
    }
    guard let table = header as? [String: Any] else { throw refuse("its header is not an object") }

    var entries: [String: TensorEntry] = [:]
    var places: [String: Range<Int>] = [:]
    var metadata: [String: String] = [:]
    for (key, value) in table {
      guard let fields = value as? [String: Any] else {
        throw refuse("“\(key)” in its header is not an object")
      }
      if key == "__metadata__" {
        metadata = fields.compactMapValues { $0 as? String }
        continue
      }
      guard let name = fields["dtype"] as? String, let dtype = DType(safetensors: name) else {
        throw refuse("“\(key)” is of a type that is not supported: \(fields["dtype"] ?? "none")")
      }
      guard let shape = fields["shape"] as? [Int], shape.allSatisfy({ $0 >= 0 }),
        let offsets = fields["data_offsets"] as? [Int], offsets.count == 2,
        0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= bytes.count - dataStart
      else { throw refuse("“\(key)” lies outside of the file") }
      guard let size = product(shape, dtype.size), size == offsets[1] - offsets[0] else {
        throw refuse("“\(key)” has \(offsets[1] - offsets[0]) bytes, which do not fill \(shape)")
      }
      entries[key] = TensorEntry(dtype: dtype, shape: shape)
      places[key] = offsets[0]..<offsets[1]
    }
    var end = 0
    for place in places.values.sorted(by: { $0.lowerBound < $1.lowerBound }) where !place.isEmpty {
      guard place.lowerBound >= end else { throw refuse("two of its tensors overlap") }
      end = place.upperBound
    }
    self.entries = entries
    self.places = places
    self.metadata = metadata
  }

  /// The tensor called `key`, not copied: it keeps the file mapped.
  ///
  /// - Throws: ``CheckpointError/missing(key:closest:)``
  package func tensor(_ key: String) throws(CheckpointError) -> Tensor {
    guard let entry = entries[key], let bytes = places[key] else {
      throw .missing(key: key, closest: closest(to: key, among: entries.keys))
    }
    let place = (dataStart + bytes.lowerBound)..<(dataStart + bytes.upperBound)
    do {
      return try Tensor(
        borrowing: UnsafeRawBufferPointer(rebasing: mapping.bytes[place]), shape: entry.shape,
        dtype: entry.dtype, owner: mapping)
    } catch { throw .unreadable(path: path, reason: "“\(key)”: \(error)") }
  }

  package func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer)
    throws(CheckpointError) -> Tensor
  {
    let found = try tensor(key)
    guard found.shape == shape else {
      throw .misshapen(key: key, expected: shape, found: found.shape)
    }
    // A copy: the file's bytes need not be aligned, and must not change with the parameter.
    return found.to(.float32).copied()
  }
}

/// The product of all, or nil if it does not fit.
private func product(_ numbers: [Int], _ first: Int) -> Int? {
  var result = first
  for number in numbers {
    let (next, overflow) = result.multipliedReportingOverflow(by: number)
    if overflow { return nil }
    result = next
  }
  return result
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
