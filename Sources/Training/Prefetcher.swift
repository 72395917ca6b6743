import Foundation
import Synchronization

/// Makes the batches of the coming steps on a thread of its own while the network learns.
final class Prefetcher: Sendable {
  private struct State {
    var ready: [Int: TrainingData.Batch] = [:]
    var next: Int
    var isStopped = false
  }

  private let data: TrainingData
  private let state: Mutex<State>
  private let changed = DispatchSemaphore(value: 0)
  private let wanted = DispatchSemaphore(value: 0)

  /// Begins to make batches, from step `first` on, at most `depth` ahead.
  init(_ data: TrainingData, from first: Int, depth: Int = 3) {
    self.data = data
    state = Mutex(State(next: first))
    // Raised one by one: a semaphore that began higher than it ends stops the program.
    for _ in 0..<depth { wanted.signal() }
    let thread = Thread { [self] in work() }
    thread.name = "batches"
    thread.stackSize = 4 << 20
    thread.start()
  }

  private func work() {
    while true {
      wanted.wait()
      let step = state.withLock { state -> Int? in
        if state.isStopped { return nil }
        defer { state.next += 1 }
        return state.next
      }
      guard let step else { return }
      let batch = data.batch(ofStep: step)
      state.withLock { $0.ready[step] = batch }
      changed.signal()
    }
  }

  /// The batch of `step`, waiting for it if needed. Steps must be asked for in order.
  func batch(ofStep step: Int) -> TrainingData.Batch {
    while true {
      changed.wait()
      if let batch = state.withLock({ $0.ready.removeValue(forKey: step) }) {
        wanted.signal()
        return batch
      }
    }
  }

  /// Ends the thread after the batch it is making.
  func stop() {
    state.withLock { $0.isStopped = true }
    wanted.signal()
  }
}
