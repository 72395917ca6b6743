import Files
import Foundation

/// Bytes of this program's own, for numbers that cannot stay where a file has them.
final class ByteBuffer {
  let bytes: UnsafeMutableRawBufferPointer

  /// - Throws: ``Damage`` if there is not as much memory: how much is wanted comes from a file.
  init(count: Int) throws(Damage) {
    var start: UnsafeMutableRawPointer?
    guard posix_memalign(&start, 64, max(count, 1)) == 0 else {
      throw Damage("there is not enough memory for \(count) bytes")
    }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: count)
  }

  deinit { free(bytes.baseAddress) }

  /// The bytes of all `pieces`, one after the other.
  convenience init(gathering pieces: [Range<Int>], of source: UnsafeRawBufferPointer)
    throws(Damage)
  {
    try self.init(count: pieces.reduce(0) { $0 + $1.count })
    var end = 0
    for piece in pieces where !piece.isEmpty {
      UnsafeMutableRawBufferPointer(rebasing: bytes[end..<end + piece.count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[piece]))
      end += piece.count
    }
  }

  /// The numbers of `size` bytes that `strides` lead to in `source`, last axis fastest.
  convenience init(
    gathering source: UnsafeRawBufferPointer, _ shape: [Int], _ strides: [Int], size: Int
  ) throws(Damage) {
    try self.init(count: shape.reduce(size, *))
    var end = 0
    func copy(axis: Int, from start: Int) {
      guard axis < shape.count else {
        for byte in 0..<size { bytes[end + byte] = source[start + byte] }
        end += size
        return
      }
      for index in 0..<shape[axis] {
        copy(axis: axis + 1, from: start + index * strides[axis] * size)
      }
    }
    copy(axis: 0, from: 0)
  }

  /// Turns big-endian numbers of `size` bytes into little-endian ones, or back.
  func swap(every size: Int) {
    for start in stride(from: 0, to: bytes.count, by: size) {
      for offset in 0..<size / 2 { bytes.swapAt(start + offset, start + size - 1 - offset) }
    }
  }
}

extension UnsafeRawBufferPointer {
  func isAligned(to size: Int) -> Bool {
    baseAddress.map { UInt(bitPattern: $0) % UInt(size) == 0 } ?? true
  }
}
