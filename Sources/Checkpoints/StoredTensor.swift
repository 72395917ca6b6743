import Files
import Foundation
import Torch

/// Where in some bytes a tensor's numbers lie, and in which order.
struct StoredTensor {
  /// The most axes that a tensor may have, as in NumPy.
  static let maximumRank = 64
  /// The most numbers that a repeated one may stand for: no file is needed to claim many.
  static let maximumRepeats = 1 << 24

  let dtype: DType
  private(set) var shape: [Int]
  /// Numbers from one element to the next, for each axis.
  private(set) var strides: [Int]
  /// The bytes from the first number to the end of the last. Several pieces follow each other.
  let pieces: [Range<Int>]
  /// Whether the bytes of each number are in big-endian order.
  let isSwapped: Bool

  var entry: TensorEntry { TensorEntry(dtype: dtype, shape: shape) }
  var count: Int { shape.reduce(1, *) }

  /// A tensor whose numbers fill all of `pieces`, last axis fastest.
  init(
    dtype: DType, shape: [Int], filling pieces: [Range<Int>], isSwapped: Bool = false,
    isColumnMajor: Bool = false
  ) throws(Damage) {
    guard shape.count <= Self.maximumRank, shape.allSatisfy({ $0 >= 0 }),
      let size = product(shape, dtype.size)
    else { throw Damage("the shape \(brief(shape)) is not possible") }
    let bytes = pieces.reduce(0) { $0 + $1.count }
    guard size == bytes else {
      throw Damage("it has \(bytes) bytes, which do not fill \(brief(shape)) of \(dtype)")
    }
    self.dtype = dtype
    self.shape = shape
    self.pieces = pieces
    self.isSwapped = isSwapped
    strides = contiguousStrides(isColumnMajor ? shape.reversed() : shape)
    if isColumnMajor { strides.reverse() }
  }

  /// A tensor some of whose axes may be permuted, spread or repeated over the numbers in `storage`.
  ///
  /// - Parameter offset: Numbers before the first one.
  init(
    dtype: DType, shape: [Int], strides: [Int], offset: Int, in storage: Range<Int>,
    isSwapped: Bool = false
  ) throws(Damage) {
    guard shape.count == strides.count, shape.count <= Self.maximumRank,
      zip(shape, strides).allSatisfy({ $0 >= 0 && $1 >= 0 }), product(shape, dtype.size) != nil
    else { throw Damage("shape \(brief(shape)) with strides \(brief(strides)) is not possible") }
    self.dtype = dtype
    self.shape = shape
    self.isSwapped = isSwapped
    guard !shape.contains(0) else {
      self.strides = contiguousStrides(shape)
      pieces = []
      return
    }
    self.strides = zip(shape, strides).map { $0 == 1 ? 0 : $1 }
    // The numbers that its elements lie among, from the first to the last.
    var extent: Int? = 1
    for (size, stride) in zip(shape, strides) {
      extent = extent.flatMap { sum($0, product([size - 1], stride)) }
    }
    let end = sum(offset, extent).flatMap { product([$0], dtype.size) }
    guard offset >= 0, let extent, let end, end <= storage.count else {
      throw Damage("it reaches out of its \(storage.count) bytes of storage")
    }
    let moving = zip(shape, strides).filter { $0.1 > 0 }.map(\.0)
    guard let distinct = product(moving, 1), distinct <= extent,
      distinct == shape.reduce(1, *) || shape.reduce(1, *) <= Self.maximumRepeats
    else { throw Damage("its \(brief(shape)) elements are too few numbers, each used many times") }
    let start = storage.lowerBound + offset * dtype.size
    pieces = [start..<start + extent * dtype.size]
  }

  /// The same numbers with the axes in another order.
  func permuted(_ order: [Int]) -> StoredTensor {
    var result = self
    result.shape = order.map { shape[$0] }
    result.strides = order.map { strides[$0] }
    return result
  }
}

extension StoredTensor {
  /// The tensor itself, last axis fastest. It lies in `bytes` if its numbers already do so in that
  /// order and at addresses that a processor can read them from; otherwise they are copied.
  ///
  /// - Parameter owner: What keeps `bytes` alive.
  /// - Throws: ``Damage`` or ``TorchError``
  func tensor(in bytes: UnsafeRawBufferPointer, owner: AnyObject) throws -> Tensor {
    guard !shape.contains(0) else {
      return try catchingTorchErrors { .zeros(shape, dtype) }
    }
    var numbers = UnsafeRawBufferPointer(rebasing: bytes[pieces[0]])
    var owner = owner
    func replace(by copy: ByteBuffer) {
      (numbers, owner) = (UnsafeRawBufferPointer(copy.bytes), copy)
    }
    if pieces.count != 1 || isSwapped || !numbers.isAligned(to: dtype.size) {
      let copy = try ByteBuffer(gathering: pieces, of: bytes)
      if isSwapped { copy.swap(every: dtype.size) }
      replace(by: copy)
    }
    // Anything else in a bool is undefined behaviour in C++.
    if dtype == .bool, numbers.contains(where: { $0 > 1 }) {
      throw Damage("it has bytes that are neither true nor false")
    }
    if strides == contiguousStrides(shape) {
      return try Tensor(borrowing: numbers, shape: shape, dtype: dtype, owner: owner)
    }
    // The axes from the slowest to the fastest: the order in which the numbers follow each other.
    var order = shape.indices.sorted { (strides[$1], $0) < (strides[$0], $1) }
    let stored = order.map { shape[$0] }
    guard order.map({ strides[$0] }) == contiguousStrides(stored) else {
      replace(by: try ByteBuffer(gathering: numbers, shape, strides, size: dtype.size))
      return try Tensor(borrowing: numbers, shape: shape, dtype: dtype, owner: owner)
    }
    let plain = try Tensor(borrowing: numbers, shape: stored, dtype: dtype, owner: owner)
    return try catchingTorchErrors {
      var result = plain
      for axis in order.indices {
        guard let place = order.firstIndex(of: axis), place != axis else { continue }
        result = result.transposed(axis, place)
        order.swapAt(axis, place)
      }
      return result.contiguous()
    }
  }
}

/// Strides of numbers that follow each other, last axis fastest.
private func contiguousStrides(_ shape: [Int]) -> [Int] {
  var next = 1
  return shape.reversed().map { size in
    defer { next = next.multipliedReportingOverflow(by: max(size, 1)).partialValue }
    // The stride of an axis that is never stepped along does not matter.
    return size == 1 ? 0 : next
  }.reversed()
}

/// The product of all, or nil if it does not fit.
func product(_ numbers: [Int], _ first: Int) -> Int? {
  // An axis of no elements makes nothing of the largest others, in whichever order they come.
  if numbers.contains(0) { return 0 }
  var result = first
  for number in numbers {
    let (next, overflow) = result.multipliedReportingOverflow(by: number)
    if overflow { return nil }
    result = next
  }
  return result
}

private func sum(_ first: Int, _ second: Int?) -> Int? {
  guard let second else { return nil }
  let (result, overflow) = first.addingReportingOverflow(second)
  return overflow ? nil : result
}

/// A list of sizes for an error, however long it is.
func brief(_ numbers: [Int]) -> String {
  numbers.count <= 8 ? "\(numbers)" : "\(numbers.prefix(8))… (\(numbers.count) axes)"
}
