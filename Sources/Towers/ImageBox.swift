/// A part of an image, in pixels of the square that a tower sees.
package struct ImageBox: Sendable, Equatable {
  package var left, top, right, bottom: Float

  package init(left: Float, top: Float, right: Float, bottom: Float) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }
}
