import Foundation
import Pictures
import TestSupport
import Testing

@Suite("Preprocessing")
struct PreprocessingTests {
  @Test("Frames pictures as torchvision does, pixel for pixel")
  func equalsTorchvision() throws {
    let picture = try PictureFixtures.pictures()
    for framed in try PictureFixtures.load().preprocessings {
      let source = picture(framed.source)
      var preprocessing = Preprocessing.clip(size: 32)
      #expect(preprocessing.picture(source) == picture(framed.crop))
      let numbers = preprocessing(source)
      #expect(numbers.count == 3 * 32 * 32)
      let sampled = stride(from: 0, to: numbers.count, by: 97).map { numbers[$0] }
      #expect(sampled == framed.normalized)
      preprocessing.fit = .squash
      #expect(preprocessing.picture(source) == picture(framed.squash))
      preprocessing.fit = .pad
      #expect(preprocessing.picture(source) == picture(framed.pad))
    }
  }

  @Test("Interpolates without antialiasing as torch does, in numbers that were never bytes")
  func equalsTorch() throws {
    let picture = try PictureFixtures.pictures()
    let data = try Data(contentsOf: PictureFixtures.folder.appending(path: "interpolated.json"))
    let expected = try JSONDecoder().decode([[String: [Float]]].self, from: data)
    let sources = try PictureFixtures.load().preprocessings.map(\.source)
    #expect(expected.count == sources.count)
    for (source, numbers) in zip(sources, expected) {
      for fit in Preprocessing.Fit.allCases {
        var preprocessing = Preprocessing.clip(size: 32)
        preprocessing.filter = .aliasedBilinear
        preprocessing.fit = fit
        let made = preprocessing(picture(source))
        let sampled = stride(from: 0, to: made.count, by: 97).map { made[$0] }
        #expect(isClose(sampled, numbers[fit.rawValue] ?? [], tolerance: 2e-6), "\(fit)")
        // A model that is shown bytes sees the same, rounded.
        let bytes = preprocessing.normalized(preprocessing.picture(picture(source)))
        #expect(isClose(made, bytes, tolerance: 0.02))
      }
    }
  }

  @Test("Has what published models were trained to see")
  func hasPublished() {
    let vit = Preprocessing.vit(size: 224)
    #expect(vit.fit == .squash && vit.filter == .bilinear && vit.mean == [0.5, 0.5, 0.5])
    let koclip = Preprocessing.koclip(size: 224)
    #expect(koclip.centring == .floored && koclip.mean == Preprocessing.clip(size: 224).mean)
    let brivl = Preprocessing.brivl(size: 380)
    #expect(brivl.fit == .squash && brivl.filter == .aliasedBilinear)
    #expect(brivl.mean == Preprocessing.imageNet(size: 380).mean)
  }

  @Test("Rounds sizes and corners as Python does")
  func roundsAsPython() throws {
    for row in try PictureFixtures.load().framings {
      let preprocessing = Preprocessing.clip(size: row[2])
      let frame = preprocessing.frame(width: row[0], height: row[1])
      let made: [Int] = [frame.width, frame.height, frame.x, frame.y]
      #expect(made == Array(row[3...]), "\(row)")
    }
  }

  @Test("Can round corners down, as transformers does on numpy")
  func floors() {
    var preprocessing = Preprocessing.clip(size: 32)
    #expect(preprocessing.frame(width: 35, height: 32).x == 2)
    preprocessing.centring = .floored
    #expect(preprocessing.frame(width: 35, height: 32).x == 1)
  }

  @Test("Is a value that JSON keeps, and older JSON reads as before")
  func isCodable() throws {
    let value = Preprocessing.siglip(size: 224)
    let data = try JSONEncoder().encode(value)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: data) == value)
    let old =
      #"{"size":8,"fit":"pad","filter":"bilinear","mean":[0,0,0],"standardDeviation":[1,1,1]}"#
    let read = try JSONDecoder().decode(Preprocessing.self, from: Data(old.utf8))
    #expect(read.centring == .rounded)
  }

  @Test("Refuses constants that would divide by zero")
  func refusesNonsense() {
    let bad =
      #"{"size":8,"fit":"pad","filter":"bilinear","mean":[0,0,0],"standardDeviation":[1,0,1]}"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Preprocessing.self, from: Data(bad.utf8))
    }
  }

  @Test("Pads with white on both sides, the odd pixel after")
  func padsWithWhite() {
    let black = Picture(width: 2, height: 5, colour: (0, 0, 0))
    let square = black.paddedToSquare()
    #expect(square.width == 5)
    let reds: [UInt8] = (0..<5).map { square[$0, 2].red }
    #expect(reds == [255, 0, 0, 255, 255])
  }
}
