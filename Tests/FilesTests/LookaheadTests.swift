import Dispatch
import Files
import Synchronization
import Testing

@Suite("Making things ahead")
struct LookaheadTests {
  @Test("Things come in order, each made once")
  func keepsOrder() {
    let made = Mutex<[Int]>([])
    let squares = Lookahead(3..<103, depth: 4) { number in
      made.withLock { $0.append(number) }
      return number * number
    }
    defer { squares.stop() }
    for number in 3..<103 { #expect(squares.next() == number * number) }
    #expect(made.withLock { $0 } == Array(3..<103))
  }

  @Test("No more than the depth is made ahead", arguments: [1, 3])
  func staysWithinDepth(depth: Int) {
    let state = Mutex((made: 0, taken: 0, most: 0))
    let things = Lookahead(0..<200, depth: depth) { _ in
      state.withLock { state in
        state.made += 1
        state.most = max(state.most, state.made - state.taken)
      }
    }
    defer { things.stop() }
    for _ in 0..<200 {
      // Counted before it is taken, as taking one lets another begin.
      state.withLock { $0.taken += 1 }
      things.next()
    }
    #expect(state.withLock { $0.most } <= depth)
    #expect(state.withLock { $0.made } == 200)
  }

  @Test("The next thing is made while its taker is busy with the one before")
  func overlaps() {
    let isBusy = DispatchSemaphore(value: 0)
    let isMade = DispatchSemaphore(value: 0)
    let things = Lookahead(0..<2, depth: 1) { number in
      guard number == 1 else { return true }
      // Made one after the other, this would wait in vain.
      let didBegin = isBusy.wait(timeout: .now() + 60) == .success
      isMade.signal()
      return didBegin
    }
    defer { things.stop() }
    #expect(things.next())
    isBusy.signal()
    #expect(isMade.wait(timeout: .now() + 60) == .success)
    #expect(things.next())
  }

  @Test("After it is stopped nothing is made any more")
  func stops() {
    let made = Mutex(0)
    let things = Lookahead(0..<1000, depth: 2) { _ in made.withLock { $0 += 1 } }
    things.next()
    things.stop()
    let count = made.withLock { $0 }
    #expect((1...3).contains(count))
    things.stop()
    #expect(made.withLock { $0 } == count)
  }
}
