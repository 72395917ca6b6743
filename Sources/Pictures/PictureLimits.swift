/// How large a picture may claim to be before anything of it is decoded.
package struct PictureLimits: Sendable, Equatable {
  /// The most pixels, as width times height; three bytes of memory each.
  package var maximumPixels: Int
  /// The most bytes of an encoded file.
  package var maximumBytes: Int

  package init(maximumPixels: Int, maximumBytes: Int) {
    self.maximumPixels = maximumPixels
    self.maximumBytes = maximumBytes
  }

  /// 100 million pixels and 256 MiB: any camera's photographs, and no bombs.
  package static let standard = PictureLimits(
    maximumPixels: 100_000_000, maximumBytes: 256 << 20)
}
