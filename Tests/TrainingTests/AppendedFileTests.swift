import Foundation
import TestSupport
import Testing

@testable import Training

@Suite("A file that a run adds to")
struct AppendedFileTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/log.jsonl" }

  init() throws { folder = try TemporaryFolder() }

  private func contents() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test("Is begun anew, and then grows piece by piece")
  func grows() throws {
    try Data("old\n".utf8).write(to: URL(fileURLWithPath: path))
    let file = try AppendedFile(path, beginning: Data("a\n".utf8))
    for piece in ["b\n", "c\n"] { try file.append(Data(piece.utf8)) }
    #expect(try contents() == "a\nb\nc\n")
  }

  @Test("Makes up for what could not be written as soon as it can be")
  func catchesUp() throws {
    let file = try AppendedFile(path, beginning: Data("a\n".utf8))
    let manager = FileManager.default
    try manager.moveItem(atPath: path, toPath: path + ".aside")
    try manager.createDirectory(atPath: path, withIntermediateDirectories: false)
    for piece in ["b\n", "c\n"] {
      let error = #expect(throws: TrainingError.self) { try file.append(Data(piece.utf8)) }
      #expect(error?.description.contains(path) == true)
    }
    try manager.removeItem(atPath: path)
    try manager.moveItem(atPath: path + ".aside", toPath: path)
    try file.append(Data("d\n".utf8))
    #expect(try contents() == "a\nb\nc\nd\n")
  }

  @Test(
    "Leaves out half of a piece that was written when the disk was full, or cut off by somebody")
  func endsWithWholePieces() throws {
    let file = try AppendedFile(path, beginning: Data("a\n".utf8))
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("hal".utf8))
    try file.append(Data("b\n".utf8))
    #expect(try contents() == "a\nb\n")
    try handle.truncate(atOffset: 2)
    try handle.close()
    try file.append(Data("c\n".utf8))
    #expect(try contents() == "a\nc\n")
  }
}
