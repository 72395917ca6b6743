/// What a store calls a vector: in an index the picture's name, which stays when the index is built
/// again.
///
/// Ids are compared and ordered by their UTF-8 bytes. Two names that differ only in how an accent is
/// encoded are two pictures, but one `String` in a dictionary.
package struct VectorID: Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }
}

extension VectorID: Hashable, Comparable {
  package static func == (a: VectorID, b: VectorID) -> Bool {
    a.text.utf8.elementsEqual(b.text.utf8)
  }

  package static func < (a: VectorID, b: VectorID) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension VectorID: ExpressibleByStringInterpolation, CustomStringConvertible {
  package init(stringLiteral text: String) { self.init(text) }

  package var description: String { text }
}
