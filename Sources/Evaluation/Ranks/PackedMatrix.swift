import Vectors

/// Rows of numbers, laid out so that a block of inner products reads them from first to last.
///
/// `lanes` rows stand side by side: first value of each, second value of each, and so on; missing
/// rows of the last panel are zero.
struct PackedMatrix: Sendable {
  let rows: Int
  let width: Int
  let lanes: Int
  private(set) var values: [Float]

  /// Packs some of the vectors.
  init(_ vectors: VectorRows, rows: Range<Int>, lanes: Int) {
    let width = vectors.width
    self.rows = rows.count
    self.width = width
    self.lanes = lanes
    let panels = (rows.count + lanes - 1) / lanes
    values = [Float](repeating: 0, count: panels * lanes * width)
    vectors.values.withUnsafeBufferPointer { source in
      values.withUnsafeMutableBufferPointer { target in
        for row in 0..<rows.count {
          var to = row / lanes * lanes * width + row % lanes
          let from = (rows.lowerBound + row) * width
          for column in 0..<width {
            target[to] = source[from + column]
            to += lanes
          }
        }
      }
    }
  }
}

/// The inner products of pictures and captions, a block at a time.
///
/// Every score is summed in the same order wherever it stands: within stretches of `stretch` values
/// one after the other, then the stretches one after the other. So a score does not depend on the
/// place of its picture or caption, and ``pairScore(_:_:width:)`` gives the same bits.
enum ScoreBlock {
  static let imageLanes = 4
  static let captionLanes = 8

  /// So many values of a picture panel and a caption panel stay in the first-level cache.
  static let stretch = 128

  /// Pictures in a block; with `captions` the block of scores fills 32 KiB.
  static let images = 32
  static let captions = 256

  /// Computes the scores of a block of pictures and all packed captions.
  ///
  /// The scores are `[panels · imageLanes, captionPanels · captionLanes]`, in rows that are
  /// ``captions`` values apart.
  static func compute(
    images: UnsafePointer<Float>, firstPanel: Int, panels: Int,
    captions: UnsafePointer<Float>, captionPanels: Int, width: Int,
    into scores: UnsafeMutablePointer<Float>
  ) {
    var begin = 0
    while begin < width {
      let depth = min(stretch, width - begin)
      for captionPanel in 0..<captionPanels {
        let b = captions + (captionPanel * width + begin) * captionLanes
        for panel in 0..<panels {
          let a = images + ((firstPanel + panel) * width + begin) * imageLanes
          let c = scores + panel * imageLanes * Self.captions + captionPanel * captionLanes
          multiply(a, b, depth, into: c, isFirst: begin == 0)
        }
      }
      begin += depth
    }
  }

  /// Four pictures by eight captions: the sums stay in registers.
  @inline(__always)
  private static func multiply(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ depth: Int,
    into c: UnsafeMutablePointer<Float>, isFirst: Bool
  ) {
    typealias Lanes = SIMD8<Float>
    var sum0 = Lanes.zero
    var sum1 = Lanes.zero
    var sum2 = Lanes.zero
    var sum3 = Lanes.zero
    let b = UnsafeRawPointer(b)
    for k in 0..<depth {
      let right = b.loadUnaligned(fromByteOffset: k * 32, as: Lanes.self)
      sum0 += Lanes(repeating: a[k &* 4]) * right
      sum1 += Lanes(repeating: a[k &* 4 &+ 1]) * right
      sum2 += Lanes(repeating: a[k &* 4 &+ 2]) * right
      sum3 += Lanes(repeating: a[k &* 4 &+ 3]) * right
    }
    let c = UnsafeMutableRawPointer(c)
    @inline(__always) func add(_ sum: Lanes, row: Int) {
      let offset = row * captions * 4
      let before =
        isFirst ? Lanes.zero : c.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
      c.storeBytes(of: before + sum, toByteOffset: offset, as: Lanes.self)
    }
    add(sum0, row: 0)
    add(sum1, row: 1)
    add(sum2, row: 2)
    add(sum3, row: 3)
  }

  /// The inner product of one picture and one caption, to the bit as ``compute`` has it.
  static func pairScore(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, width: Int
  ) -> Float {
    pairScores((a, a, a, a), b, width: width)[0]
  }

  /// The inner products of four pictures and one caption, to the bit as ``compute`` has them.
  ///
  /// Each sum waits for its last addition; four at once wait together.
  @inline(__always)
  static func pairScores(
    _ a: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>),
    _ b: UnsafePointer<Float>, width: Int
  ) -> SIMD4<Float> {
    var total = SIMD4<Float>.zero
    var begin = 0
    while begin < width {
      let end = min(begin + stretch, width)
      var sum = SIMD4<Float>.zero
      for k in begin..<end {
        sum += SIMD4(a.0[k], a.1[k], a.2[k], a.3[k]) * SIMD4(repeating: b[k])
      }
      total += sum
      begin = end
    }
    return total
  }
}
