package import Foundation

/// What a safetensors file says of its tensors, and their bytes, for tests that compare all of them.
package struct TensorBytes: Sendable, Equatable {
  /// The type, shape and place of each tensor as the file's header has them, in its own words.
  package let header: [String: String]
  /// The bytes of each tensor.
  package let tensors: [String: Data]
  /// What the file says besides, such as the time that a run took.
  package let metadata: [String: String]

  /// Reads a whole file.
  ///
  /// - Throws: If there is none, or it is no safetensors file.
  package init(_ path: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let object = try JSONSerialization.jsonObject(with: data.dropFirst(8).prefix(length))
    guard let table = object as? [String: [String: Any]] else {
      throw CocoaError(.coderInvalidValue)
    }
    var (header, tensors): ([String: String], [String: Data]) = ([:], [:])
    for (name, fields) in table where name != "__metadata__" {
      guard let place = fields["data_offsets"] as? [Int], place.count == 2 else {
        throw CocoaError(.coderInvalidValue)
      }
      header[name] = String(
        decoding: try JSONSerialization.data(withJSONObject: fields, options: .sortedKeys),
        as: UTF8.self)
      let numbers = data.dropFirst(8 + length)
      tensors[name] = Data(numbers.dropFirst(place[0]).prefix(place[1] - place[0]))
    }
    (self.header, self.tensors) = (header, tensors)
    metadata = table["__metadata__"] as? [String: String] ?? [:]
  }

  /// The names of the tensors that are not the same in both files, in order.
  package func differences(from other: TensorBytes) -> [String] {
    Set(tensors.keys).union(other.tensors.keys).filter {
      tensors[$0] != other.tensors[$0] || header[$0] != other.header[$0]
    }.sorted()
  }
}
