internal import Dispatch
internal import Foundation
internal import Synchronization

/// What `transform` makes of each of `0..<count`, in order, computed on all cores.
///
/// - Parameters:
///   - count: How many there are.
///   - threads: The most threads that work at once; 0 for as many as there are cores.
///   - progress: Called with the number done so far, from any thread but never twice at once.
///   - transform: Called once for each, from any thread.
/// - Returns: The results in the order of their numbers.
package func concurrentMap<Made: Sendable>(
  _ count: Int, threads: Int = 0, progress: ((Int) -> Void)? = nil,
  _ transform: @Sendable (Int) -> Made
) -> [Made] {
  // Unchecked: only called while the lock is held.
  nonisolated(unsafe) let progress = progress
  let state = Mutex(MapState<Made>(count: count))
  let cores = ProcessInfo.processInfo.activeProcessorCount
  let workers = min(count, threads > 0 ? threads : cores)
  DispatchQueue.concurrentPerform(iterations: workers) { _ in
    while true {
      let index = state.withLock { state in
        defer { state.next += 1 }
        return state.next
      }
      guard index < count else { return }
      let made = transform(index)
      state.withLock { state in
        state.made[index] = made
        state.done += 1
        progress?(state.done)
      }
    }
  }
  return state.withLock { $0.made.compactMap { $0 } }
}

private struct MapState<Made: Sendable>: Sendable {
  var next = 0
  var done = 0
  var made: [Made?]

  init(count: Int) {
    made = Array(repeating: nil, count: count)
  }
}
