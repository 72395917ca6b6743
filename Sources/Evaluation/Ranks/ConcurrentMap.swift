import Dispatch
import Foundation
import Synchronization

/// Computes `count` values on at most `threads` threads, one per core if that is `nil`.
///
/// Each value is computed once, and they come back in the order of their numbers.
func concurrentMap<Value: Sendable>(
  _ count: Int, threads: Int?, _ body: @Sendable (Int) -> Value
) -> [Value] {
  let workers = min(count, max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount))
  guard workers > 1 else { return (0..<count).map(body) }
  let values = Mutex([Value?](repeating: nil, count: count))
  let next = Atomic(0)
  DispatchQueue.concurrentPerform(iterations: workers) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      let value = body(index)
      values.withLock { $0[index] = value }
    }
  }
  return values.withLock { $0.compactMap { $0 } }
}
