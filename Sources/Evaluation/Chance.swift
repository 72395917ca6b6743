/// The chance that guessing puts at least one right answer among the first `k`.
///
///     1 − C(n − r, k) / C(n, k)
///
/// - Parameters:
///   - k: How many answers are looked at; more than there are counts as all.
///   - relevant: How many answers are right, r.
///   - candidates: How many answers there are, n.
/// - Returns: A probability; exact up to rounding.
/// - Source: The hypergeometric distribution.
package func chanceOfRecall(at k: Int, relevant: Int, candidates: Int) -> Double {
  let k = min(k, candidates)
  guard relevant > 0, k > 0 else { return 0 }
  guard candidates - relevant >= k else { return 1 }
  var missing = 1.0
  for draw in 0..<k {
    missing *= Double(candidates - relevant - draw) / Double(candidates - draw)
  }
  return 1 - missing
}

/// The rank that guessing gives the best of the right answers, on average.
///
///     (n + 1) / (r + 1)
///
/// - Source: The smallest of r numbers drawn from 1…n without putting back (order statistics).
package func chanceOfMeanRank(relevant: Int, candidates: Int) -> Double {
  Double(candidates + 1) / Double(relevant + 1)
}
