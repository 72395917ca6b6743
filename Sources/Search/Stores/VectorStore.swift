import Vectors

/// Where vectors are kept and found: our own exact store, a file of another library, a database.
///
/// A store compares directions: whatever length vectors are given in, scores are cosines. It may be
/// asked from any number of tasks at once; each answer is of one state of the store. The behaviours
/// of `SearchTestKit` are what an engine relies on, and each store's tests run them.
package protocol VectorStore: Sendable {
  /// What messages call the store, such as its folder or address.
  var name: String { get }
  /// How many numbers a vector has.
  var dimensions: Int { get }
  /// What this store can do besides finding the nearest.
  var abilities: StoreAbilities { get }
  /// The number of vectors.
  var count: Int { get async throws }

  /// Finds the vectors nearest to one.
  ///
  /// - Parameters:
  ///   - vector: Of any length but zero.
  ///   - limit: The most vectors to find; none are found for 0.
  ///   - candidates: Which vectors count.
  /// - Returns: The best first; of equal scores the smaller id comes first. A store whose
  ///   ``StoreAbilities/recall`` is 1 has the smaller id also where equal scores meet the limit, so
  ///   that a lower limit's answer begins a higher one's.
  /// - Throws: ``VectorStoreError``, or what keeps the store from answering.
  func nearest(
    to vector: [Float], limit: Int, among candidates: Candidates
  ) async throws -> [StoredNeighbour]

  /// The vectors of ids, of length one, in their order; nil for an id that the store does not have.
  func vectors(of ids: [VectorID]) async throws -> [[Float]?]

  /// The scores of all vectors of the store by each of several others.
  ///
  /// - Throws: ``VectorStoreError/unable(store:ability:)`` unless ``StoreAbilities/ranksAll``.
  func scores(of vectors: [[Float]]) async throws -> StoreScores

  /// Adds vectors, all or none; an id that is there already gets the new vector.
  ///
  /// - Parameter vectors: Of any length but zero, each id once.
  /// - Throws: ``VectorStoreError``, which names the id of what cannot be added.
  func add(_ vectors: [StoredVector]) async throws

  /// Removes the vectors of ids and returns how many there were.
  @discardableResult
  func remove(_ ids: [VectorID]) async throws -> Int
}

/// What a store states about itself. Who asks for more than this chooses another way or says why not.
package struct StoreAbilities: Sendable, Equatable {
  /// The share of the ten nearest vectors that are found at least, on average; 1 if all always are.
  package var recall: Double
  /// Whether that holds among any candidates, however few.
  package var filtersExactly: Bool
  /// Whether it can score everything it has (``VectorStore/scores(of:)``).
  package var ranksAll: Bool
  /// Whether it knows what ``SearchFilter`` asks about and takes ``Candidates/matching(_:)``.
  package var readsFilters: Bool

  package init(recall: Double, filtersExactly: Bool, ranksAll: Bool, readsFilters: Bool) {
    self.recall = recall
    self.filtersExactly = filtersExactly
    self.ranksAll = ranksAll
    self.readsFilters = readsFilters
  }
}

/// Which vectors of a store may be found.
package enum Candidates: Sendable, Equatable {
  case all
  /// Those of the ids; ids that the store does not have are ignored.
  case these(Set<VectorID>)
  /// Those that pass a filter, for a store that reads filters.
  case matching(SearchFilter)
}

/// A vector and its id.
package struct StoredVector: Sendable, Equatable {
  package var id: VectorID
  package var numbers: [Float]

  package init(_ id: VectorID, _ numbers: [Float]) {
    self.id = id
    self.numbers = numbers
  }
}

/// A vector of a store and how near it is.
package struct StoredNeighbour: Sendable, Equatable {
  package var id: VectorID
  /// The cosine, in [−1, 1].
  package var score: Float

  package init(_ id: VectorID, score: Float) {
    self.id = id
    self.score = score
  }

  /// Whether it stands before another in an answer.
  package func precedes(_ other: StoredNeighbour) -> Bool {
    score > other.score || (score == other.score && id < other.id)
  }
}

/// The scores of everything in a store, in the order of its ids. An id is made only for a place that
/// is asked for.
package struct StoreScores: Sendable {
  /// For each vector asked about, the cosine of each vector of the store, in [−1, 1].
  package let scores: [[Float]]
  private let ids: @Sendable ([Int]) async throws -> [VectorID]

  package init(
    _ scores: [[Float]], ids: @escaping @Sendable (_ places: [Int]) async throws -> [VectorID]
  ) {
    self.scores = scores
    self.ids = ids
  }

  /// The ids at places of the lists of scores.
  package func ids(at places: [Int]) async throws -> [VectorID] { try await ids(places) }
}

extension VectorStore {
  package func scores(of vectors: [[Float]]) async throws -> StoreScores {
    throw VectorStoreError.unable(store: name, ability: "rank everything it has")
  }

  /// A vector brought to length one.
  ///
  /// - Throws: ``VectorStoreError`` where it has another number of dimensions, is zero or not finite.
  package func unit(
    _ vector: [Float], of id: VectorID? = nil
  ) throws(VectorStoreError) -> [Float] {
    guard vector.count == dimensions else {
      throw .wrongDimensions(store: name, id: id, expected: dimensions, found: vector.count)
    }
    guard let unit = unitVector(vector[...]) else { throw .noDirection(store: name, id: id) }
    return unit
  }

  /// Vectors to be added, brought to length one.
  ///
  /// - Throws: ``VectorStoreError`` for the first that cannot be added.
  package func units(_ vectors: [StoredVector]) throws(VectorStoreError) -> [StoredVector] {
    var ids: Set<VectorID> = []
    var units: [StoredVector] = []
    for vector in vectors {
      guard ids.insert(vector.id).inserted else {
        throw .givenTwice(store: name, id: vector.id)
      }
      units.append(StoredVector(vector.id, try unit(vector.numbers, of: vector.id)))
    }
    return units
  }
}
