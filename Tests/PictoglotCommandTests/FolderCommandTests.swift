import Foundation
import Pictures
import TestSupport
import Testing

@Suite("Folders as people have them", .serialized)
struct FolderCommandTests {
  private let folder: TemporaryFolder
  private var photos: String { folder.path + "/photos" }

  init() throws {
    folder = try TemporaryFolder()
    for name in ["a.png", "locked/b.png", "z.png"] { try write(name) }
  }

  private func write(_ name: String) throws {
    let url = URL(fileURLWithPath: photos + "/" + name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(Picture(width: 4, height: 4, colour: (200, 10, 10)).png()).write(to: url)
  }

  @Test(
    "A locked folder is named to its user, and everything else is read",
    .enabled(if: StartedProgram.hasOrdinaryUser, "nobody but root can run the program here"))
  func lockedFolder() throws {
    #expect(chmod(photos + "/locked", 0) == 0)
    defer { chmod(photos + "/locked", 0o755) }
    let program = try StartedProgram(["data", "check", photos], asOrdinaryUser: true)
    #expect(try program.end().status == 1)
    #expect(
      try program.output() == [
        "locked/: it cannot be read: Permission denied.",
        "2 good pictures, sides of 4 to 4 pixels. "
          + "Left out: 1 file or folder that cannot be read.",
      ])
  }

  @Test(
    "A folder that is locked itself is refused in the system's words",
    .enabled(if: StartedProgram.hasOrdinaryUser, "nobody but root can run the program here"))
  func lockedWhole() throws {
    #expect(chmod(photos, 0) == 0)
    defer { chmod(photos, 0o755) }
    let end = try StartedProgram(["data", "check", photos], asOrdinaryUser: true).end()
    #expect(end.status == 1)
    #expect(end.errors == ["pictoglot: \(photos) cannot be read: Permission denied."])
  }

  @Test("A pipe is refused at once, and no picture waited for")
  func pipe() throws {
    let path = folder.path + "/fifo.jpg"
    #expect(mkfifo(path, 0o644) == 0)
    for words in [["picture", path], ["data", "check", path]] {
      let program = try StartedProgram(words)
      let end = try program.end()
      #expect(end.status == 1)
      let said = try (program.output() + end.errors).joined()
      #expect(
        said.contains("\(path) cannot be read: it is not a regular file."), "\(words): \(said)")
    }
  }

  @Test("A file is found under the name of bytes that it has; a name with a line break is one line")
  func strangeNames() throws {
    let bytes = Array((folder.path + "/caf").utf8) + [0xE9] + Array(".png".utf8) + [0]
    let name = bytes.map { CChar(bitPattern: $0) }
    #expect(rename(photos + "/a.png", name) == 0)
    let path = String(decoding: bytes.dropLast(), as: UTF8.self)
    #expect(path.contains("\u{FFFD}"))
    // A shell alone can hand over such a name.
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "exec \"$0\" picture --json \"$1\"/caf*.png", StartedProgram.program, folder.path,
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    try write("two\nlines\u{1B}.jxl")
    try Data([0xFF, 0x0A]).write(to: URL(fileURLWithPath: photos + "/two\nlines\u{1B}.jxl"))
    let check = try runProgram("pictoglot", ["data", "check", photos])
    #expect(check.output.hasPrefix("two\\nlines\\u{1B}.jxl: JPEG XL is not read.\n"))
  }

  @Test("Without splits or captions, evaluate says what to do")
  func evaluate() throws {
    let words = ["evaluate", "no-model", "--data", photos]
    #expect(
      try runProgram("pictoglot", words).errors
        == "pictoglot: \(photos) has no splits. Add --split all to measure on all of it.\n")
    #expect(
      try runProgram("pictoglot", words + ["--split", "all"]).errors
        == "pictoglot: \(photos) has only pictures without captions, "
        + "so there is nothing to measure.\n")
  }
}
