import Synchronization

/// Lets so many searches be computed at once and so many more wait; the rest are sent away at once,
/// so that a rush neither fills the memory nor makes everybody wait for ever.
final class SearchGate: Sendable {
  /// Searches computed at once.
  let most: Int
  /// Searches that may wait for them, or still be sending their picture.
  let waiting: Int

  private struct State {
    /// Searches that were let in and have not been answered.
    var inside = 0
    /// Searches that are being computed.
    var running = 0
    /// Who waits, in the order of coming.
    var line: [(number: Int, turn: CheckedContinuation<Void, any Error>)] = []
    var nextNumber = 0
    /// Who gave up before it could stand in the line.
    var gone: Set<Int> = []
  }
  private let state = Mutex(State())

  /// - Precondition: `most` is positive.
  init(most: Int) {
    precondition(most > 0, "a gate that lets nobody through")
    self.most = most
    waiting = most * 4
  }

  /// Calls `body` if there is room for one more search.
  ///
  /// - Throws: ``RequestError`` with status 503 if there is none, or what `body` throws.
  func admit<Result>(_ body: () async throws -> Result) async throws -> Result {
    let hasRoom = state.withLock { state in
      guard state.inside < most + waiting else { return false }
      state.inside += 1
      return true
    }
    guard hasRoom else { throw RequestError.busy(most) }
    defer { state.withLock { $0.inside -= 1 } }
    return try await body()
  }

  /// Calls `body`, of a search that was admitted, when it is its turn.
  ///
  /// - Throws: `CancellationError` if the asker gave up meanwhile, or what `body` throws.
  func whenFree<Result>(_ body: () async throws -> Result) async throws -> Result {
    try await turn()
    defer { leave() }
    return try await body()
  }

  private func turn() async throws {
    let number = state.withLock { state in
      state.nextNumber += 1
      return state.nextNumber
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { turn in
        let outcome: Result<Void, any Error>? = state.withLock { state in
          if state.gone.remove(number) != nil { return .failure(CancellationError()) }
          guard state.running >= most else {
            state.running += 1
            return .success(())
          }
          state.line.append((number, turn))
          return nil
        }
        if let outcome { turn.resume(with: outcome) }
      }
    } onCancel: {
      let turn = state.withLock { state in
        guard let place = state.line.firstIndex(where: { $0.number == number }) else {
          state.gone.insert(number)
          return nil as CheckedContinuation<Void, any Error>?
        }
        return state.line.remove(at: place).turn
      }
      turn?.resume(throwing: CancellationError())
    }
    state.withLock { _ = $0.gone.remove(number) }
  }

  private func leave() {
    let next = state.withLock { state in
      guard !state.line.isEmpty else {
        state.running -= 1
        return nil as CheckedContinuation<Void, any Error>?
      }
      return state.line.removeFirst().turn
    }
    next?.resume()
  }
}
