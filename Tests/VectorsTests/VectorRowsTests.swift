import TestSupport
import Testing
import Vectors

@Suite("Vectors in rows")
struct VectorRowsTests {
  @Test("Rows come back as they were added, whether one by one or many at once")
  func keepsOrder() {
    var vectors = VectorRows(width: 2)
    #expect(vectors.isEmpty)
    vectors.append([1, 2])
    vectors.append(VectorRows([3, 4, 5, 6], width: 2))
    #expect(vectors.count == 3)
    #expect(vectors.values == [1, 2, 3, 4, 5, 6])
    #expect(vectors.map(Array.init) == [[1, 2], [3, 4], [5, 6]])
    #expect(vectors == [[1, 2], [3, 4], [5, 6]])
  }

  @Test("A row that is set leaves the others as they are")
  func setsRows() {
    var vectors = VectorRows(zeros: 3, width: 2)
    vectors[1] = [7, 8]
    #expect(vectors == [[0, 0], [7, 8], [0, 0]])
    // A part of other numbers, whose indices do not begin at zero.
    vectors[2] = vectors[1]
    #expect(vectors == [[0, 0], [7, 8], [7, 8]])
  }

  @Test("Some rows are taken by their places, in any order and more than once")
  func takesRows() {
    let vectors: VectorRows = [[1, 2], [3, 4], [5, 6]]
    #expect(vectors.rows([2, 0, 2]) == [[5, 6], [1, 2], [5, 6]])
    #expect(vectors.rows(1..<3) == [[3, 4], [5, 6]])
    #expect(vectors.rows(1..<1) == VectorRows(width: 2))
  }

  @Test("Rows that are forgotten leave a table of the same width")
  func forgets() {
    var vectors: VectorRows = [[1, 2]]
    vectors.removeAll()
    #expect(vectors == VectorRows(width: 2))
  }

  @Test("Only a vector that points somewhere has a length of one")
  func bringsToLengthOne() {
    #expect(unitVector([3, 4]) == [0.6, 0.8])
    // Their squares are too large and too small for a float.
    #expect(isClose(unitVector([3e30, 4e30]) ?? [], [0.6, 0.8]))
    #expect(isClose(unitVector([3e-30, 4e-30]) ?? [], [0.6, 0.8]))
    #expect(unitVector([0, 0]) == nil)
    #expect(unitVector([1, .nan]) == nil)
    #expect(unitVector([1, .infinity]) == nil)
  }
}
