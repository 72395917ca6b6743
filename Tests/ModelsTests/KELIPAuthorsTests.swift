import Checkpoints
import Models
import TestSupport
import Testing
import Torch
import Towers

@Suite("KELIP beside NAVER's own code")
struct KELIPAuthorsTests {
  @Test("Pictures, pictures of twice the size, and texts have the vectors of kelip/model.py")
  func vectors() throws {
    let folder = fixture("families_image/kelip")
    let authors = try SafetensorsFile(path: folder + "/authors.safetensors")
    let inputs = try SafetensorsFile(path: folder + "/expected.safetensors")
    let model = try Model(folder: folder)
    func embedded(_ pixels: Tensor) -> [Float] {
      withoutGradient { model.encoder.embed(images: pixels).floats }
    }
    #expect(
      isClose(embedded(try inputs.tensor("pixels")), try authors.tensor("images").floats))
    #expect(
      isClose(embedded(try authors.tensor("larger_pixels")), try authors.tensor("larger").floats))
    let ids = try (0..<5).map { try inputs.tensor("ids.\($0)").array(of: Int32.self) }
    let batch = TokenBatch(ids, padding: model.card.text.padding)
    let texts = withoutGradient { model.encoder.embed(texts: batch).floats }
    #expect(isClose(texts, try authors.tensor("texts").floats))
  }
}
