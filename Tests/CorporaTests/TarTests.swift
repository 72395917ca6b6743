import Files
import TestSupport
import Testing

@testable import Corpora

@Suite("Tar archives")
struct TarTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func entries(_ path: String) throws -> [TarEntry] {
    var reader = TarReader(try InputFile(path))
    var entries: [TarEntry] = []
    while let entry = try reader.next() {
      if entry.isFile { entries.append(entry) }
    }
    return entries
  }

  @Test("What is written is read, names of any length and script too")
  func roundTrip() throws {
    let long = String(repeating: "ordner/", count: 40) + "x.json"
    let members: [(String, [UInt8])] = [
      ("a.txt", [1, 2, 3]), ("empty.txt", []), (long, [UInt8](repeating: 7, count: 1000)),
      ("한국어/그림.png", [9]), ("e\u{301}.txt", [4]), ("block.bin", [UInt8](repeating: 5, count: 512)),
    ]
    let path = try tar(folder, "a.tar", members)
    let entries = try entries(path)
    #expect(entries.map { Array($0.name.utf8) } == members.map { Array($0.0.utf8) })
    let file = try InputFile(path)
    for (entry, member) in zip(entries, members) {
      #expect(try file.read(at: entry.offset, count: entry.size) == member.1)
    }
    #expect(file.size % 10_240 == 0)
  }

  @Test("Equal samples make equal files")
  func isDeterministic() throws {
    let first = try tar(folder, "a.tar", [("a.txt", [1]), ("ü.txt", [2])])
    let second = try tar(folder, "b.tar", [("a.txt", [1]), ("ü.txt", [2])])
    #expect(try bytes(of: first) == bytes(of: second))
  }

  @Test("GNU's long names, big sizes, folders and links are understood")
  func gnu() throws {
    let name = String(repeating: "n", count: 150) + ".txt"
    var archive = header("././@LongLink", size: 155, type: "L") + padded(Array(name.utf8) + [0])
    archive += header("cut-short", size: 3, type: "0", isBinary: true) + padded([1, 2, 3])
    archive += header("folder/", size: 0, type: "5") + header("link", size: 0, type: "2")
    archive += header("last.txt", size: 1, type: "0") + padded([8])
    archive += [UInt8](repeating: 0, count: 1024)
    let path = try folder.write("gnu.tar", archive)
    let entries = try entries(path)
    #expect(entries.map(\.name) == [name, "last.txt"])
    #expect(entries.map(\.size) == [3, 1])
  }

  @Test("A shard cut anywhere gives its whole samples and one line about the cut")
  func cutAnywhere() throws {
    var members: [(String, [UInt8])] = []
    for number in 0..<3 {
      members.append(("\(number).json", Array(#"{"captions": {"en": ["x"]}}"#.utf8)))
      members.append(("\(number).png", [UInt8](repeating: 3, count: 700)))
    }
    let whole = try bytes(of: tar(folder, "whole.tar", members))
    // A sample takes 512 + 512 for its text and 512 + 1,024 for its picture.
    for length in stride(from: 100, through: 7680, by: 379) {
      let path = try folder.write("cut.tar", Array(whole.prefix(length)))
      let options = CorpusOptions(keepsPicturesWithoutCaptions: false)
      var collector = SampleCollector(options: options)
      try ShardSamples.read(path, into: &collector)
      let complete = (0..<3).filter { 2560 * $0 + 1536 + 700 <= length }.count
      #expect(collector.samples.count == complete, "\(length)")
      #expect(collector.problems.filter { $0.kind == .cutArchive }.count == 1, "\(length)")
      #expect(collector.problems.count <= 2)
    }
  }

  @Test(
    "What is no archive is told from one that is cut",
    arguments: [
      ([UInt8](repeating: 0x41, count: 2000), "no tar header"),
      ([0x1F, 0x8B] + [UInt8](repeating: 1, count: 1000), "gunzip"),
    ])
  func noArchive(bytes: [UInt8], word: String) throws {
    let path = try folder.write("x.tar", bytes)
    let error = #expect(throws: CorpusError.self) { try Corpus(opening: path) }
    #expect(try #require(error).description.contains(word))
  }

  @Test("Damaged headers never crash")
  func damagedHeaders() throws {
    let whole = try bytes(
      of: tar(folder, "a.tar", [(String(repeating: "é", count: 90), [1]), ("b.txt", [2])]))
    for place in stride(from: 0, to: 1600, by: 7) {
      var damaged = whole
      damaged[place] = damaged[place] ^ 0xFF
      let path = try folder.write("d.tar", damaged)
      var collector = SampleCollector(options: CorpusOptions())
      try ShardSamples.read(path, into: &collector)
    }
  }

  /// A header in GNU's format; `isBinary` writes the size as GNU writes big ones.
  private func header(_ name: String, size: Int, type: Character, isBinary: Bool = false) -> [UInt8]
  {
    var header = [UInt8](repeating: 0, count: 512)
    header.replaceSubrange(0..<name.utf8.count, with: name.utf8)
    if isBinary {
      header[124] = 0x80
      header[135] = UInt8(size)
    } else {
      let digits = String(size, radix: 8)
      header.replaceSubrange(124..<124 + digits.utf8.count, with: digits.utf8)
    }
    header.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
    header[156] = type.asciiValue ?? 0
    header.replaceSubrange(257..<265, with: "ustar  \0".utf8)
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    header.replaceSubrange(148..<148 + sum.utf8.count, with: sum.utf8)
    header[148 + sum.utf8.count] = 0
    return header
  }

  private func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
  }
}
