import Pictures
import Testing

@Suite("Cutting and turning pictures")
struct PictureGeometryTests {
  private let picture = Picture.noise(width: 5, height: 3)

  @Test("A crop is the part asked for, and black beyond the edge")
  func crops() {
    let part = picture.cropped(x: 1, y: 1, width: 2, height: 2)
    #expect(part[0, 0] == picture[1, 1] && part[1, 1] == picture[2, 2])
    let beyond = picture.cropped(x: -1, y: 2, width: 3, height: 3)
    #expect(beyond[0, 0] == (0, 0, 0) && beyond[1, 0] == picture[0, 2])
    #expect(beyond[2, 1] == (0, 0, 0))
    let apart = picture.cropped(x: 50, y: -70, width: 2, height: 2)
    #expect(apart == Picture(width: 2, height: 2, colour: (0, 0, 0)))
  }

  @Test("Two mirrors, or four quarter turns, are none")
  func turnsBack() {
    #expect(picture.flippedHorizontally().flippedHorizontally() == picture)
    var turned = picture
    for _ in 0..<4 { turned = turned.turned(orientation: 6) }
    #expect(turned == picture)
    #expect(picture.turned(orientation: 6).turned(orientation: 8) == picture)
    for orientation in [2, 3, 4, 5, 7] {
      let once = picture.turned(orientation: orientation)
      #expect(once != picture && once.turned(orientation: orientation) == picture)
    }
    #expect(picture.turned(orientation: 1) == picture)
    #expect(picture.turned(orientation: 99) == picture)
  }

  @Test("Padding puts the picture in the middle, and cuts what is too large")
  func pads() {
    let padded = picture.padded(width: 8, height: 4, shade: 9)
    #expect(padded[1, 0] == picture[0, 0] && padded[0, 0] == (9, 9, 9))
    #expect(padded[7, 3] == (9, 9, 9))
    let cut = picture.padded(width: 2, height: 3)
    #expect(cut[0, 0] == picture[2, 0])
  }
}
