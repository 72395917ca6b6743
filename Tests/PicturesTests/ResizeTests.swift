import Pictures
import Testing

@Suite("Resizing")
struct ResizeTests {
  @Test("Gives Pillow's pixels, bit for bit, whatever the sizes, the filter and the box")
  func equalsPillow() throws {
    let picture = try PictureFixtures.pictures()
    for resize in try PictureFixtures.load().resizes {
      let source = picture(resize.source)
      let (width, height) = (resize.made.width, resize.made.height)
      let made =
        if let box = resize.box {
          source.resized(
            box: (box[0], box[1], box[2], box[3]), width: width, height: height,
            filter: resize.filter)
        } else {
          source.resized(width: width, height: height, filter: resize.filter)
        }
      #expect(made.difference(from: picture(resize.made)) == 0, "\(resize)")
    }
  }

  @Test("To its own size changes nothing", arguments: ResizeFilter.allCases)
  func sameSizeIsIdentity(filter: ResizeFilter) {
    let picture = Picture.noise(width: 33, height: 21)
    #expect(picture.resized(width: 33, height: 21, filter: filter) == picture)
  }

  @Test("Keeps one colour as it is", arguments: ResizeFilter.allCases)
  func keepsOneColour(filter: ResizeFilter) {
    let picture = Picture(width: 37, height: 50, colour: (7, 130, 255))
    let made = picture.resized(width: 113, height: 9, filter: filter)
    #expect(made == Picture(width: 113, height: 9, colour: (7, 130, 255)))
  }

  @Test("Gives the same pixels in many tasks at once")
  func isTheSameInParallel() async {
    let picture = Picture.noise(width: 200, height: 120)
    let alone = picture.resized(width: 64, height: 64, filter: .bicubic)
    let made = await withTaskGroup(of: Picture.self) { group in
      for _ in 0..<16 {
        group.addTask { picture.resized(width: 64, height: 64, filter: .bicubic) }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(made.allSatisfy { $0 == alone })
  }

  @Test("Does not mix up rows when they go through in groups", arguments: [1, 15, 16, 17, 33])
  func rowsAreIndependent(height: Int) {
    let picture = Picture.noise(width: 50, height: height)
    let made = picture.resized(width: 20, height: height, filter: .bicubic)
    for y in 0..<height {
      let row = picture.cropped(x: 0, y: y, width: 50, height: 1)
        .resized(width: 20, height: 1, filter: .bicubic)
      #expect(made.cropped(x: 0, y: y, width: 20, height: 1) == row)
    }
  }
}
