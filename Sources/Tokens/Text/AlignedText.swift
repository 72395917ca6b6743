import Languages

/// Text in UTF-8 that still knows where it came from.
///
/// Each byte may carry the range of original bytes it stands for. Whoever only wants ids leaves
/// that out (`isTracked` is false), and the same code runs without it.
struct AlignedText {
  var bytes: [UInt8] = []
  /// Per byte, where its original begins; empty if not tracked.
  var starts: [Int32] = []
  /// Per byte, where its original ends; empty if not tracked.
  var ends: [Int32] = []
  var isTracked = false

  /// Empties it and keeps its memory.
  mutating func reset(tracked: Bool) {
    bytes.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    isTracked = tracked
  }

  /// Takes bytes of the original, found there at `offset`.
  mutating func appendOriginal(_ source: UnsafeBufferPointer<UInt8>, at offset: Int) {
    bytes.append(contentsOf: source)
    guard isTracked else { return }
    var at = 0
    while at < source.count {
      let length = UTF8Reading.length(source[at])
      for _ in 0..<length {
        starts.append(Int32(offset + at))
        ends.append(Int32(offset + at + length))
      }
      at += length
    }
  }

  /// Takes bytes `range` of another text, with what they stand for.
  @inline(__always)
  mutating func append(_ other: AlignedText, _ range: Range<Int>) {
    bytes.append(contentsOf: other.bytes[range])
    guard isTracked else { return }
    starts.append(contentsOf: other.starts[range])
    ends.append(contentsOf: other.ends[range])
  }

  /// Takes one scalar that stands for what byte `place` of another text stands for.
  @inline(__always)
  mutating func append(scalar: UInt32, like other: AlignedText, at place: Int) {
    appendUTF8(scalar)
    guard isTracked else { return }
    let known = place >= 0
    for _ in 0..<scalar.utf8Length {
      starts.append(known ? other.starts[place] : 0)
      ends.append(known ? other.ends[place] : 0)
    }
  }

  /// Takes bytes that all stand for what byte `place` of another text stands for.
  mutating func append(_ content: [UInt8], like other: AlignedText, at place: Int) {
    bytes.append(contentsOf: content)
    guard isTracked else { return }
    let known = place >= 0 && place < other.starts.count
    for _ in 0..<content.count {
      starts.append(known ? other.starts[place] : 0)
      ends.append(known ? other.ends[place] : 0)
    }
  }

  @inline(__always)
  private mutating func appendUTF8(_ scalar: UInt32) {
    bytes.append(utf8: scalar)
  }

  /// Whether all bytes are ASCII.
  var isASCII: Bool { bytes.withUnsafeBufferPointer { UTF8Reading.isASCII($0) } }
}
