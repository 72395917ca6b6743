internal import CVips

/// A JPEG of 8 bits in grey or three colours, without a colour profile that changes them.
///
/// - Source: ITU-T T.81, annex B; Exif 2.32, 4.5.4; ICC.1:2022, annex B.4.
struct FastJPEG: FastDecoder {
  let header: PictureHeader
  private let bytes: [UInt8]

  init?(_ bytes: [UInt8]) {
    var size: (width: Int, height: Int)?
    var channels = 0
    var turn: EXIF.Turn?
    var profile: ArraySlice<UInt8>?
    var position = 2
    while true {
      // Any number of these may stand before a marker.
      while bytes.bigEndian(at: position, size: 2) == 0xffff { position += 1 }
      guard bytes.bigEndian(at: position, size: 1) == 0xff,
        let marker = bytes.bigEndian(at: position + 1, size: 1),
        let length = bytes.bigEndian(at: position + 2, size: 2), length >= 2,
        position + 2 + length <= bytes.count
      else { return nil }
      let body = position + 4
      position += 2 + length
      switch marker {
      case 0xc0...0xc2:
        guard size == nil, length >= 8, bytes[body] == 8,
          let height = bytes.bigEndian(at: body + 1, size: 2),
          let width = bytes.bigEndian(at: body + 3, size: 2), width > 0, height > 0
        else { return nil }
        size = (width, height)
        channels = Int(bytes[body + 5])
      case 0xe1 where bytes.has("Exif\0\0", at: body):
        guard turn == nil else { return nil }
        turn = EXIF.turn(Array(bytes[body + 6..<position]), at: 0)
      case 0xe2 where bytes.has("ICC_PROFILE\0", at: body):
        guard profile == nil, length > 16, bytes[body + 12] == 1, bytes[body + 13] == 1
        else { return nil }
        profile = bytes[body + 14..<position]
      case 0xc4, 0xdb, 0xdd, 0xe0...0xef, 0xfe:
        break
      case 0xda:
        guard let size, channels == 1 || channels == 3, turn != .unclear else { return nil }
        let colours: ColourProfile.Colours = channels == 1 ? .grey : .rgb
        if let profile = profile.flatMap({ ColourProfile(Array($0)) }), profile.colours == colours,
          !profile.isSRGB
        {
          return nil
        }
        header = PictureHeader(
          format: .jpeg, width: size.width, height: size.height, orientation: turn?.orientation,
          bands: channels, bits: 8)
        self.bytes = bytes
        return
      default:
        return nil
      }
    }
  }

  func picture() throws(PictureError) -> Picture? {
    try picture(shrink: 1)
  }

  /// The picture at a half, a quarter or an eighth of its size, for little of the time.
  func picture(shrink: Int) throws(PictureError) -> Picture? {
    let (width, height) = (Int32(header.storedWidth), Int32(header.storedHeight))
    return try picture(shrink: shrink) { to in
      fast_jpeg(bytes, bytes.count, width, height, Int32(shrink), to)
    }
  }
}

extension EXIF.Turn {
  var orientation: Int? {
    if case .orientation(let value) = self { value } else { nil }
  }
}
