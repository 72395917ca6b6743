/// Why a store does not take a vector or a question; `id` is nil where a question's vector is meant.
package enum VectorStoreError: Error, Equatable {
  case wrongDimensions(store: String, id: VectorID?, expected: Int, found: Int)
  /// The vector is zero or not finite.
  case noDirection(store: String, id: VectorID?)
  case givenTwice(store: String, id: VectorID)
  /// The store does not have the ability; `ability` goes on after “cannot”.
  case unable(store: String, ability: String)
}

extension VectorStoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .wrongDimensions(let store, let id, let expected, let found):
      "\(Self.subject(id)) has \(found) dimensions; those in \(store) have \(expected)."
    case .noDirection(let store, let id):
      "\(Self.subject(id)) is zero or not finite and has no place in \(store)."
    case .givenTwice(let store, let id):
      "“\(id)” was given to \(store) twice at once."
    case .unable(let store, let ability):
      "\(store) cannot \(ability)."
    }
  }

  private static func subject(_ id: VectorID?) -> String {
    id.map { "The vector of “\($0)”" } ?? "The vector to search with"
  }
}
