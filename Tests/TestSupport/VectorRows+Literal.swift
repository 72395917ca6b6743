package import Vectors

extension VectorRows: ExpressibleByArrayLiteral {
  /// Rows written out in a test, all as wide as the first; at least one.
  package init(arrayLiteral rows: [Float]...) { self.init(rows) }

  /// Rows that a test holds one by one, all as wide as the first; at least one.
  package init(_ rows: [[Float]]) {
    self.init(width: rows.first?.count ?? 0)
    for row in rows { append(row) }
  }
}

/// Whether vectors are as many and the same up to `tolerance`, relative to numbers above 1.
package func isClose(_ a: VectorRows, _ b: VectorRows, tolerance: Float = 1e-5) -> Bool {
  a.width == b.width && isClose(a.values, b.values, tolerance: tolerance)
}

/// Whether vectors are these numbers, row after row.
package func isClose(_ a: VectorRows, _ b: [Float], tolerance: Float = 1e-5) -> Bool {
  isClose(a.values, b, tolerance: tolerance)
}
