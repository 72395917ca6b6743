extension Preprocessing {
  /// The part of a picture that the model sees, in fractions of the picture's width and height.
  ///
  /// It lies inside of the picture where the picture is cropped, and reaches beyond it where the
  /// picture is padded: there `left` or `top` is below 0.
  ///
  /// - Parameters:
  ///   - width: That of the upright picture, in pixels.
  package func region(width: Int, height: Int) -> (
    left: Double, top: Double, width: Double, height: Double
  ) {
    switch fit {
    case .squash: return (0, 0, 1, 1)
    case .pad:
      let side = max(width, height)
      return (
        -Double(floorHalf(side - width)) / Double(width),
        -Double(floorHalf(side - height)) / Double(height), Double(side) / Double(width),
        Double(side) / Double(height)
      )
    case .crop:
      let frame = frame(width: width, height: height)
      return (
        Double(frame.x) / Double(frame.width), Double(frame.y) / Double(frame.height),
        Double(size) / Double(frame.width), Double(size) / Double(frame.height)
      )
    }
  }
}
