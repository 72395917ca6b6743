import Layers
import Recipes
import TestSupport
import Testing
import Torch
import Towers

@Suite("Every recipe learns")
struct OverfittingTests {
  @Test("Eight pairs are found again after twenty steps")
  func pairs() throws {
    try expectFound(CLIP.self, TinyRecipes.clip)
    try expectFound(SigLIP.self, TinyRecipes.siglip, rate: 5e-3)
    try expectFound(Concepts.self, TinyRecipes.concepts)
    try expectFound(KoCLIP.self, TinyRecipes.koclip)
    try expectFound(KELIP.self, TinyRecipes.kelip)
    try expectFound(KELIP.self, TinyRecipes.kelipWithViews)
    try expectFound(NLLBCLIP.self, TinyRecipes.nllb, rate: 1e-3)
    try expectFound(BriVL.self, TinyRecipes.brivl, rate: 3e-3)
  }

  @Test("Masked autoencoding paints better, and a teacher is followed, after twenty steps")
  func withoutPairs() throws {
    let painting = try losses(KELIP.self, TinyRecipes.mae, texts: false).losses
    let painted = try #require(painting.last)
    #expect(painted < 0.8 * painting[0])
    let following = try losses(MCLIP.self, TinyRecipes.mclip).losses
    let followed = try #require(following.last)
    #expect(followed < 0.1 * following[0])
  }

  private func expectFound<R: Recipe>(
    _ type: R.Type, _ settings: R.Settings, rate: Double = 3e-3
  ) throws {
    let (recipe, losses) = try losses(type, settings, rate: rate)
    #expect(losses.allSatisfy { $0.isFinite }, "\(type.name)")
    let inputs = TinyRecipes.inputs(settings.views)
    let scores = withoutGradient {
      let step = Step(inputs)
      let images = step.images(by: recipe.encoder).narrowed(0, to: 0..<8)
      return matmul(images, step.texts(by: recipe.encoder).transposed()).floats
    }
    let best = (0..<8).map { row in
      (0..<8).max { scores[row * 8 + $0] < scores[row * 8 + $1] } ?? -1
    }
    #expect(best == Array(0..<8), "\(type.name): \(losses)")
  }

  private func losses<R: Recipe>(
    _ type: R.Type, _ settings: R.Settings, texts: Bool = true, rate: Double = 3e-3
  ) throws -> (recipe: R, losses: [Double]) {
    let scope = Scope(RandomSource(seed: 5))
    let recipe = try R(settings, in: scope)
    let optimizer = AdamW([
      .init(scope.parameters.filter(\.isTrainable), weightDecay: 0)
    ])
    let inputs = TinyRecipes.inputs(settings.views, texts: texts)
    var losses: [Double] = []
    for _ in 0..<20 {
      optimizer.clearGradients()
      try Phase.training {
        let step = Step(inputs)
        let loss = recipe.loss(step)
        try loss.backward()
        try step.finish()
        losses.append(loss.item)
      }
      try optimizer.step(rate: rate)
    }
    return (recipe, losses)
  }
}

@Suite("Recipes and collections that do not fit")
struct UnfitTests {
  @Test("One language is refused by kelip, no translations by m-clip, each with what to do")
  func languages() throws {
    #expect { try KELIP.published.check(languages: ["ko"]) } throws: {
      "\($0)".contains("in one, ko") && "\($0)".contains("recipe clip")
    }
    try KELIP.published.check(languages: ["ko", "en"])
    try TinyRecipes.mae.check(languages: [])
    #expect { try MCLIP.published.check(languages: ["ko", "ja"]) } throws: {
      "\($0)".contains("none in en")
    }
    #expect { try MCLIP.published.check(languages: ["en"]) } throws: {
      "\($0)".contains("Add translations")
    }
  }

  @Test("Widths beyond the model's, and chunks where there are no pairs, are refused")
  func settings() {
    var nllb = TinyRecipes.nllb
    nllb.widths = [64]
    #expect { try nllb.check(languages: ["en"]) } throws: { "\($0)".contains("widths") }
    var mae = TinyRecipes.mae
    mae.training.chunk = 4
    #expect { try mae.check(languages: []) } throws: { "\($0)".contains("training.chunk") }
  }
}
