/// The chunks of a PNG file in their order, up to the first that is cut short.
struct PNGChunks: Sequence, IteratorProtocol {
  struct Chunk {
    /// Four letters, the first in the highest byte.
    let kind: UInt32
    let body: Range<Int>
    /// With its length, its name and its checksum.
    var whole: Range<Int> { body.lowerBound - 8..<body.upperBound + 4 }

    func isOf(_ name: StaticString) -> Bool { kind == PNGChunks.kind(name) }
    /// Whether a reader that does not know the chunk must give up.
    var isCritical: Bool { kind & 0x2000_0000 == 0 }
  }

  private let bytes: [UInt8]
  private var position = 8

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> Chunk? {
    guard let length = bytes.bigEndian(at: position, size: 4),
      let kind = bytes.bigEndian(at: position + 4, size: 4),
      length <= bytes.count - position - 12
    else { return nil }
    let start = position + 8
    position = start + length + 4
    return Chunk(kind: UInt32(kind), body: start..<start + length)
  }

  private static func kind(_ name: StaticString) -> UInt32 {
    name.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt32($1) } }
  }
}
