internal import Files
internal import Foundation

/// A file open for reading at any place, from any thread.
final class InputFile: ByteSource, Sendable {
  typealias Failure = CorpusError

  let path: String
  /// The size when the file was opened, in bytes.
  let size: Int
  private let descriptor: Int32

  init(_ path: String) throws(CorpusError) {
    self.path = path
    do throws(FileError) {
      let facts: stat
      (descriptor, facts) = try openFile(path)
      size = Int(facts.st_size)
    } catch {
      throw error.isMissing ? .missing(path: path) : CorpusError(error)
    }
  }

  deinit { close(descriptor) }

  /// Up to `count` bytes from `offset` on; fewer only at the end of the file.
  func read(at offset: Int, upTo count: Int) throws(CorpusError) -> [UInt8] {
    do throws(FileError) {
      return try readFile(descriptor, of: path, from: offset, upTo: min(count, size - offset))
    } catch {
      throw CorpusError(error)
    }
  }

  /// Exactly `count` bytes from `offset` on.
  func read(at offset: Int, count: Int) throws(CorpusError) -> [UInt8] {
    let bytes = try read(at: offset, upTo: count)
    guard bytes.count == count else {
      throw .shortRead(path: path, offset: offset, expected: count, found: bytes.count)
    }
    return bytes
  }

  /// The whole file.
  func all() throws(CorpusError) -> [UInt8] { try read(at: 0, count: size) }
}
