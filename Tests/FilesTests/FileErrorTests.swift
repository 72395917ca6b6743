import Files
import Foundation
import TestSupport
import Testing

@Suite("What files refuse")
struct FileErrorTests {
  @Test("One line names the path and says why in the system's words")
  func words() throws {
    let absent = FileError(.read, "a", code: ENOENT)
    #expect(absent.description == "a cannot be read: No such file or directory.")
    let busy = FileError(.write, "a", reason: "it is busy")
    #expect(busy.description == "a cannot be written: it is busy.")
    #expect(absent.isMissing && !busy.isMissing)
    #expect(FileError(.write, "a", code: ENOSPC).isDiskFull)
    #expect(
      FileError(.write, "a", code: ENOENT)
        == FileError(.write, "a", reason: "No such file or directory"))
  }

  @Test("Foundation's words are the system's")
  func reasons() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: (any Error).self) {
      try Data(contentsOf: URL(fileURLWithPath: folder.path + "/no"))
    }
    #expect(systemReason(of: try #require(error)) == "No such file or directory")
    #expect(systemReason(of: CocoaError(.fileReadNoPermission)) == "Permission denied")
    #expect(
      systemReason(of: CocoaError(.fileReadUnknown))
        == "the system gives no reason (NSCocoaErrorDomain 256)")
  }

  @Test("An error beneath another keeps its reason, and is said of the path that was asked for")
  func beneath() {
    let error = FileError(.write, "b", because: FileError(.read, "a", code: EACCES))
    #expect(error == FileError(.write, "b", code: EACCES) && error.code == EACCES)
  }
}
