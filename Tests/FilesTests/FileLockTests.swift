import Files
import Foundation
import TestSupport
import Testing

@Suite("Locks between programs")
struct FileLockTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "One holds it at a time, and who comes next gets it when it is let go",
    arguments: [false, true])
  func excludes(isFolder: Bool) throws {
    let path = isFolder ? folder.path : folder.path + "/.lock"
    func take() throws -> FileLock? {
      isFolder ? try FileLock.take(folder: path) : try FileLock.take(path)
    }
    var held = try take()
    #expect(held?.isExclusive == true && held?.isInPlace == true)
    let second = try take()
    #expect(second == nil)
    withExtendedLifetime(held) {}
    held = nil
    let third = try take()
    #expect(third != nil)
  }

  @Test("A lock on a file that was removed is known as one that excludes nobody")
  func removed() throws {
    let path = folder.path + "/.lock"
    let lock = try #require(try FileLock.take(path))
    removeFile(path)
    #expect(!lock.isInPlace)
    let next = try #require(try FileLock.take(path))
    #expect(next.isInPlace && !lock.isInPlace)
  }

  @Test("A folder that is not there cannot be locked")
  func absent() {
    let path = folder.path + "/no"
    #expect(throws: FileError(.write, path, code: ENOENT)) { _ = try FileLock.take(folder: path) }
  }
}
