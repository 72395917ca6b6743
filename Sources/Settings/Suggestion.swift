/// The key that looks most like a wrong one; nil where none is near.
///
/// - Parameter branch: The key of what all of them stand in, which is put before the answer.
func closest(to key: String, among keys: some Collection<String>, in branch: String) -> String? {
  let best = keys.map { (key: $0, distance: editDistance(key, $0)) }.min {
    ($0.distance, $0.key) < ($1.distance, $1.key)
  }
  guard let best, best.distance <= max(2, key.count / 2) else { return nil }
  return dottedKey(best.key, in: branch)
}

/// The fewest letters to insert, remove or replace to make one word of the other; case is ignored.
///
/// - Source: Levenshtein 1966.
package func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.lowercased().unicodeScalars), Array(b.lowercased().unicodeScalars))
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in b.enumerated() {
      let next = min(row[j + 1] + 1, row[j] + 1, diagonal + (letter == other ? 0 : 1))
      diagonal = row[j + 1]
      row[j + 1] = next
    }
  }
  return row[b.count]
}
