import Layers
import Recipes
import Settings
import TestSupport
import Testing
import Torch
import Towers

@Suite("What recipes drop")
struct DropoutRecipeTests {
  private let bert = DropoutRates(hidden: 0.1, attention: 0.1)
  private let encoderLayer = DropoutRates(hidden: 0.1, attention: 0.1, activation: 0.1)

  @Test("Each its paper's rates, and none where the paper has none")
  func published() throws {
    for model in [
      CLIP.published.model, SigLIP.published.model, KELIP.published.model, Concepts.published.model,
    ] {
      #expect(rates(of: model.image) == [.none])
      #expect(rates(of: model.text) == [.none])
    }
    for model in [KoCLIP.published.model, NLLBCLIP.published.model, MCLIP.published.model] {
      #expect(rates(of: model.text) == [bert])
      #expect(rates(of: model.image) == (model.image == nil ? [] : [.none]))
    }
    let model = BriVL.published.model
    #expect(rates(of: model.text) == [encoderLayer, bert])
    #expect(rates(of: model.image) == [encoderLayer, .none])
  }

  @Test("A rate is set by its key, alone or with the others")
  func overrides() throws {
    let one = try KoCLIP.published.overriding(["model.text.dropout.hidden=0.25"])
    #expect(rates(of: one.model.text) == [.init(hidden: 0.25, attention: 0.1)])
    let all = try KoCLIP.published.overriding([#"model.text.dropout={"path":0.2}"#])
    #expect(rates(of: all.model.text) == [.init(path: 0.2)])
    #expect {
      _ = try KoCLIP.published.overriding(["model.text.dropout.hiden=0.25"])
    } throws: {
      "\($0)".contains("Did you mean “model.text.dropout.hidden”?")
    }
    // A run from before there was dropout goes on without it.
    let old = try KoCLIP.published.restoring([
      "model": [
        "text": [
          "kind": "nllb", "vocabulary": 9, "contextLength": 9, "width": 8, "depth": 1, "heads": 1,
          "inner": 8, "activation": "relu", "epsilon": 1e-5, "padding": 1, "scalesTokens": true,
          "hasFinalNorm": false,
        ], "width": 8, "logScale": 1, "bias": 0,
      ]
    ])
    #expect(rates(of: old.model.text) == [.none])
  }

  @Test(
    "A rate that cannot be, or that a tower does not have, is refused by its key",
    arguments: [
      (DropoutRates(hidden: 1), "“model.text.dropout.hidden” is impossible: 1.0 is not from 0"),
      (DropoutRates(attention: -0.1), "“model.text.dropout.attention” is impossible: -0.1"),
      (DropoutRates(path: .nan), "“model.text.dropout.path” is impossible: nan"),
      (DropoutRates(patches: 0.5), "“model.text.dropout.patches” is impossible: this tower drops"),
    ])
  func refused(rates: DropoutRates, message: String) {
    var settings = TinyRecipes.koclip
    var bert = TinyRecipes.bert
    bert.dropout = rates
    settings.model.text = .bert(bert)
    #expect {
      _ = try KoCLIP(settings, in: Scope(RandomSource(seed: 1)))
    } throws: {
      "\($0)".hasPrefix(message)
    }
  }

  @Test("BriVL's momentum encoders drop as well, other numbers than what they follow")
  func momentum() throws {
    func queues(seed: UInt64, _ rates: DropoutRates) throws -> [[Float]] {
      var settings = TinyRecipes.brivl
      var bert = TinyRecipes.bert
      bert.dropout = rates
      settings.model.text = .bert(bert)
      let scope = Scope(RandomSource(seed: 4))
      let recipe = try BriVL(settings, in: scope)
      var inputs = TinyRecipes.inputs(settings.views)
      inputs.seed = seed
      return try Phase.training(Draws(seed: seed)) {
        let step = Step(inputs)
        let queries = step.texts(by: recipe.encoder).floats
        try recipe.loss(step).backward()
        try step.finish()
        let queue = try #require(scope.parameters.first { $0.name == "text_queue.embeddings" })
        return [queries, queue.value.floats]
      }
    }
    let (one, other) = (try queues(seed: 1, bert), try queues(seed: 2, bert))
    #expect(one[1] != other[1])
    // The copy has just begun, with the same numbers as what it follows.
    #expect(!isClose(one[0], one[1], tolerance: 1e-3))
    let plain = try queues(seed: 1, .none)
    #expect(plain[1] == (try queues(seed: 2, .none))[1])
    #expect(isClose(plain[0], plain[1], tolerance: 1e-5))
  }

  /// Those of the whole tower first, then those of a tower inside.
  private func rates(of tower: ImageTowerSettings?) -> [DropoutRates] {
    tower?.settings.dropouts.map(\.rates) ?? []
  }

  private func rates(of tower: TextTowerSettings?) -> [DropoutRates] {
    tower?.settings.dropouts.map(\.rates) ?? []
  }
}
