internal import Foundation
internal import Synchronization

/// Makes numbered things on a thread of its own, a few ahead of the one who takes them, in order.
///
///     let pages = Lookahead(0..<count, depth: 2) { page(number: $0) }
///     defer { pages.stop() }
///     for _ in 0..<count { print(pages.next()) }
package final class Lookahead<Made: Sendable>: Sendable {
  private struct State {
    var ready: [Made] = []
    var left: Int
    var isStopped = false
  }

  private let make: @Sendable (Int) -> Made
  private let state: Mutex<State>
  private let changed = DispatchSemaphore(value: 0)
  private let wanted = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// Begins to make things.
  ///
  /// - Parameters:
  ///   - range: Their numbers.
  ///   - depth: How many are made, or being made, that nobody has taken yet.
  ///   - make: Called once for each, in order, always on the same thread.
  package init(
    _ range: Range<Int>, depth: Int, making make: @escaping @Sendable (Int) -> Made
  ) {
    precondition(depth > 0, "nothing can be made ahead")
    self.make = make
    state = Mutex(State(left: range.count))
    // Raised one by one: a semaphore that began higher than it ends stops the program.
    for _ in 0..<depth { wanted.signal() }
    let thread = Thread { [self] in
      work(range)
      ended.signal()
    }
    thread.name = "lookahead"
    thread.stackSize = 4 << 20
    thread.start()
  }

  private func work(_ range: Range<Int>) {
    for number in range {
      wanted.wait()
      if state.withLock({ $0.isStopped }) { return }
      let made = make(number)
      state.withLock { $0.ready.append(made) }
      changed.signal()
    }
  }

  /// The next one, waiting for it if needed.
  ///
  /// It may be asked for as many as there are, from one thread at a time, until ``stop()``.
  package func next() -> Made {
    state.withLock { state in
      precondition(state.left > 0 && !state.isStopped, "nothing more is made")
      state.left -= 1
    }
    changed.wait()
    let made = state.withLock { $0.ready.removeFirst() }
    wanted.signal()
    return made
  }

  /// Ends the thread after the one that it is making, and waits for that; what was made is dropped.
  package func stop() {
    let wasStopped = state.withLock { state in
      defer { (state.isStopped, state.ready) = (true, []) }
      return state.isStopped
    }
    guard !wasStopped else { return }
    wanted.signal()
    ended.wait()
  }
}
