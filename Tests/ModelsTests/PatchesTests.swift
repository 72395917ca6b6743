import Checkpoints
import Foundation
import Models
import Pictures
import TestSupport
import Testing
import Torch
import Towers

@Suite("What models say of each patch of a picture")
struct PatchesTests {
  private let expected: SafetensorsFile
  private let picture: Picture

  init() throws {
    expected = try SafetensorsFile(path: fixture("patches/expected.safetensors"))
    picture = try Picture(contentsOf: fixture("families_image/picture.png"))
  }

  @Test(
    "One pass gives the vectors of transformers' layers put together by hand",
    arguments: ["clip", "siglip"])
  func matchesReference(name: String) throws {
    let model = try Model(folder: fixture("families_image/" + name), towers: .images)
    let patches = try #require(try model.embed(patchesOf: picture))
    let vectors = try expected.tensor(name)
    #expect(vectors.shape == [patches.rows * patches.columns, model.encoder.width])
    #expect(isClose(patches.vectors, vectors.floats))
  }

  @Test("The patches of a cropped picture lie in its middle")
  func region() throws {
    // 45×30 pixels become 24×16, of which 16×16 are seen.
    let model = try Model(folder: fixture("families_image/clip"), towers: .images)
    let patches = try #require(try model.embed(patchesOf: picture))
    #expect(isClose(patches.left, 4.0 / 24) && isClose(patches.width, 16.0 / 24))
    #expect(patches.top == 0 && isClose(patches.height, 1))
  }
}
