/// Whether two lists of numbers are the same up to `tolerance`, relative to the larger ones.
package func isClose(_ a: [Float], _ b: [Float], tolerance: Float = 1e-5) -> Bool {
  guard a.count == b.count else { return false }
  return zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($0), abs($1)) }
}

package func isClose(_ a: Double, _ b: Double, tolerance: Double = 1e-6) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}
