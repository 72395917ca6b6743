import Testing

@testable import Files

@Suite("Tar archives in memory")
struct TarTests {
  /// Takes bytes, and gives them back.
  private final class Memory: ByteSource, ByteSink {
    typealias Failure = Never

    var bytes: [UInt8] = []
    var size: Int { bytes.count }

    func read(at offset: Int, upTo count: Int) -> [UInt8] {
      Array(bytes.dropFirst(offset).prefix(count))
    }

    func write(_ bytes: [UInt8]) { self.bytes += bytes }
  }

  private func entries(_ memory: Memory) throws -> [TarEntry] {
    var reader = TarReader(memory)
    var entries: [TarEntry] = []
    while let entry = try reader.next() { entries.append(entry) }
    return entries
  }

  @Test("A header tells its name and size, whatever they are")
  func headers() throws {
    let name = String(repeating: "a", count: 100)
    let plain = TarHeader(name: name, size: 512, kind: UInt8(ascii: "2"))
    #expect(plain.blocks.count == 512)
    #expect(try TarHeader(block: plain.blocks) == plain)
    // Beyond these there is a PAX header, and its records.
    #expect(TarHeader(name: name + "a", size: 0).blocks.count == 3 * 512)
    #expect(TarHeader(name: "ü", size: 0).blocks.count == 3 * 512)
    #expect(TarHeader(name: "a", size: 1 << 33).blocks.count == 3 * 512)
    #expect(throws: TarHeader.Fault.notHeader) {
      try TarHeader(block: [UInt8](repeating: 0x41, count: 512))
    }
  }

  @Test("Files added whole and in pieces are found again")
  func roundTrip() throws {
    let memory = Memory()
    var writer = TarWriter(memory)
    writer.add("a.txt", [1, 2, 3])
    writer.begin("kätzchen.bin", size: 600)
    memory.write([UInt8](repeating: 7, count: 500))
    memory.write([UInt8](repeating: 8, count: 100))
    writer.end()
    writer.finish(record: 1)
    #expect(writer.size == memory.size && memory.size == 9 * 512)
    let entries = try entries(memory)
    #expect(entries.map(\.name) == ["a.txt", "kätzchen.bin"])
    #expect(entries.map(\.size) == [3, 600])
    #expect(memory.read(at: entries[1].offset + 499, upTo: 2) == [7, 8])
  }

  @Test("An archive without its end, or cut inside a file, says so")
  func cut() throws {
    let memory = Memory()
    var writer = TarWriter(memory)
    writer.add("a.txt", [1, 2, 3])
    writer.finish()
    #expect(memory.size == 10_240)
    memory.bytes.removeLast(10_240 - 1024)
    #expect {
      try entries(memory)
    } throws: {
      if case TarFault<Never>.unfinished = $0 { true } else { false }
    }
    memory.bytes.removeLast(510)
    #expect {
      try entries(memory)
    } throws: {
      if case TarFault<Never>.cut(let entry, 3, 2) = $0 { entry == "a.txt" } else { false }
    }
  }
}
