import Checkpoints
import Losses
import TestSupport
import Testing
import Torch

@Suite("Losses of networks that read texts and pictures together, against float64 references")
struct ObjectiveReferenceTests: LossReferences {
  let file: SafetensorsFile

  init() throws {
    file = try SafetensorsFile(path: fixture("learning/objectives.safetensors"))
  }

  @Test("Masked language modelling asks for the hidden tokens alone")
  func maskedLanguage() throws {
    let (states, embedding) = (try parameter("states"), try parameter("embedding"))
    let bias = try parameter("token_bias")
    let (places, labels) = (try tensor("places"), try tensor("hidden_labels"))
    try expectEqual("masked", [states, embedding, bias]) {
      maskedLanguageLoss(
        states: states.value, places: places, labels: labels, embedding: embedding.value,
        bias: bias.value)
    }
  }

  @Test(
    "A decoder's loss, plain and with smoothed labels; padding does not count",
    arguments: [("sequence", 0), ("sequence_smooth", 0.1)])
  func sequence(name: String, smoothing: Double) throws {
    let (states, embedding) = (try parameter("states"), try parameter("embedding"))
    let (bias, labels) = (try parameter("token_bias"), try tensor("labels"))
    try expectEqual(name, [states, embedding, bias]) {
      sequenceLoss(
        states: states.value, labels: labels, embedding: embedding.value, bias: bias.value,
        smoothing: smoothing)
    }
  }

  @Test("fairseq's smoothing of 0.1 is ours of 0.1 · vocabulary / (vocabulary − 1)")
  func fairseqSmoothing() throws {
    let loss = sequenceLoss(
      states: try tensor("states"), labels: try tensor("labels"),
      embedding: try tensor("embedding"), bias: try tensor("token_bias"), smoothing: 0.7 / 6)
    #expect(isClose(loss.item, try tensor("sequence_fairseq").item, tolerance: 1e-12))
  }

  @Test("Masked regions by class, one of them certain; the detector gets no gradient")
  func regionClasses() throws {
    let (logits, classes) = (try parameter("region_logits"), try parameter("classes"))
    try expectEqual("region_classes", [logits]) {
      maskedRegionClassLoss(logits: logits.value, targets: classes.value)
    }
    #expect(classes.gradient == nil)
  }

  @Test("Masked regions by features; the detector gets no gradient")
  func regionFeatures() throws {
    let predictions = try parameter("region_predictions")
    let features = try parameter("region_features")
    try expectEqual("region_features_loss", [predictions]) {
      maskedRegionFeatureLoss(predictions: predictions.value, features: features.value)
    }
    #expect(features.gradient == nil)
  }

  @Test("Soft visual tokens and their loss, over the tokens of names alone")
  func visualTokens() throws {
    let soft = softVisualTokens(classes: try tensor("classes"), names: try tensor("names"))
    #expect(
      isClose(
        try soft.array(of: Double.self), try tensor("soft_tokens").array(of: Double.self),
        tolerance: 1e-14))
    let (states, embedding) = (try parameter("region_states"), try parameter("embedding"))
    let (bias, tokens) = (try parameter("token_bias"), try tensor("name_tokens"))
    try expectEqual("soft_visual_tokens", [states, embedding, bias]) {
      softVisualTokenLoss(
        states: states.value, targets: soft, tokens: tokens, embedding: embedding.value,
        bias: bias.value)
    }
  }

  @Test("Image-text matching")
  func matching() throws {
    let (logits, labels) = (try parameter("matching_logits"), try tensor("matching_labels"))
    try expectEqual("matching", [logits]) {
      matchingLoss(logits: logits.value, labels: labels)
    }
  }

  @Test(
    "The cross-lingual contrast without groups, and with other captions left out or right too",
    arguments: [
      ("contrast_none", false, OtherCaptions.leftOut), ("contrast_leftOut", true, .leftOut),
      ("contrast_positives", true, .positives),
    ])
  func crossLingual(name: String, isGrouped: Bool, others: OtherCaptions) throws {
    let (first, second) = (try parameter("first"), try parameter("second"))
    let scale = try parameter("scale")
    let groups = isGrouped ? try tensor("groups") : nil
    try expectEqual(name, [first, second, scale]) {
      crossLingualLoss(
        first: first.value, second: second.value, groups: groups, scale: scale.value,
        others: others)
    }
  }
}

@Suite("The regularized contrast of weakly aligned pairs against float64 references")
struct WeakPairReferenceTests: LossReferences {
  let file: SafetensorsFile
  private let first, second, scale: Parameter
  /// The texts alone, of the weak pairs and of the strict ones.
  private let texts: [Parameter]
  private let strictPair: [Parameter]
  private let groups: Tensor

  init() throws {
    let file = try SafetensorsFile(path: fixture("learning/objectives.safetensors"))
    func parameter(_ name: String) throws -> Parameter {
      Parameter(name, try file.tensor(name).copied())
    }
    (first, second) = (try parameter("first"), try parameter("second"))
    scale = try parameter("scale")
    texts = try ["first_texts", "second_texts", "strict_first_texts", "strict_second_texts"]
      .map(parameter)
    strictPair = try ["strict_first", "strict_second"].map(parameter)
    groups = try file.tensor("groups")
    self.file = file
  }

  private var pairs: PairCloseness {
    PairCloseness(
      first: first.value, second: second.value, firstTexts: texts[0].value,
      secondTexts: texts[1].value)
  }

  private var strict: PairCloseness {
    PairCloseness(
      first: strictPair[0].value, second: strictPair[1].value, firstTexts: texts[2].value,
      secondTexts: texts[3].value)
  }

  /// The texts alone must have learned nothing.
  private func expectStoppedRelevance(at location: SourceLocation = #_sourceLocation) {
    for text in texts { #expect(text.gradient == nil, "\(text.name)", sourceLocation: location) }
  }

  @Test("R1: the excess over what the texts say and a margin")
  func ceiling() throws {
    try expectEqual("ceiling", [first, second]) { relevanceCeiling(pairs, margin: 0.05) }
    expectStoppedRelevance()
  }

  @Test("R2: against all strictly aligned pairs, which have gradients too")
  func order() throws {
    try expectEqual("order", [first, second] + strictPair) {
      relevanceOrder(pairs, strict: strict)
    }
    expectStoppedRelevance()
  }

  @Test("R3: weights from no relevance to full")
  func weights() throws {
    let found = try relevanceWeights(pairs, none: -0.5, full: 0.5).array(of: Double.self)
    let expected = try tensor("relevance_weights").array(of: Double.self)
    #expect(isClose(found, expected, tolerance: 1e-12))
  }

  @Test("R4: the divergence of neighbours with pictures from neighbours without")
  func distributions() throws {
    try expectEqual("distributions", [first, second, scale]) {
      relevanceDistributions(pairs, groups: groups, scale: scale.value, temperature: 0.2)
    }
    expectStoppedRelevance()
  }

  @Test(
    "Contrast and penalty together, for each regularizer",
    arguments: [
      ("contrast_leftOut", RelevanceRegularizer.none), ("weak_ceiling", .ceiling),
      ("weak_order", .order), ("weak_weights", .weights), ("weak_distributions", .distributions),
    ])
  func whole(name: String, regularizer: RelevanceRegularizer) throws {
    var settings = WeakPairSettings(regularizer)
    settings.weight = 0.75
    settings.margin = 0.05
    (settings.irrelevant, settings.relevant) = (-0.5, 0.5)
    settings.temperature = 0.2
    try settings.check()
    try expectEqual(name, [first, second, scale]) {
      weakPairTerms(
        pairs, groups: groups, scale: scale.value, settings: settings,
        strict: regularizer == .order ? strict : nil
      ).loss
    }
    expectStoppedRelevance()
  }
}
