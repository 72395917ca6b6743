import Pictures

/// A picture as a TIFF with 64-bit offsets, in one strip that is not packed.
///
/// - Source: libtiff, “The BigTIFF File Format”.
func bigTIFF(_ picture: Picture) -> [UInt8] {
  func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  let (short, long) = (3, 16)
  let entries: [(tag: Int, type: Int, count: Int, value: Int)] = [
    (256, short, 1, picture.width), (257, short, 1, picture.height),
    // Three numbers of 8 bits, in the place of one of 64.
    (258, short, 3, 8 | 8 << 16 | 8 << 32),
    // Not packed, red, green and blue.
    (259, short, 1, 1), (262, short, 1, 2),
    // Behind the header of 16 bytes and this list.
    (273, long, 1, 16 + 8 + 20 * 10 + 8), (277, short, 1, 3), (278, short, 1, picture.height),
    (279, long, 1, picture.pixels.count), (284, short, 1, 1),
  ]
  var bytes = Array("II".utf8) + number(43, 2) + number(8, 2) + number(0, 2) + number(16, 8)
  bytes += number(entries.count, 8)
  for entry in entries {
    bytes += number(entry.tag, 2) + number(entry.type, 2) + number(entry.count, 8)
    bytes += number(entry.value, 8)
  }
  return bytes + number(0, 8) + picture.pixels
}
