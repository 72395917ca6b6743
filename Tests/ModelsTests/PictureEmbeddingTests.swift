import Dispatch
import Models
import Synchronization
import TestSupport
import Testing
import Vectors

/// Pictures of one number, which a network that negates it embeds.
@Suite("Embedding pictures batch by batch")
struct PictureEmbeddingTests {
  private struct Unreadable: Error, Equatable { let place: Int }
  private struct Broken: Error {}

  private func negated(_ pixels: [Float]) -> VectorRows {
    VectorRows(pixels.map { -$0 }, width: 1)
  }

  @Test("Vectors come in the pictures' order, with their notes, in batches of the size asked for")
  func keepsOrder() throws {
    var places: [Int] = []
    var notes: [String] = []
    var vectors = VectorRows(width: 1)
    var done: [Int] = []
    try embedPictures(10, width: 1, batch: 4) { place in
      ([Float(place)], note: "picture \(place)")
    } network: { pixels, batch in
      #expect(pixels == batch.places.map(Float.init))
      return negated(pixels)
    } each: { batch in
      places += batch.places
      notes += batch.notes
      vectors.append(batch.vectors)
      done.append(batch.done)
      return true
    }
    #expect(places == Array(0..<10))
    #expect(notes == (0..<10).map { "picture \($0)" })
    #expect(vectors.values == (0..<10).map { -Float($0) })
    #expect(done == [4, 8, 10])
  }

  @Test("Of nothing there is no batch")
  func nothing() throws {
    try embedPictures(0, width: 1) { _ in
      ([0], note: ())
    } network: { pixels, _ in
      negated(pixels)
    } each: { _ in
      Issue.record("a batch of nothing")
      return true
    }
  }

  @Test("A picture that cannot be read is named, and the others of its batch are embedded")
  func namesUnreadable() throws {
    var embedded: [Int] = []
    var failed: [Int] = []
    var networks = 0
    try embedPictures(9, width: 1, batch: 3) { place in
      // One in the middle of a batch, and a whole batch.
      if place == 1 || place >= 6 { throw Unreadable(place: place) }
      return ([Float(place)], note: ())
    } network: { pixels, _ in
      networks += 1
      return negated(pixels)
    } each: { batch in
      #expect(batch.vectors.values == batch.places.map { -Float($0) })
      embedded += batch.places
      for failure in batch.failures {
        #expect(failure.error as? Unreadable == Unreadable(place: failure.place))
        failed.append(failure.place)
      }
      return true
    }
    #expect(embedded == [0, 2, 3, 4, 5])
    #expect(failed == [1, 6, 7, 8])
    #expect(networks == 2)
  }

  @Test("Where the network fails, the error comes through and nothing is decoded any more")
  func networkFails() {
    let decoded = Mutex(0)
    var done: [Int] = []
    #expect(throws: Broken.self) {
      try embedPictures(100, width: 1, batch: 2) { place in
        decoded.withLock { $0 += 1 }
        return ([Float(place)], note: ())
      } network: { pixels, batch in
        if batch.places.contains(4) { throw Broken() }
        return negated(pixels)
      } each: { batch in
        done.append(batch.done)
        return true
      }
    }
    #expect(done == [2, 4])
    // The batch that failed, those before it, and the next one, if it was begun.
    let count = decoded.withLock { $0 }
    #expect((6...8).contains(count))
    #expect(decoded.withLock { $0 } == count)
  }

  @Test("Whoever has enough stops after a batch, and nothing is decoded any more")
  func stops() throws {
    let decoded = Mutex(0)
    var batches = 0
    try embedPictures(100, width: 1, batch: 5) { place in
      decoded.withLock { $0 += 1 }
      return ([Float(place)], note: ())
    } network: { pixels, _ in
      negated(pixels)
    } each: { _ in
      batches += 1
      return batches < 3
    }
    #expect(batches == 3)
    #expect((15...20).contains(decoded.withLock { $0 }))
  }

  @Test("A cancelled task stops between batches")
  func cancels() async {
    let decoded = Mutex(0)
    let batches = Mutex(0)
    let task = Task {
      try embedPictures(100, width: 1, batch: 5) { place in
        decoded.withLock { $0 += 1 }
        return ([Float(place)], note: ())
      } network: { pixels, _ in
        negated(pixels)
      } each: { _ in
        if batches.withLock({
          $0 += 1
          return $0 == 2
        }) {
          withUnsafeCurrentTask { $0?.cancel() }
        }
        return true
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(batches.withLock { $0 } == 2)
    #expect(decoded.withLock { $0 } <= 15)
  }

  @Test("No more than two batches of decoded pictures wait for the network or are in it")
  func boundsMemory() throws {
    let state = Mutex((decoded: 0, embedded: 0, most: 0))
    try embedPictures(300, width: 1, batch: 10) { place in
      state.withLock { state in
        state.decoded += 1
        state.most = max(state.most, state.decoded - state.embedded)
      }
      return ([Float(place)], note: ())
    } network: { pixels, _ in
      negated(pixels)
    } each: { batch in
      state.withLock { $0.embedded += batch.places.count }
      return true
    }
    let (decoded, embedded, most) = state.withLock { ($0.decoded, $0.embedded, $0.most) }
    #expect(decoded == 300 && embedded == 300)
    #expect(most <= 20)
  }

  @Test("The next batch is decoded while the network computes the one before")
  func overlaps() throws {
    let isComputing = DispatchSemaphore(value: 0)
    let isDecoding = DispatchSemaphore(value: 0)
    var waits: [Bool] = []
    try embedPictures(2, width: 1, batch: 1) { place in
      // One after the other, each would wait for the other in vain.
      if place == 1 {
        isDecoding.signal()
        let didWait = isComputing.wait(timeout: .now() + 60) == .success
        return ([didWait ? 1 : 0], note: ())
      }
      return ([1], note: ())
    } network: { pixels, batch in
      #expect(pixels == [1])
      if batch.places == [0] {
        isComputing.signal()
        waits.append(isDecoding.wait(timeout: .now() + 60) == .success)
      }
      return negated(pixels)
    } each: { _ in
      true
    }
    #expect(waits == [true])
  }
}
