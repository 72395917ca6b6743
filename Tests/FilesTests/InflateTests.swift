import Testing

@testable import Files

@Suite("What DEFLATE packed")
struct InflateTests {
  /// “hello”, as gzip packs it.
  private let hello: [UInt8] = [
    0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 7, 0, 0x86, 0xA6, 0x10, 0x36,
    5, 0, 0, 0,
  ]

  @Test("Members that follow each other are one text, and zeros behind them nothing")
  func members() throws {
    #expect(try Inflate.gunzip([]).isEmpty)
    #expect(try Inflate.gunzip(hello) == Array("hello".utf8))
    #expect(try Inflate.gunzip(hello + hello + [0, 0]) == Array("hellohello".utf8))
    #expect(throws: Inflate.Fault.notGzip) { try Inflate.gunzip(hello + [1]) }
  }

  @Test("Damaged gzip data is an error")
  func damage() throws {
    for count in 1..<hello.count {
      #expect(throws: Inflate.Fault.self) { try Inflate.gunzip(Array(hello[..<count])) }
    }
    for place in hello.indices {
      for bit in 0..<8 {
        var changed = hello
        changed[place] ^= 1 << bit
        _ = try? Inflate.gunzip(changed)
      }
    }
    var changed = hello
    changed[21] = 4
    let length = changed
    changed = hello
    changed[17] ^= 1
    let sum = changed
    #expect(throws: Inflate.Fault.wrongLength) { try Inflate.gunzip(length) }
    #expect(throws: Inflate.Fault.wrongChecksum) { try Inflate.gunzip(sum) }
  }

  @Test("Nothing is unpacked beyond its limit")
  func limits() throws {
    #expect(try Inflate.gunzip(hello, limit: 5).count == 5)
    #expect(throws: Inflate.Fault.tooLarge(limit: 4)) { try Inflate.gunzip(hello, limit: 4) }
    #expect(throws: Inflate.Fault.tooLarge(limit: 9)) {
      try Inflate.gunzip(hello + hello, limit: 9)
    }
    let bare = Array(hello[10..<17])
    #expect(try Inflate.raw(bare, limit: 5) == Array("hello".utf8))
    #expect(throws: Inflate.Fault.tooLarge(limit: 0)) { try Inflate.raw(bare, limit: 0) }
    #expect(throws: Inflate.Fault.cutShort) { try Inflate.raw(Array(bare.dropLast(3)), limit: 9) }
  }

  @Test("zlib's wrapping has a checksum of its own")
  func zlib() throws {
    var wrapped: [UInt8] = [0x78, 0x9C]
    wrapped += hello[10..<17]
    wrapped += [0x06, 0x2C, 0x02, 0x15]
    let whole = wrapped
    #expect(try Inflate.zlib(whole, limit: 5) == Array("hello".utf8))
    #expect(throws: Inflate.Fault.tooLarge(limit: 4)) { try Inflate.zlib(whole, limit: 4) }
    #expect(throws: Inflate.Fault.cutShort) { try Inflate.zlib(Array(whole.dropLast()), limit: 9) }
    wrapped[wrapped.count - 1] = 0x16
    let changed = wrapped
    #expect(throws: Inflate.Fault.wrongChecksum) { try Inflate.zlib(changed, limit: 9) }
  }

  @Test("As much is unpacked as fits, and it is said whether that is all")
  func intoMemory() throws {
    let bare = Array(hello[10..<17])
    for (room, count, isWhole) in [(0, 0, false), (3, 3, false), (5, 5, true), (9, 5, true)] {
      var target = [UInt8](repeating: 0, count: room)
      let result = try bare.withUnsafeBytes { source in
        try target.withUnsafeMutableBytes { try Inflate.raw(source, into: $0) }
      }
      #expect(result.count == count && result.isWhole == isWhole, "\(room)")
      #expect(target.prefix(count) == Array("hello".utf8).prefix(count))
    }
  }

  @Test("The checksum is that of gzip")
  func checksum() {
    #expect(Array("hello".utf8).withUnsafeBytes { Inflate.checksum($0) } == 0x3610_A686)
    #expect(Inflate.checksum(UnsafeRawBufferPointer(start: nil, count: 0)) == 0)
  }
}
