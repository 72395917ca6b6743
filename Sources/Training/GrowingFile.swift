import Checkpoints
import Corpora
import Files
import Foundation

/// A file of half-precision numbers that grows at its end.
final class GrowingFile {
  private let file: FileHandle
  private let path: String

  /// - Throws: ``TrainingError/unwritable(path:reason:)``
  init(path: String, keeping bytes: Int) throws(TrainingError) {
    self.path = path
    do {
      if !FileManager.default.fileExists(atPath: path) {
        try Data().write(to: URL(fileURLWithPath: path))
      }
      file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      // What was written after the last note is written again.
      try file.truncate(atOffset: UInt64(bytes))
      try file.seekToEnd()
    } catch { throw .unwritable(path: path, reason: systemReason(of: error)) }
  }

  deinit { try? file.close() }

  /// Writes numbers and waits until the disk has them.
  ///
  /// - Throws: ``TrainingError/unwritable(path:reason:)``
  func append(_ numbers: [UInt16]) throws(TrainingError) {
    let data = numbers.map(\.littleEndian).withUnsafeBytes { Data($0) }
    do {
      try file.write(contentsOf: data)
      try file.synchronize()
    } catch { throw .unwritable(path: path, reason: systemReason(of: error)) }
  }
}

extension MappedFile {
  /// Of all bytes.
  var digest: String {
    var digest = ContentDigest()
    digest.combine(bytes)
    return digest.text
  }

  /// A row of a file of half-precision numbers.
  func halves(ofRow row: Int, width: Int) -> [Float] {
    (0..<width).map { column in
      let bits = bytes.loadUnaligned(
        fromByteOffset: 2 * (row * width + column), as: UInt16.self)
      return Float(Float16(bitPattern: UInt16(littleEndian: bits)))
    }
  }
}
