import Foundation
import TestSupport
import Testing

@testable import Files

@Suite("Scanning a folder")
struct FolderScanTests {
  private let folder: TemporaryFolder
  private var root: String { folder.path + "/photos" }

  init() throws {
    folder = try TemporaryFolder()
    try makeFolder("photos")
  }

  private func makeFolder(_ name: String) throws {
    var path = folder.path
    for part in name.utf8.split(separator: UInt8(ascii: "/")) {
      path += "/" + String(Substring(part))
      #expect(mkdir(path, 0o755) == 0 || errno == EEXIST)
    }
  }

  private func write(_ name: String) throws {
    try makeFolder(name.parentPath)
    let descriptor = creat(folder.path + "/" + name, 0o644)
    #expect(descriptor >= 0 && close(descriptor) == 0)
  }

  private func link(_ name: String, to target: String) {
    #expect(symlink(target, root + "/" + name) == 0)
  }

  private func omitted(_ scan: FolderScan) -> [String] {
    scan.omissions.map { "\($0.name) \($0.why)" }
  }

  @Test("Files are in the order of their bytes, also those whose names begin with a mark")
  func order() throws {
    for name in ["b", "a/z", "a b", "\u{301}x.jpg", "d/\u{1F3FD}.jpg"] {
      try write("photos/" + name)
    }
    #expect(
      try FolderScan(root).files.map { Array($0.unicodeScalars) }
        == ["a b", "a/z", "b", "d/\u{1F3FD}.jpg", "\u{301}x.jpg"].map { Array($0.unicodeScalars) })
  }

  @Test("Hidden files and the folders that programs make are left out and told")
  func machineMade() throws {
    for name in ["a.jpg", ".b.jpg", "@eaDir/a.jpg/THUMB.jpg", "2020/#recycle/c.jpg"] {
      try write("photos/" + name)
    }
    let scan = try FolderScan(root)
    #expect(scan.files == ["a.jpg"])
    #expect(
      omitted(scan) == [".b.jpg hidden", "2020/#recycle/ machineMade", "@eaDir/ machineMade"])
  }

  @Test("A link to a folder is followed once; loops and links to nothing end nothing")
  func links() throws {
    for name in ["photos/2021/a.jpg", "other/2022/b.jpg", "other/2022/in/c.jpg"] { try write(name) }
    link("2022", to: "../other/2022")
    link("again", to: "../other/2022/in")
    link("same", to: "2021")
    link("self", to: "self")
    link("here", to: ".")
    link("up", to: "..")
    link("file.jpg", to: "2021/a.jpg")
    link("gone.jpg", to: "nowhere")
    let scan = try FolderScan(root)
    #expect(scan.files == ["2021/a.jpg", "2022/b.jpg", "2022/in/c.jpg", "file.jpg"])
    let read = #"linked(reason: "it leads to a folder that is read already")"#
    #expect(
      omitted(scan) == [
        "again " + read, "gone.jpg danglingLink", "here " + read, "same " + read,
        "self danglingLink", #"up linked(reason: "it leads to a folder around this one")"#,
      ])
  }

  @Test("A name that is not UTF-8 comes back to its bytes, and is shown with them")
  func namesOfBytes() throws {
    let bytes = Array(root.utf8) + Array("/caf".utf8) + [0xE9, 0x2E, 0x6A]
    let name = String(fileName: bytes)
    #expect(name.withSystemPath { mkdir($0, 0o755) } == 0)
    let inner = name + "/" + String(fileName: [0x4D, 0xE7, 0xFF])
    #expect(inner.withSystemPath { creat($0, 0o644) } >= 0)
    let scan = try FolderScan(root)
    #expect(
      scan.files.map(\.fileNameBytes) == [Array(inner.fileNameBytes.dropFirst(root.utf8.count + 1))]
    )
    #expect(scan.files.first?.printable == "caf\\xE9.j/M\\xE7\\xFF")
    #expect(try readFile(root + "/" + scan.files[0]).isEmpty)
  }

  @Test(
    "Every name of bytes comes back",
    arguments: [
      [0x61, 0x80], [0xEE, 0xBE, 0x80], [0xEE, 0xBF, 0xBF, 0xFF], [0xC3, 0xA9], [0xF0, 0x9F, 0x8F],
      [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xEE, 0x80, 0x80], [0xFF, 0xFE, 0x00 + 1],
    ] as [[UInt8]])
  func roundTrip(bytes: [UInt8]) {
    let name = String(fileName: bytes)
    #expect(name.fileNameBytes == bytes)
    #expect(String(fileName: name.fileNameBytes).unicodeScalars.elementsEqual(name.unicodeScalars))
  }

  @Test("What would move a cursor or turn the writing is written out")
  func printable() {
    #expect("a\nb\u{1B}[1m\u{202E}gpj".printable == "a\\nb\\u{1B}[1m\\u{202E}gpj")
    #expect("사과 🍎 e\u{301}".printable == "사과 🍎 e\u{301}")
  }

  @Test("A pipe is no file and is not waited for")
  func pipes() throws {
    #expect(mkfifo(root + "/fifo.jpg", 0o644) == 0)
    try write("photos/a.jpg")
    let scan = try FolderScan(root)
    #expect(scan.files == ["a.jpg"] && omitted(scan) == ["fifo.jpg special"])
    #expect(throws: FileError(.read, root + "/fifo.jpg", reason: "it is not a regular file")) {
      try readFile(root + "/fifo.jpg")
    }
  }

  @Test("A branch deeper than a path may be is told, and the rest is read")
  func deepPaths() throws {
    try write("photos/a.jpg")
    let part = String(repeating: "d", count: 200)
    var place = open(root, O_RDONLY)
    for _ in 0..<25 {
      #expect(mkdirat(place, part, 0o755) == 0)
      let next = openat(place, part, O_RDONLY)
      close(place)
      place = next
    }
    close(place)
    let scan = try FolderScan(root)
    #expect(scan.files == ["a.jpg"])
    #expect(scan.omissions.map(\.why) == [.tooLong])
    // Foundation cannot remove it either.
    let removal = Process()
    removal.executableURL = URL(fileURLWithPath: "/bin/rm")
    removal.arguments = ["-rf", root]
    try removal.run()
    removal.waitUntilExit()
  }

  @Test("A folder that is none is told in the system's words")
  func notThere() throws {
    let failure = #expect(throws: FileError.self) { try FolderScan(folder.path + "/no") }
    #expect(failure?.reason == "No such file or directory")
  }

  @Test(
    "The last part of a path begins after its last slash, whatever follows that",
    arguments: [
      ("a/b", "a", "b"), ("/b", "/", "b"), ("b", "", "b"), ("a/\u{301}x", "a", "\u{301}x"),
      ("a/\u{1F3FD}.jpg", "a", "\u{1F3FD}.jpg"),
    ])
  func parts(path: String, parent: String, name: String) {
    #expect(Array(path.parentPath.utf8) == Array(parent.utf8))
    #expect(Array(path.lastPathPart.utf8) == Array(name.utf8))
  }

  @Test(
    "Suffixes are those of the last part of a path, in small letters",
    arguments: [("a/b.JPG", "jpg"), ("a.b/c", ""), (".hidden", ""), ("x.", ""), ("y.tar.gz", "gz")])
  func suffixes(path: String, suffix: String) {
    #expect(path.fileSuffix == suffix)
  }
}
