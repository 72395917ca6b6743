/// How the captions of a step, which come shortest first, go through a text tower: in parts of like
/// length, for devices whose attention pads, and for towers that would otherwise take too much memory.
///
/// - Source: bucketing, as in Khomenko et al. 2016, arXiv:1708.05604.
package struct LengthBuckets: Sendable {
  /// Fewer captions than these are not worth a pass of their own.
  package static let least = 16

  private let parts: Int
  private let largest: Int

  /// - Parameters:
  ///   - parts: Of about as many captions each, and of ``least`` or more; at least 1.
  ///   - largest: The most captions of a part, whatever else is asked for; 0 for no limit.
  package init(_ parts: Int, largest: Int = 0) {
    self.parts = max(1, parts)
    self.largest = largest
  }

  /// The places of each part among so many captions.
  package func ranges(of count: Int) -> [Range<Int>] {
    let even = (count + parts - 1) / parts
    let size = min(max(Self.least, even), largest > 0 ? largest : .max)
    return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}
