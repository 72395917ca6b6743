import Foundation
import Layers
import Recipes
import TestSupport
import Testing
import Torch
import Towers

@Suite("Distillation beside a recipe's loss")
struct DistillationTests {
  /// A step of eight pairs of which a teacher has vectors of width 5.
  private func step(teaching taught: [Int]? = nil, chunk: Int = 0) -> Step {
    var inputs = TinyRecipes.inputs(TinyRecipes.clip.views)
    inputs.teacherImages = Tensor.normal([8, 5], using: Generator(seed: 6)).normalized()
    let texts = Tensor.normal([8, 5], using: Generator(seed: 7)).normalized()
    let places = taught.map { Tensor($0.map(Int64.init)) }
    inputs.teacherTexts = places.map { texts.gathered(0, $0) } ?? texts
    inputs.taughtTexts = places
    inputs.teacherScale = 12
    return Step(inputs, chunk: chunk)
  }

  /// Half the sum of both directions' mean divergences, by their definition.
  private func divergence(
    _ images: Tensor, _ texts: Tensor, _ scale: Double, _ teacherImages: Tensor,
    _ teacherTexts: Tensor, _ teacherScale: Double
  ) -> Double {
    func table(_ images: Tensor, _ texts: Tensor, _ scale: Double, _ turned: Bool) -> [[Double]] {
      let logits = matmul(images, texts.transposed()) * scale
      let rows = (turned ? logits.transposed().contiguous() : logits)
      let width = rows.shape[1]
      let numbers = rows.floats.map(Double.init)
      return (0..<rows.shape[0]).map { Array(numbers[$0 * width..<($0 + 1) * width]) }
    }
    func logarithms(_ row: [Double]) -> [Double] {
      let top = row.max() ?? 0
      let sum = row.reduce(0) { $0 + exp($1 - top) }
      return row.map { $0 - top - log(sum) }
    }
    var total = 0.0
    for turned in [false, true] {
      let student = table(images, texts, scale, turned).map(logarithms)
      let teacher = table(teacherImages, teacherTexts, teacherScale, turned).map(logarithms)
      let rows = zip(student, teacher).map { student, teacher in
        zip(student, teacher).reduce(0.0) { $0 + exp($1.1) * ($1.1 - $1.0) }
      }
      total += rows.reduce(0, +) / Double(rows.count)
    }
    return total / 2
  }

  @Test(
    "Adds its weight times the divergence of the similarities, of the captions that are taught",
    arguments: [nil, [0, 2, 3, 7]])
  func adds(taught: [Int]?) throws {
    let recipe = try CLIP(TinyRecipes.clip, in: Scope(RandomSource(seed: 1)))
    let alone = recipe.loss(step(teaching: taught)).item
    let both = step(teaching: taught)
    let loss = both.loss(of: recipe, distilling: 0.5)
    let (images, texts) = (both.images(by: recipe.encoder), both.texts(by: recipe.encoder))
    let teacherImages = try #require(both.inputs.teacherImages)
    let teacherTexts = try #require(both.inputs.teacherTexts)
    let places = Tensor((taught ?? Array(0..<8)).map(Int64.init))
    let expected = divergence(
      images, texts.gathered(0, places), recipe.encoder.scale.item, teacherImages, teacherTexts, 12)
    #expect(expected > 0.01)
    #expect(isClose(loss.item, alone + 0.5 * expected, tolerance: 1e-5))
    #expect(both.notes.map(\.name) == ["distillation"])
    #expect(isClose(both.notes[0].value.item, expected, tolerance: 1e-5))
  }

  @Test("Without a weight, or without a teacher, the recipe's loss is left as it is")
  func leaves() throws {
    let recipe = try CLIP(TinyRecipes.clip, in: Scope(RandomSource(seed: 1)))
    let taught = step()
    #expect(taught.loss(of: recipe, distilling: 0).item == recipe.loss(taught).item)
    let plain = Step(TinyRecipes.inputs(TinyRecipes.clip.views))
    #expect(plain.loss(of: recipe, distilling: 1).item == recipe.loss(plain).item)
    #expect(plain.notes.isEmpty)
  }
}
