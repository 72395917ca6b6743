import Synchronization

/// The exact store: compares a question with every vector, at the speed of memory.
///
/// An index's store scans the mapped file; ids are looked up in the metadata, and only for what was
/// found. What is added or removed besides is kept in memory and ends with this object: a lasting
/// change is ``IndexBuilder``'s.
package final class ExactStore: VectorStore {
  /// Vectors in files, and the records that name their rows.
  private struct Base {
    let table: VectorTable
    let metadata: MetadataStore
  }

  package let name: String
  package let dimensions: Int
  package let abilities: StoreAbilities
  private let base: Base?
  private let state: Mutex<State>

  /// What has changed since the store was opened.
  private struct State: Sendable {
    /// Rows of the base that count no more.
    var removed = RowSet()
    var added: AddedVectors
  }

  /// An empty store in memory.
  package init(name: String, dimensions: Int) {
    self.name = name
    self.dimensions = dimensions
    abilities = StoreAbilities(
      recall: 1, filtersExactly: true, ranksAll: true, readsFilters: false)
    base = nil
    state = Mutex(State(added: AddedVectors(dimensions: dimensions)))
  }

  /// The store of an index.
  init(name: String, table: VectorTable, metadata: MetadataStore) {
    self.name = name
    dimensions = table.width
    abilities = StoreAbilities(
      // Bytes choose which vectors are compared as halves.
      recall: table.type == .int8 ? 0.999 : 1, filtersExactly: true, ranksAll: true,
      readsFilters: true)
    base = Base(table: table, metadata: metadata)
    state = Mutex(State(added: AddedVectors(dimensions: table.width)))
  }

  private var baseCount: Int { base?.table.count ?? 0 }

  package var count: Int {
    state.withLock { baseCount - $0.removed.count + $0.added.ids.count }
  }

  // MARK: - Reading

  package func nearest(
    to vector: [Float], limit: Int, among candidates: Candidates
  ) async throws -> [StoredNeighbour] {
    let unit = try unit(vector)
    guard limit > 0 else { return [] }
    let state = state.withLock { $0 }
    // A row of what was added comes after those of the base.
    var found: [Neighbour] = []
    if let base {
      let allowed = try rows(of: base, among: candidates, without: state.removed)
      found = base.table.nearestWithTies(to: unit, limit: limit, allowed: allowed)
    }
    if !state.added.ids.isEmpty || base == nil {
      let allowed = try rows(of: state.added, among: candidates)
      found += state.added.table.nearestWithTies(to: unit, limit: limit, allowed: allowed).map {
        Neighbour(row: baseCount + $0.row, score: $0.score)
      }
    }
    if found.count > limit {
      let last = found.map(\.score).sorted(by: >)[limit - 1]
      found.removeAll { $0.score < last }
    }
    let ids = try ids(of: found.map(\.row), state.added)
    let named = zip(found, ids).map { StoredNeighbour($1, score: $0.score) }
    return Array(named.sorted { $0.precedes($1) }.prefix(limit))
  }

  /// One bit a row of the base that may be found; nil for all.
  private func rows(
    of base: Base, among candidates: Candidates, without removed: RowSet
  ) throws -> [UInt8]? {
    var rows: RowSet
    switch candidates {
    case .matching(let filter) where !filter.isEmpty:
      rows = try base.metadata.rows(passing: filter, of: base.table.count)
    case .these(let ids):
      rows = RowSet()
      for row in try base.metadata.rows(of: Array(ids)).values { rows.insert(row) }
    case .all, .matching:
      guard removed.count > 0 else { return nil }
      rows = RowSet(all: base.table.count)
    }
    rows.subtract(removed)
    return rows.bits(for: base.table.count)
  }

  /// One bit an added vector that may be found; nil for all.
  private func rows(of added: AddedVectors, among candidates: Candidates) throws -> [UInt8]? {
    var rows = RowSet()
    switch candidates {
    case .all: return nil
    case .these(let ids):
      for id in ids {
        if let row = added.rows[id] { rows.insert(row) }
      }
    case .matching(let filter):
      if filter.isEmpty { return nil }
      // No record says anything of what was added, so that it passes no filter.
      guard base != nil else {
        throw VectorStoreError.unable(store: name, ability: "filter by what is known of pictures")
      }
    }
    return rows.bits(for: added.ids.count)
  }

  private func ids(of rows: [Int], _ added: AddedVectors) throws(IndexError) -> [VectorID] {
    let start = baseCount
    let stored = rows.filter { $0 < start }
    guard let base, !stored.isEmpty else { return rows.map { added.ids[$0 - start] } }
    let names = try base.metadata.ids(at: stored)
    var ids: [VectorID] = []
    for row in rows {
      if row >= start {
        ids.append(added.ids[row - start])
      } else if let id = names[row] {
        ids.append(id)
      } else {
        throw base.metadata.hasNoRecord(of: "row \(row)")
      }
    }
    return ids
  }

  package func vectors(of ids: [VectorID]) async throws -> [[Float]?] {
    let state = state.withLock { $0 }
    let rows = try base?.metadata.rows(of: ids) ?? [:]
    return ids.map { id in
      if let row = state.added.rows[id] { return state.added.vector(at: row) }
      guard let base, let row = rows[id], row < baseCount, !state.removed.contains(row) else {
        return nil
      }
      return base.table.vector(at: row)
    }
  }

  package func scores(of vectors: [[Float]]) async throws -> StoreScores {
    let units = try vectors.map { try unit($0) }
    let state = state.withLock { $0 }
    let start = baseCount
    let order = try rowsByID(state)
    let table = state.added.table
    let scores = units.map { unit in
      let stored = base?.table.scores(of: unit) ?? []
      let others = table.scores(of: unit)
      return order.map { clamped($0 < start ? stored[$0] : others[$0 - start]) }
    }
    return StoreScores(scores) { [self] places in
      try ids(of: places.map { order[$0] }, state.added)
    }
  }

  /// All rows in the order of their ids.
  private func rowsByID(_ state: State) throws(IndexError) -> [Int] {
    let start = baseCount
    let added = state.added.ids.enumerated().sorted { $0.element < $1.element }
    guard let base else { return added.map(\.offset) }
    let rows = try base.metadata.rowsByID(
      of: start, without: state.removed, and: added.map { ($0.element, start + $0.offset) })
    guard rows.count == start - state.removed.count + added.count else {
      throw base.metadata.hasNoRecord(of: "some of \(start) pictures")
    }
    return rows
  }

  // MARK: - Changing

  package func add(_ vectors: [StoredVector]) async throws {
    let units = try units(vectors)
    try state.withLock { state in
      try removeFromBase(units.map(\.id), &state)
      for unit in units { state.added.set(unit) }
    }
  }

  @discardableResult
  package func remove(_ ids: [VectorID]) async throws -> Int {
    try state.withLock { state in
      let before = state.removed.count
      try removeFromBase(ids, &state)
      return ids.count { state.added.remove($0) } + state.removed.count - before
    }
  }

  private func removeFromBase(_ ids: [VectorID], _ state: inout State) throws {
    guard let base else { return }
    for row in try base.metadata.rows(of: ids).values where row < base.table.count {
      state.removed.insert(row)
    }
  }
}

/// Vectors in memory, each found by its id.
private struct AddedVectors: Sendable {
  private let dimensions: Int
  private var numbers: [Float] = []
  private(set) var ids: [VectorID] = []
  private(set) var rows: [VectorID: Int] = [:]

  init(dimensions: Int) { self.dimensions = dimensions }

  var table: VectorTable { VectorTable(numbers, count: ids.count, width: dimensions) }

  func vector(at row: Int) -> [Float] {
    Array(numbers[row * dimensions..<(row + 1) * dimensions])
  }

  mutating func set(_ vector: StoredVector) {
    if let row = rows[vector.id] {
      numbers.replaceSubrange(row * dimensions..<(row + 1) * dimensions, with: vector.numbers)
    } else {
      rows[vector.id] = ids.count
      ids.append(vector.id)
      numbers += vector.numbers
    }
  }

  /// Removes a vector, whose row the last one takes; returns whether there was one.
  mutating func remove(_ id: VectorID) -> Bool {
    guard let row = rows.removeValue(forKey: id), let last = ids.last else { return false }
    if last != id {
      numbers.replaceSubrange(
        row * dimensions..<(row + 1) * dimensions, with: numbers.suffix(dimensions))
      ids[row] = last
      rows[last] = row
    }
    ids.removeLast()
    numbers.removeLast(dimensions)
    return true
  }
}
