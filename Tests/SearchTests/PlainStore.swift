import Foundation
import Search

/// The simplest store: a dictionary, compared one by one in float64. It ranks only what is nearest and
/// knows nothing of pictures.
actor PlainStore: VectorStore {
  nonisolated let name = "a plain store"
  nonisolated let dimensions: Int
  nonisolated let abilities = StoreAbilities(
    recall: 1, filtersExactly: true, ranksAll: false, readsFilters: false)
  private var vectors: [VectorID: [Float]] = [:]

  init(dimensions: Int) { self.dimensions = dimensions }

  var count: Int { vectors.count }

  func nearest(
    to vector: [Float], limit: Int, among candidates: Candidates
  ) throws -> [StoredNeighbour] {
    let unit = try unit(vector)
    let allowed: Set<VectorID>?
    switch candidates {
    case .all: allowed = nil
    case .these(let ids): allowed = ids
    case .matching:
      throw VectorStoreError.unable(store: name, ability: "filter by what is known of pictures")
    }
    let scored = vectors.compactMap { id, own -> StoredNeighbour? in
      guard allowed?.contains(id) != false else { return nil }
      let product = zip(own, unit).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      return StoredNeighbour(id, score: Float(min(1, max(-1, product))))
    }
    return Array(scored.sorted { $0.precedes($1) }.prefix(limit))
  }

  func vectors(of ids: [VectorID]) -> [[Float]?] { ids.map { vectors[$0] } }

  func add(_ vectors: [StoredVector]) throws {
    for unit in try units(vectors) { self.vectors[unit.id] = unit.numbers }
  }

  func remove(_ ids: [VectorID]) -> Int {
    ids.count { vectors.removeValue(forKey: $0) != nil }
  }
}

/// A store that does one thing wrong.
struct FaultyStore: VectorStore {
  enum Fault: CaseIterable {
    case worstFirst, tiesByChance, tiesCutByChance, distances, oneTooFew, takesAnything
    case ignoresCandidates, filtersAfterwards, ignoresFilters
    case vectorsInAnyOrder, vectorsAsGiven, strangersAsZeros
    case scoresInAnyOrder, fewerScores, statesTooMuch
    case keepsTheOld, addsWhatItCan, forgetsToRemove, countsStrangers, namesByCharacters
  }

  let store: ExactStore
  let fault: Fault

  var name: String { store.name }
  var dimensions: Int { store.dimensions }
  var count: Int { get async throws { store.count + (fault == .oneTooFew ? -1 : 0) } }

  var abilities: StoreAbilities {
    var abilities = store.abilities
    if fault == .statesTooMuch { abilities.readsFilters = true }
    return abilities
  }

  func nearest(
    to vector: [Float], limit: Int, among candidates: Candidates
  ) async throws -> [StoredNeighbour] {
    if fault == .takesAnything, vector.allSatisfy({ $0 == 0 }) { return [] }
    switch fault {
    case .ignoresCandidates:
      return try await store.nearest(to: vector, limit: limit, among: .all)
    case .filtersAfterwards:
      guard case .these(let ids) = candidates else { break }
      return try await store.nearest(to: vector, limit: limit, among: .all).filter {
        ids.contains($0.id)
      }
    case .ignoresFilters:
      guard case .matching = candidates else { break }
      return try await store.nearest(to: vector, limit: limit, among: .all)
    case .tiesCutByChance:
      guard limit < 10 else { break }
      let found = try await store.nearest(to: vector, limit: 10, among: candidates)
      return Array(
        found.sorted { $0.score > $1.score || ($0.score == $1.score && $0.id > $1.id) }
          .prefix(limit).sorted { $0.precedes($1) })
    default: break
    }
    var found = try await store.nearest(to: vector, limit: limit, among: candidates)
    switch fault {
    case .worstFirst: found.reverse()
    case .tiesByChance:
      found.sort { $0.score > $1.score || ($0.score == $1.score && $0.id > $1.id) }
    case .distances:
      found = found.map { StoredNeighbour($0.id, score: (1 + $0.score) / 2) }
    default: break
    }
    return found
  }

  func vectors(of ids: [VectorID]) async throws -> [[Float]?] {
    let found = try await store.vectors(of: fault == .vectorsInAnyOrder ? ids.sorted() : ids)
    switch fault {
    case .vectorsAsGiven: return found.map { $0?.map { $0 * 3 } }
    case .strangersAsZeros:
      return found.map { $0 ?? [Float](repeating: 0, count: dimensions) }
    default: return found
    }
  }

  func scores(of vectors: [[Float]]) async throws -> StoreScores {
    let all = try await store.scores(of: vectors)
    switch fault {
    case .scoresInAnyOrder:
      return StoreScores(all.scores.map { $0.reversed() }) { try await all.ids(at: $0) }
    case .fewerScores:
      return StoreScores(all.scores.map { $0.dropLast() }) { try await all.ids(at: $0) }
    default: return all
    }
  }

  func add(_ vectors: [StoredVector]) async throws {
    switch fault {
    case .keepsTheOld:
      let known = try await store.vectors(of: vectors.map(\.id))
      try await store.add(zip(vectors, known).filter { $0.1 == nil }.map(\.0))
    case .addsWhatItCan:
      for vector in vectors { try await store.add([vector]) }
    case .namesByCharacters:
      // As a dictionary of strings has them.
      try await store.add(
        vectors.map {
          StoredVector(
            VectorID($0.id.text.precomposedStringWithCanonicalMapping), $0.numbers)
        })
    default: try await store.add(vectors)
    }
  }

  func remove(_ ids: [VectorID]) async throws -> Int {
    let count = fault == .forgetsToRemove ? ids.count : try await store.remove(ids)
    return fault == .countsStrangers ? ids.count : count
  }
}
