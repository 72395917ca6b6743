internal import Files

/// What a PNG file says beside its pixels: the EXIF orientation, and whether its colours must be
/// converted.
///
/// libvips 8.14 passes over orientation in PNG, and unpacks notes of any size, so it gets the file
/// without them.
///
/// - Source: W3C, *Portable Network Graphics*, third edition; ImageMagick's “Raw profile type” notes.
/// - Differs: `cICP`, `gAMA` and `cHRM` are passed over, as by Pillow.
struct PNGNotes {
  private(set) var orientation: Int?
  /// Whether there is a colour profile that fits the pixels and changes them.
  private(set) var hasForeignProfile = false
  /// What a decoder needs not see: texts, and a profile that changes nothing.
  private var others: [Range<Int>] = []

  /// The most bytes that EXIF data and a colour profile may unpack to.
  private static let (textLimit, profileLimit) = (1 << 20, 8 << 20)

  init(_ bytes: [UInt8]) {
    var colours = ColourProfile.Colours.rgb
    for chunk in PNGChunks(bytes) {
      let body = bytes[chunk.body]
      let isText = chunk.isOf("tEXt") || chunk.isOf("zTXt") || chunk.isOf("iTXt")
      if isText { others.append(chunk.whole) }
      if chunk.isOf("IHDR"), body.count > 9 {
        let kind = body[body.startIndex + 9]
        colours = kind == 0 || kind == 4 ? .grey : .rgb
      } else if chunk.isOf("eXIf") {
        orientation = orientation ?? EXIF.orientation(Array(body))
      } else if chunk.isOf("tEXt") {
        readEXIF(body) { body.firstIndex(of: 0).map { body[($0 + 1)...] } }
      } else if chunk.isOf("zTXt") {
        readEXIF(body) { Self.unpacked(body, limit: Self.textLimit) }
      } else if chunk.isOf("iCCP") {
        let profile = Self.unpacked(body, limit: Self.profileLimit)
          .flatMap { ColourProfile(Array($0)) }
        if let profile, profile.colours == colours, !profile.isSRGB {
          hasForeignProfile = true
        } else {
          others.append(chunk.whole)
        }
      } else if chunk.isOf("IEND") {
        return
      }
    }
  }

  /// The file without what a decoder needs not see.
  func stripped(_ bytes: [UInt8]) -> [UInt8] {
    guard !others.isEmpty else { return bytes }
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    var last = 0
    for range in others {
      kept += bytes[last..<range.lowerBound]
      last = range.upperBound
    }
    return kept + bytes[last...]
  }

  /// What is packed behind a note's key, its closing zero and the kind of packing; nil if that is
  /// `limit` bytes or more, or damaged.
  static func unpacked(_ body: ArraySlice<UInt8>, limit: Int) -> ArraySlice<UInt8>? {
    guard let zero = body.firstIndex(of: 0), zero + 2 <= body.endIndex else { return nil }
    return (try? Inflate.zlib(Array(body[(zero + 2)...]), limit: limit - 1)).map { $0[...] }
  }

  /// ImageMagick writes EXIF as lines of hexadecimal digits behind a name and a length.
  private mutating func readEXIF(
    _ body: ArraySlice<UInt8>, text unpacked: () -> ArraySlice<UInt8>?
  ) {
    let keys = ["Raw profile type exif", "Raw profile type APP1"].map { Array($0.utf8) }
    guard orientation == nil, keys.contains(where: { body.starts(with: $0 + [0]) }),
      let text = unpacked()
    else { return }
    let lines = text.split(separator: 10)
    guard lines.count > 2 else { return }
    let digits = lines[2...].joined().compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    let exif = stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
    orientation = EXIF.orientation(exif)
  }
}
