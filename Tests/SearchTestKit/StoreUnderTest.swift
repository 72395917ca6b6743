package import Search

/// A kind of store, as the kit's behaviours are run over it.
package struct StoreUnderTest: Sendable, CustomStringConvertible {
  package let description: String
  /// How far a score may be from the cosine that float64 gives.
  package let tolerance: Double
  /// Makes a store that holds some vectors.
  package let make: @Sendable (StoreContents) async throws -> any VectorStore

  package init(
    _ description: String, tolerance: Double,
    make: @escaping @Sendable (StoreContents) async throws -> any VectorStore
  ) {
    self.description = description
    self.tolerance = tolerance
    self.make = make
  }
}

/// What a store is filled with.
package struct StoreContents: Sendable {
  package var dimensions: Int
  package var vectors: [StoredVector]
  /// What ``SearchFilter/sources`` asks about: half of the vectors come from each of two sources.
  package static let sources = ["even", "odd"]

  package init(dimensions: Int, _ vectors: [StoredVector] = []) {
    self.dimensions = dimensions
    self.vectors = vectors
  }

  /// The source of the vector at a place.
  package func source(at place: Int) -> String { Self.sources[place % 2] }

  /// Drawn vectors of different lengths, in no order of their ids.
  static func drawn(_ count: Int, dimensions: Int = 32, seed: UInt64 = 1) -> StoreContents {
    var numbers = SeededNumbers(seed)
    return StoreContents(
      dimensions: dimensions,
      (0..<count).map { place in
        let length = numbers.number() + 1.5
        return StoredVector(
          "drawn \(place * 7919 % count)", numbers.vector(dimensions).map { $0 * length })
      })
  }

  /// The best cosines with a query among some ids, the best first, computed in float64.
  func cosines(_ query: [Float], among ids: Set<VectorID>? = nil) -> [VectorID: Double] {
    var cosines: [VectorID: Double] = [:]
    for vector in vectors where ids?.contains(vector.id) != false {
      cosines[vector.id] = cosine(vector.numbers, query)
    }
    return cosines
  }
}

/// Something that a store must do, and the check that it does.
package struct StoreBehaviour: Sendable, CustomStringConvertible {
  /// A sentence.
  package let description: String
  private let body: @Sendable (StoreUnderTest) async throws -> Void

  init(_ description: String, _ body: @escaping @Sendable (StoreUnderTest) async throws -> Void) {
    self.description = description
    self.body = body
  }

  /// Checks a kind of store.
  ///
  /// - Throws: ``BrokenBehaviour``, or what the store throws where it should have answered.
  package func check(_ kind: StoreUnderTest) async throws { try await body(kind) }

  /// Every behaviour: a store's tests run them all.
  ///
  ///     @Test(arguments: StoreBehaviour.all)
  ///     func behaves(_ behaviour: StoreBehaviour) async throws { try await behaviour.check(kind) }
  package static let all = finding + filtering + ranking + changing
}

/// How a store fails a behaviour.
package struct BrokenBehaviour: Error, CustomStringConvertible {
  package let description: String
}

/// - Throws: ``BrokenBehaviour`` unless the condition holds.
func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws(BrokenBehaviour) {
  guard condition else { throw BrokenBehaviour(description: problem()) }
}

/// Requires that something is refused with an error of the store that satisfies a condition.
func requireRefusal(
  _ what: String, _ body: () async throws -> Void,
  where isRight: (VectorStoreError) -> Bool
) async throws(BrokenBehaviour) {
  do { try await body() } catch let error as VectorStoreError {
    try require(isRight(error), "\(what) is refused with the wrong error: \(error)")
    return
  } catch {
    throw BrokenBehaviour(description: "\(what) is refused with an error of another kind: \(error)")
  }
  throw BrokenBehaviour(description: "\(what) is not refused")
}

/// The cosine of two vectors, computed in float64.
func cosine(_ a: [Float], _ b: [Float]) -> Double {
  var (product, ofA, ofB) = (0.0, 0.0, 0.0)
  for (x, y) in zip(a, b) {
    product += Double(x) * Double(y)
    ofA += Double(x) * Double(x)
    ofB += Double(y) * Double(y)
  }
  return product / (ofA.squareRoot() * ofB.squareRoot())
}
