/// What a search engine is told about picture files; it knows no format itself.
package protocol PictureFormats: Sendable {
  /// The media type of a picture file, such as `image/png`; nil for what is not handed out.
  func mediaType(of file: [UInt8]) -> String?

  /// A picture file made smaller, to at most so many pixels a side; nil where the file as it is has to
  /// do.
  func shrunk(_ file: [UInt8], to longestSide: Int) -> PictureFile?
}
