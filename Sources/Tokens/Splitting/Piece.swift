/// A part of a text that the model will see alone.
struct Piece: Sendable {
  var start: Int32
  var end: Int32

  var range: Range<Int> { Int(start)..<Int(end) }

  init(_ range: Range<Int>) {
    start = Int32(truncatingIfNeeded: range.lowerBound)
    end = Int32(truncatingIfNeeded: range.upperBound)
  }
}

/// What becomes of the places where a text is cut.
enum SplitBehavior: String, Sendable {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"
}

/// Cuts one piece after the other at matches.
struct PieceCutter {
  let behavior: SplitBehavior
  /// Whether what lies between the matches is what was looked for.
  var isInverted = false
  private var parts: [(range: Range<Int>, isMatch: Bool)] = []

  init(behavior: SplitBehavior, isInverted: Bool = false) {
    self.behavior = behavior
    self.isInverted = isInverted
  }

  /// Cuts `range` and appends what is left of it.
  ///
  /// `matches` hands every match, from left to right, to its argument.
  mutating func cut(
    _ range: Range<Int>, into pieces: inout [Piece], _ matches: ((Range<Int>) -> Void) -> Void
  ) {
    if behavior == .removed {
      var last = range.lowerBound
      matches { match in
        if isInverted {
          if !match.isEmpty { pieces.append(Piece(match)) }
        } else {
          if last < match.lowerBound { pieces.append(Piece(last..<match.lowerBound)) }
          last = match.upperBound
        }
      }
      if !isInverted, last < range.upperBound { pieces.append(Piece(last..<range.upperBound)) }
      return
    }
    parts.removeAll(keepingCapacity: true)
    var last = range.lowerBound
    matches { match in
      if last < match.lowerBound { parts.append((last..<match.lowerBound, isInverted)) }
      if !match.isEmpty { parts.append((match, !isInverted)) }
      last = match.upperBound
    }
    if last < range.upperBound { parts.append((last..<range.upperBound, isInverted)) }
    let first = pieces.count
    var wasMatch = false
    switch behavior {
    case .isolated, .removed: for part in parts { pieces.append(Piece(part.range)) }
    case .contiguous:
      for part in parts {
        if part.isMatch == wasMatch, pieces.count > first {
          pieces[pieces.count - 1].end = Int32(part.range.upperBound)
        } else {
          pieces.append(Piece(part.range))
        }
        wasMatch = part.isMatch
      }
    case .mergedWithPrevious:
      for part in parts {
        if part.isMatch, !wasMatch, pieces.count > first {
          pieces[pieces.count - 1].end = Int32(part.range.upperBound)
        } else {
          pieces.append(Piece(part.range))
        }
        wasMatch = part.isMatch
      }
    case .mergedWithNext:
      for part in parts.reversed() {
        if part.isMatch, !wasMatch, pieces.count > first {
          pieces[pieces.count - 1].start = Int32(part.range.lowerBound)
        } else {
          pieces.append(Piece(part.range))
        }
        wasMatch = part.isMatch
      }
      pieces[first...].reverse()
    }
  }
}
