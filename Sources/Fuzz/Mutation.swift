/// A stream of random numbers that a seed determines.
struct RandomNumbers: RandomNumberGenerator {
  private var state: UInt64

  /// - Parameter stream: Another one for each input, so that any input can be made by itself.
  init(seed: UInt64, stream: UInt64) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 ^ stream &* 0xD134_2543_DE82_EF95
    _ = next()
  }

  /// - Source: Steele, Lea & Flood 2014, “SplitMix64”.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
}

/// How a format's bytes hang together, so that a change reaches what lies behind the first check.
enum Layout {
  /// Nothing depends on anything else's place.
  case plain
  /// JSON, most of which stays JSON.
  case json
  /// Eight bytes say how long the JSON after them is: safetensors.
  case counted
  /// Entries of a zip archive, whose table of contents is made anew.
  case zip
}

/// Makes broken files of whole ones.
struct Mutator {
  let seeds: [[UInt8]]
  /// What the format's files often hold: inserted here and there.
  let words: [[UInt8]]
  let layout: Layout

  /// No input is longer: what takes long because it is large is not what is sought.
  private static let maximum = 1 << 18

  func input(_ random: inout RandomNumbers) -> [UInt8] {
    let seed = seeds[random.below(seeds.count)]
    // Some are changed without any respect for the format.
    switch random.below(4) == 0 ? .plain : layout {
    case .plain: return changed(seed, &random)
    case .json: return changedJSON(seed, &random)
    case .counted:
      guard seed.count > 8 else { return changed(seed, &random) }
      let length = seed[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
      let header = changedJSON(Array(seed[8..<min(seed.count, 8 + length)]), &random)
      return bytes(UInt64(header.count)) + header + seed[min(seed.count, 8 + length)...]
    case .zip:
      guard var archive = ZipParts(seed), !archive.entries.isEmpty else {
        return changed(seed, &random)
      }
      // The pickle, where there is one, decides about everything.
      let pickle = archive.entries.firstIndex { $0.name.suffix(8).elementsEqual("data.pkl".utf8) }
      let index =
        random.below(4) > 0
        ? pickle ?? random.below(archive.entries.count)
        : random.below(archive.entries.count)
      archive.entries[index].bytes = changed(archive.entries[index].bytes, &random)
      if random.below(16) == 0 { archive.entries[index].size = interesting(&random) }
      if random.below(16) == 0 {
        archive.entries[index].name = changed(archive.entries[index].name, &random)
      }
      return archive.bytes
    }
  }

  private func changedJSON(_ seed: [UInt8], _ random: inout RandomNumbers) -> [UInt8] {
    guard random.below(4) > 0, var json = JSONParts(seed) else { return changed(seed, &random) }
    for _ in 0...random.below(3) { json.change(&random, interesting(&random)) }
    return json.bytes ?? changed(seed, &random)
  }

  private func changed(_ seed: [UInt8], _ random: inout RandomNumbers) -> [UInt8] {
    var bytes = seed
    for _ in 0...random.below(random.below(4) == 0 ? 16 : 2) {
      change(&bytes, &random)
      if bytes.count > Self.maximum { bytes.removeLast(bytes.count - Self.maximum) }
    }
    return bytes
  }

  private func change(_ bytes: inout [UInt8], _ random: inout RandomNumbers) {
    let place = random.below(bytes.count + 1)
    let end = min(bytes.count, place + 1 + random.below(random.below(4) == 0 ? 256 : 16))
    switch random.below(12) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.below(8))
    case 1 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: random.next())
    case 2 where place < bytes.count: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][random.below(5)]
    case 3: bytes.removeLast(bytes.count - place)
    case 4: bytes.removeSubrange(place..<end)
    case 5: bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count + 1))
    case 6:
      // Many times the same: nesting and counts.
      let block = Array(bytes[place..<end])
      let times = 1 << random.below(random.below(8) == 0 ? 14 : 6)
      bytes.insert(contentsOf: (0..<times).flatMap { _ in block }.prefix(Self.maximum), at: place)
    case 7:
      let other = seeds[random.below(seeds.count)]
      let start = random.below(other.count + 1)
      let stop = min(other.count, start + random.below(512))
      bytes.replaceSubrange(place..<end, with: other[start..<stop])
    case 8 where !words.isEmpty:
      bytes.insert(contentsOf: words[random.below(words.count)], at: place)
    case 9: changeDigits(&bytes, from: place, &random)
    default: writeNumber(&bytes, at: place, &random)
    }
  }

  /// A number that readers stumble over.
  private func interesting(_ random: inout RandomNumbers) -> UInt64 {
    switch random.below(4) {
    case 0: UInt64(random.below(64))
    case 1: 1 << UInt64(random.below(64))
    case 2: 1 << UInt64(random.below(64)) &- 1
    default: UInt64.max &- UInt64(random.below(64))
    }
  }

  private func writeNumber(_ bytes: inout [UInt8], at place: Int, _ random: inout RandomNumbers) {
    let size = 1 << random.below(4)
    let near = UInt64(bitPattern: Int64(bytes.count + random.below(5) - 2))
    let number = random.below(4) == 0 ? near : interesting(&random)
    var written = Array(self.bytes(number).prefix(size))
    if random.below(2) == 0 { written.reverse() }
    guard place + size <= bytes.count else { return }
    bytes.replaceSubrange(place..<place + size, with: written)
  }

  /// Puts another number in place of the next digits.
  private func changeDigits(
    _ bytes: inout [UInt8], from place: Int, _ random: inout RandomNumbers
  ) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let start = bytes[place...].firstIndex(where: digits.contains) else { return }
    let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
    let number = interesting(&random)
    let text =
      switch random.below(6) {
      case 0: "-\(number)"
      case 1: "\(number).5"
      case 2: "1e\(random.below(400))"
      default: "\(number)"
      }
    bytes.replaceSubrange(start..<end, with: Array(text.utf8))
  }

  private func bytes(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
  }
}
