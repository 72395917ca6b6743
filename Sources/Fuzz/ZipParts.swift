/// The entries of a small archive, to be changed and put together again.
struct ZipParts {
  struct Entry {
    var name: [UInt8]
    var method: Int
    var checksum: Int
    /// As they lie in the archive.
    var bytes: [UInt8]
    /// What the archive claims that they unpack to.
    var size: UInt64
  }

  var entries: [Entry] = []

  /// - Returns: Nil unless `bytes` is a whole archive without a comment.
  init?(_ bytes: [UInt8]) {
    func number(_ place: Int, _ size: Int) -> Int {
      guard place >= 0, place + size <= bytes.count else { return 0 }
      return bytes[place..<place + size].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let end = bytes.count - 22
    guard number(end, 4) == 0x0605_4B50 else { return nil }
    var place = number(end + 16, 4)
    while number(place, 4) == 0x0201_4B50 {
      let nameEnd = place + 46 + number(place + 28, 2)
      let header = number(place + 42, 4)
      let start = header + 30 + number(header + 26, 2) + number(header + 28, 2)
      let stop = start + number(place + 20, 4)
      guard nameEnd <= bytes.count, start <= stop, stop <= bytes.count else { return nil }
      entries.append(
        Entry(
          name: Array(bytes[place + 46..<nameEnd]), method: number(place + 10, 2),
          checksum: number(place + 16, 4), bytes: Array(bytes[start..<stop]),
          size: UInt64(number(place + 24, 4))))
      place = nameEnd + number(place + 30, 2) + number(place + 32, 2)
    }
  }

  /// The archive. The size of what is stored follows its bytes.
  var bytes: [UInt8] {
    var (data, directory): ([UInt8], [UInt8]) = ([], [])
    func little(_ number: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    for entry in entries {
      let size = entry.method == 0 ? entry.bytes.count : Int(truncatingIfNeeded: entry.size)
      let common =
        little(20, 2) + little(0, 2) + little(entry.method, 2) + little(0, 4)
        + little(entry.checksum, 4) + little(entry.bytes.count, 4) + little(size, 4)
        + little(entry.name.count, 2) + little(0, 2)
      directory +=
        little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 10) + little(data.count, 4)
        + entry.name
      data += little(0x0403_4B50, 4) + common + entry.name + entry.bytes
    }
    return data + directory + little(0x0605_4B50, 4) + little(0, 4) + little(entries.count, 2)
      + little(entries.count, 2) + little(directory.count, 4) + little(data.count, 4) + little(0, 2)
  }
}
