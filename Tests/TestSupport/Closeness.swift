/// Whether two lists are of as many numbers and these the same up to `tolerance`, relative to the larger ones.
package func isClose(_ a: [Float], _ b: [Float], tolerance: Float = 1e-5) -> Bool {
  guard a.count == b.count else { return false }
  return zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($0), abs($1)) }
}

/// The same of numbers in float64.
package func isClose(_ a: [Double], _ b: [Double], tolerance: Double) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { isClose($0, $1, tolerance: tolerance) }
}

package func isClose(_ a: Double, _ b: Double, tolerance: Double = 1e-6) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}
