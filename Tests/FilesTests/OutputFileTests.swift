import Files
import Foundation
import TestSupport
import Testing

@Suite("Files that are written")
struct OutputFileTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/file" }

  init() throws { folder = try TemporaryFolder() }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
  }

  @Test("Pieces come one behind the other, collected or not", arguments: [0, 3, 1000])
  func pieces(collected: Int) throws {
    let file = try OutputFile(path, collecting: collected)
    try file.write([1, 2])
    try file.write(numbers: [UInt16(0x0403).littleEndian, UInt16(0x0605).littleEndian])
    try file.overwrite([9], at: 1)
    try file.write([7])
    #expect(file.size == 7)
    try file.finish()
    #expect(try readFile(path) == [1, 9, 3, 4, 5, 6, 7])
  }

  @Test("A file that is there is emptied, kept up to a place, or left alone")
  func existing() throws {
    try writeWhole(Data([1, 2, 3]), to: path)
    #expect(throws: FileError(.write, path, code: EEXIST)) {
      _ = try OutputFile(path, existing: .refused)
    }
    let kept = try OutputFile(path, existing: .kept(bytes: 2))
    try kept.write([4])
    try kept.finish()
    #expect(try readFile(path) == [1, 2, 4])
    try OutputFile(path).finish()
    #expect(try readFile(path).isEmpty)
  }

  @Test("What is written whole is there whole or as it was, whichever operation fails")
  func whole() throws {
    try writeWhole(Data([1]), to: path)
    var number = 1
    while true {
      let faults = FileFaults(at: number)
      let result = faults.happen { Result { try writeWhole(Data([2, 3]), to: path) } }
      let found = try readFile(path)
      #expect(try names == ["file"])
      guard faults.haveHappened else {
        #expect(number > 3 && found == [2, 3])
        #expect(throws: Never.self) { try result.get() }
        break
      }
      #expect(throws: FileError(.write, path, reason: "a test lets it fail")) {
        try result.get()
      }
      #expect(found == [1] || found == [2, 3])
      if found == [2, 3] { try writeWhole(Data([1]), to: path) }
      number += 1
    }
  }

  @Test("A full disk is said so", .enabled(if: access("/dev/full", W_OK) == 0, "no /dev/full here"))
  func fullDisk() throws {
    let file = try OutputFile("/dev/full", collecting: 10)
    try file.write([1])
    let error = #expect(throws: FileError.self) { try file.finish() }
    #expect(error?.isDiskFull == true && error?.path == "/dev/full")
  }

  @Test("A name of any bytes can be written, moved and mapped")
  func anyBytes() throws {
    let name = folder.path + "/" + String(fileName: [0x63, 0xE9])
    try writeWhole(Data([1, 2]), to: name)
    try moveIntoPlace(name, to: name + "2")
    let file = try MappedFile(name + "2")
    withExtendedLifetime(file) { #expect(Array(file.bytes) == [1, 2]) }
    removeFile(name + "2")
    #expect(fileFacts(name + "2") == nil)
  }
}

@Suite("Files in memory")
struct MappedFileTests {
  @Test("An empty file has no bytes, and what is no file is refused")
  func refusals() throws {
    let folder = try TemporaryFolder()
    try writeWhole(Data(), to: folder.path + "/empty")
    #expect(try MappedFile(folder.path + "/empty").bytes.isEmpty)
    #expect(throws: FileError(.read, folder.path, reason: "it is a folder")) {
      _ = try MappedFile(folder.path)
    }
    #expect(throws: FileError(.read, folder.path + "/no", code: ENOENT)) {
      _ = try MappedFile(folder.path + "/no")
    }
  }

  @Test("What is written in memory stays there")
  func copiesOnWrite() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    try writeWhole(Data([1, 2]), to: path)
    let file = try MappedFile(path, copiesOnWrite: true)
    let written = withExtendedLifetime(file) {
      UnsafeMutableRawBufferPointer(mutating: file.bytes)[0] = 9
      return file.bytes[0]
    }
    #expect(written == 9)
    #expect(try readFile(path) == [1, 2])
  }
}
