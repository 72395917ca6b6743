import Foundation
import Search
import Synchronization
import Testing

@testable import Server

/// A door that stays shut until it is opened, and counts who stood before it at once.
private final class Door: Sendable {
  private struct State {
    var isOpen = false
    var before = 0
    var most = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())

  var most: Int { state.withLock { $0.most } }

  func pass() async {
    await withCheckedContinuation { turn in
      let isOpen = state.withLock { state in
        state.before += 1
        state.most = max(state.most, state.before)
        if !state.isOpen { state.waiting.append(turn) }
        return state.isOpen
      }
      if isOpen { turn.resume() }
    }
    // Gives those behind a chance to come in too early.
    await Task.yield()
    state.withLock { $0.before -= 1 }
  }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for turn in waiting { turn.resume() }
  }
}

/// How often something happened.
private final class Counter: Sendable {
  private let number = Atomic(0)
  var count: Int { number.load(ordering: .relaxed) }
  func add() { number.add(1, ordering: .relaxed) }
}

@Suite("A rush of searches")
struct RushTests {
  private let door = Door()
  private let question = Question(path: "/api/search", query: "q=cat&limit=1")

  private func site(searches: Int) -> Site {
    Site(
      Backend(engine: FakeEngine(onSearch: { [door] _ in await door.pass() })), searches: searches)
  }

  @Test("So many are computed, four times as many wait, the rest are refused")
  func refusesTheRest() async throws {
    let site = site(searches: 2)
    let replies = await withTaskGroup(of: Reply.self) { group in
      for _ in 0..<17 { group.addTask { await site.answer(question) } }
      var replies: [Reply] = []
      // Ten are inside and stay there until the door is opened, so seven come back at once.
      for _ in 0..<7 { if let reply = await group.next() { replies.append(reply) } }
      #expect(replies.allSatisfy { $0.status == 503 })
      #expect(await site.answer(Question(path: "/healthz")).status == 200)
      #expect(await site.answer(Question(path: "/")).status == 200)
      door.open()
      for await reply in group { replies.append(reply) }
      return replies
    }
    #expect(replies.filter { $0.status == 200 }.count == 10)
    #expect(door.most <= 2)
    let refusal = try #require(replies.first)
    #expect(Int(refusal.headers["retry-after"] ?? "") != nil)
    let words = try JSONDecoder().decode([String: String].self, from: Data(refusal.bytes))
    #expect(words["error"]?.contains("2 searches at once") == true)
    #expect(await site.answer(question).status == 200)
  }

  @Test("A picture is not even read when there is no room for its search")
  func readsNoBodyWhenFull() async throws {
    let site = site(searches: 1)
    let reads = Counter()
    let picture = Question(
      method: "POST", path: "/api/search", headers: ["content-type": "image/gif"])
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          await site.answer(picture) {
            reads.add()
            return Array("GIF89a".utf8)
          }.status
        }
      }
      for _ in 0..<3 { #expect(await group.next() == 503) }
      door.open()
      for await status in group { #expect(status == 200) }
    }
    #expect(reads.count == 5)
  }

  @Test("Who gives up while waiting makes room", .timeLimit(.minutes(1)))
  func givesUp() async throws {
    let site = site(searches: 1)
    let asked = (0..<5).map { _ in Task { await site.answer(question).status } }
    for task in asked.dropFirst() { task.cancel() }
    door.open()
    for task in asked { #expect([200, 503].contains(await task.value)) }
    for _ in 0..<5 { #expect(await site.answer(question).status == 200) }
  }
}
