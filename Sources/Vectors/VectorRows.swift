/// Vectors of one width in one piece of memory, row after row: `[count × width]`.
///
/// Embeddings stay in this form from the network to where they are measured, searched or written.
///
///     var vectors = VectorRows(width: 2)
///     vectors.append([0.6, 0.8])
///     vectors[0]  // [0.6, 0.8]
package struct VectorRows: Sendable, Equatable {
  /// How many numbers each vector has, at least 1.
  package let width: Int
  /// The numbers of all vectors, one vector after another.
  package private(set) var values: [Float]

  /// Takes numbers as they come from a network or a file.
  ///
  /// Stops the program if the last row lacks numbers, as an index out of range does.
  package init(_ values: [Float] = [], width: Int) {
    precondition(width > 0, "vectors need a width of at least 1, not \(width)")
    precondition(
      values.count.isMultiple(of: width), "\(values.count) numbers are no rows of \(width)")
    self.width = width
    self.values = values
  }

  /// Rows of zeros, to be filled in any order.
  package init(zeros count: Int, width: Int) {
    self.init([Float](repeating: 0, count: count * width), width: width)
  }

  /// Adds a vector.
  package mutating func append(_ row: ArraySlice<Float>) {
    precondition(row.count == width, "a vector of \(row.count) among vectors of \(width)")
    values += row
  }

  /// Adds a vector.
  package mutating func append(_ row: [Float]) { append(row[...]) }

  /// Adds all vectors of another table of the same width.
  package mutating func append(_ rows: VectorRows) {
    precondition(rows.width == width, "vectors of \(rows.width) among vectors of \(width)")
    values += rows.values
  }

  /// Forgets all vectors and keeps the memory for others.
  package mutating func removeAll() { values.removeAll(keepingCapacity: true) }

  /// Makes room for so many vectors.
  package mutating func reserveCapacity(_ count: Int) { values.reserveCapacity(count * width) }

  /// Some of the vectors, by their places, in the order asked for.
  package func rows(_ places: some Sequence<Int>) -> VectorRows {
    var rows = VectorRows(width: width)
    for place in places { rows.append(self[place]) }
    return rows
  }

  /// Consecutive vectors.
  package func rows(_ places: Range<Int>) -> VectorRows {
    VectorRows(Array(values[places.lowerBound * width..<places.upperBound * width]), width: width)
  }
}

extension VectorRows: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { values.count / width }

  /// A vector, `[width]`; its indices are those of its numbers in ``values``.
  package subscript(row: Int) -> ArraySlice<Float> {
    get { values[row * width..<(row + 1) * width] }
    set {
      precondition(newValue.count == width, "a vector of \(newValue.count) among those of \(width)")
      values.replaceSubrange(row * width..<(row + 1) * width, with: newValue)
    }
  }
}
