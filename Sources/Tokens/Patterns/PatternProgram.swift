import Languages

/// A regular expression made ready to run: steps of a small machine that tries and goes back.
///
/// It has no back references, so a place that failed once in a step always fails there. Runs that
/// go on too long remember such places, and so no pattern takes more than steps × bytes.
struct PatternProgram: Sendable {
  enum Step: Sendable {
    case set(Int)
    case repeated(set: Int, least: Int, most: Int, mode: RepeatMode)
    /// Goes on at the first, and if that fails at the second.
    case split(Int, Int)
    case jump(Int)
    /// Runs the steps up to `end` on their own.
    case look(end: Int, isNegated: Bool)
    case atomic(end: Int)
    case behind(set: Int, isNegated: Bool)
    case start
    case end
    case boundary(isNegated: Bool)
    case done
  }

  /// The pattern as it was written.
  let source: String
  private(set) var steps: [Step] = []
  private var sets: [ScalarSet] = []

  /// - Throws: ``TokenizerError`` for patterns that are not understood, or grow too large.
  init(_ source: String) throws(TokenizerError) {
    self.source = source
    let node = try PatternParser.parse(source)
    var room = 20_000
    try compile(node, &room, source)
    steps.append(.done)
  }

  private mutating func compile(
    _ node: PatternNode, _ room: inout Int, _ source: String
  ) throws(TokenizerError) {
    room -= 1
    guard room > 0 else { throw .unsupported(part: "regular expression", name: source) }
    switch node {
    case .empty: break
    case .set(let set):
      steps.append(.set(sets.count))
      sets.append(set)
    case .sequence(let parts): for part in parts { try compile(part, &room, source) }
    case .choice(let branches):
      var exits: [Int] = []
      for (index, branch) in branches.enumerated() {
        guard index < branches.count - 1 else {
          try compile(branch, &room, source)
          break
        }
        let split = steps.count
        steps.append(.split(split + 1, 0))
        try compile(branch, &room, source)
        exits.append(steps.count)
        steps.append(.jump(0))
        steps[split] = .split(split + 1, steps.count)
      }
      for exit in exits { steps[exit] = .jump(steps.count) }
    case .repeated(let inner, let least, let most, let mode):
      try compileRepeat(inner, least, most, mode, &room, source)
    case .look(let inner, let isNegated):
      let place = steps.count
      steps.append(.look(end: 0, isNegated: isNegated))
      try compile(inner, &room, source)
      steps.append(.done)
      steps[place] = .look(end: steps.count, isNegated: isNegated)
    case .atomic(let inner):
      let place = steps.count
      steps.append(.atomic(end: 0))
      try compile(inner, &room, source)
      steps.append(.done)
      steps[place] = .atomic(end: steps.count)
    case .lookBehind(let set, let isNegated):
      steps.append(.behind(set: sets.count, isNegated: isNegated))
      sets.append(set)
    case .start: steps.append(.start)
    case .end: steps.append(.end)
    case .wordBoundary(let isNegated): steps.append(.boundary(isNegated: isNegated))
    }
  }

  private mutating func compileRepeat(
    _ inner: PatternNode, _ least: Int, _ most: Int?, _ mode: RepeatMode, _ room: inout Int,
    _ source: String
  ) throws(TokenizerError) {
    if case .set(let set) = inner, mode != .lazy {
      steps.append(.repeated(set: sets.count, least: least, most: most ?? .max, mode: mode))
      sets.append(set)
      return
    }
    if mode == .possessive {
      let greedy = PatternNode.repeated(inner, least: least, most: most, mode: .greedy)
      return try compile(.atomic(greedy), &room, source)
    }
    for _ in 0..<least { try compile(inner, &room, source) }
    if let most {
      var splits: [Int] = []
      for _ in least..<max(most, least) {
        splits.append(steps.count)
        steps.append(.split(0, 0))
        try compile(inner, &room, source)
      }
      for split in splits {
        steps[split] =
          mode == .lazy ? .split(steps.count, split + 1) : .split(split + 1, steps.count)
      }
    } else {
      let split = steps.count
      steps.append(.split(0, 0))
      try compile(inner, &room, source)
      steps.append(.jump(split))
      steps[split] = mode == .lazy ? .split(steps.count, split + 1) : .split(split + 1, steps.count)
    }
  }

  /// Calls `body` with every match in a range of the bytes, from left to right, empty ones left out.
  func forEachMatch(
    in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
  ) {
    var run = PatternRun(bytes: bytes, range: range, stepCount: steps.count)
    var at = range.lowerBound
    while at < range.upperBound {
      if let end = match(&run, from: 0, at: at), end > at {
        body(at..<end)
        at = end
        run.forget()
      } else {
        at += UTF8Reading.length(bytes[at])
      }
    }
  }

  /// The end of the match that begins at `start`.
  private func match(
    _ run: inout PatternRun, from first: Int, at start: Int, isNested: Bool = false
  ) -> Int? {
    let bytes = run.bytes
    let high = run.range.upperBound
    let bottom = run.stack.count
    var step = first
    var at = start
    while true {
      var isAlive = isNested || run.mayEnter(step, at)
      if isAlive {
        switch steps[step] {
        case .set(let set):
          if at < high {
            let (scalar, length) = UTF8Reading.scalar(bytes, at)
            isAlive = sets[set].contains(scalar)
            at += length
            step += 1
          } else {
            isAlive = false
          }
        case .repeated(let set, let least, let most, let mode):
          let (count, floor, end) = repeats(bytes, at, high, sets[set], least, most)
          isAlive = count >= least
          if isAlive {
            step += 1
            if mode == .greedy, end > floor {
              run.stack.append(PatternRun.Frame(step: step, at: end, floor: floor))
            }
            at = end
          }
        case .split(let one, let other):
          if cannotBegin(one, bytes, at, high) {
            step = other
            continue
          }
          run.stack.append(PatternRun.Frame(step: other, at: at, floor: at))
          step = one
        case .jump(let target): step = target
        case .look(let end, let isNegated):
          isAlive = (match(&run, from: step + 1, at: at, isNested: true) != nil) != isNegated
          step = end
        case .atomic(let end):
          if let after = match(&run, from: step + 1, at: at, isNested: true) {
            at = after
            step = end
          } else {
            isAlive = false
          }
        case .behind(let set, let isNegated):
          let has =
            at > run.range.lowerBound
            && sets[set].contains(UTF8Reading.scalar(bytes, before: at).value)
          isAlive = has != isNegated
          step += 1
        case .start:
          isAlive = at == run.range.lowerBound
          step += 1
        case .end:
          isAlive = at == high
          step += 1
        case .boundary(let isNegated):
          let before =
            at > run.range.lowerBound && UTF8Reading.scalar(bytes, before: at).value.isWord
          let after = at < high && UTF8Reading.scalar(bytes, at).value.isWord
          isAlive = (before != after) != isNegated
          step += 1
        case .done:
          run.stack.removeLast(run.stack.count - bottom)
          return at
        }
      }
      if !isAlive {
        guard run.stack.count > bottom else { return nil }
        (step, at) = run.back()
      }
    }
  }

  /// Whether the very first scalar rules a branch out, so that there is nothing to come back to.
  @inline(__always)
  private func cannotBegin(
    _ step: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ high: Int
  ) -> Bool {
    switch steps[step] {
    case .set(let set), .repeated(let set, 1, _, _):
      at >= high || !sets[set].contains(UTF8Reading.scalar(bytes, at).value)
    default: false
    }
  }

  @inline(__always)
  private func repeats(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ high: Int, _ set: ScalarSet, _ least: Int,
    _ most: Int
  ) -> (count: Int, floor: Int, end: Int) {
    var count = 0
    var at = start
    var floor = start
    while at < high, count < most {
      let (scalar, length) = UTF8Reading.scalar(bytes, at)
      guard set.contains(scalar) else { break }
      at += length
      count += 1
      if count == least { floor = at }
    }
    return (count, floor, at)
  }
}

/// The state of one search.
private struct PatternRun {
  struct Frame {
    var step: Int
    var at: Int
    /// The frame stands for all places from `at` down to here, one scalar at a time.
    var floor: Int
  }

  let bytes: UnsafeBufferPointer<UInt8>
  let range: Range<Int>
  let stepCount: Int
  var stack: [Frame] = []
  private var count = 0
  private var failed: [UInt64] = []

  init(bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>, stepCount: Int) {
    self.bytes = bytes
    self.range = range
    self.stepCount = stepCount
  }

  mutating func back() -> (step: Int, at: Int) {
    let last = stack.count - 1
    let frame = stack[last]
    if frame.at > frame.floor {
      var at = frame.at - 1
      while bytes[at] & 0xC0 == 0x80 { at -= 1 }
      if at > frame.floor { stack[last].at = at } else { stack.removeLast() }
      return (frame.step, at)
    }
    stack.removeLast()
    return (frame.step, frame.at)
  }

  /// Whether going on at a step from a place can still lead anywhere.
  @inline(__always)
  mutating func mayEnter(_ step: Int, _ at: Int) -> Bool {
    count += 1
    if count < 50_000 { return true }
    return mayEnterAgain(step, at)
  }

  @inline(never)
  private mutating func mayEnterAgain(_ step: Int, _ at: Int) -> Bool {
    if failed.isEmpty {
      let bits = stepCount * (range.count + 1)
      failed = [UInt64](repeating: 0, count: bits / 64 + 1)
    }
    let bit = step * (range.count + 1) + at - range.lowerBound
    if failed[bit / 64] >> UInt64(bit % 64) & 1 == 1 { return false }
    failed[bit / 64] |= 1 << UInt64(bit % 64)
    return true
  }

  /// After a match, what was passed on the way to it has not failed.
  mutating func forget() {
    count = 0
    if !failed.isEmpty { failed = [] }
  }
}
