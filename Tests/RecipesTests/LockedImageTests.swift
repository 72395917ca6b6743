import Layers
import Recipes
import TestSupport
import Testing
import Torch
import Towers

@Suite("A locked image tower with batch norms")
struct LockedImageTests {
  @Test("Learns no statistics either, so that a step is the same as one from a cache")
  func statistics() throws {
    var settings = TinyRecipes.nllb
    settings.model.image = .resNet(.init(size: 16, stem: 8, stages: [.init(width: 16, blocks: 1)]))
    let scope = Scope(RandomSource(seed: 4))
    let recipe = try NLLBCLIP(settings, in: scope)
    let tower = scope.parameters.filter { $0.name.hasPrefix("image.") }
    for parameter in tower { parameter.isTrainable = false }
    let before = tower.map(\.value.floats)
    #expect(tower.contains { $0.name.hasSuffix(".running_var") })

    let seen = TinyRecipes.inputs(settings.views)
    var cached = seen
    cached.views = []
    cached.features = withoutGradient { recipe.encoder.imageFeatures(of: seen.views[0].pixels) }
    let learned = scope.parameters.filter(\.isTrainable)
    func step(_ inputs: Step.Inputs, chunk: Int = 0) throws -> (loss: Double, gradients: [[Float]])
    {
      AdamW([.init(learned, weightDecay: 0)]).clearGradients()
      return try Phase.training {
        let step = Step(inputs, chunk: chunk)
        let loss = recipe.loss(step)
        try loss.backward()
        try step.finish()
        return (loss.item, learned.map { $0.gradient?.floats ?? [] })
      }
    }
    let expected = try step(cached)
    for found in [try step(seen), try step(seen, chunk: 3)] {
      #expect(isClose(found.loss, expected.loss, tolerance: 1e-5))
      #expect(found.gradients.count == expected.gradients.count)
      #expect(expected.gradients.count { !$0.isEmpty } > 10)
      for (one, other) in zip(found.gradients, expected.gradients) {
        #expect(isClose(one, other, tolerance: 1e-4))
      }
    }
    #expect(tower.map(\.value.floats) == before)
    // One that is learned gathers them.
    for parameter in tower where !parameter.name.contains(".running_") {
      parameter.isTrainable = true
    }
    _ = try step(seen)
    #expect(tower.map(\.value.floats) != before)
  }
}
