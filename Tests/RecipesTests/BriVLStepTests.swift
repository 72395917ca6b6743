import Checkpoints
import Foundation
import Layers
import Recipes
import TestSupport
import Testing
import Torch
import Towers

@Suite("BriVL's step on its own towers against PyTorch")
struct BriVLStepTests {
  private let file: SafetensorsFile
  private let keys =
    KeyMap.brivlImage.prefixed(ours: "image.", theirs: "imgencoder.")
    + KeyMap.brivlText.prefixed(ours: "text.", theirs: "textencoder.")

  init() throws { file = try SafetensorsFile(path: fixture("learning/brivl_step.safetensors")) }

  private var settings: BriVL.Settings {
    var settings = BriVL.published
    let head = PerceptronHead.Settings(inner: 10, width: 6, activation: .relu, hasBias: true)
    settings.model.image = .brivl(
      BriVLImage.Settings(
        network: EfficientNet.Settings(size: 128, widthFactor: 16.0 / 1280, depthFactor: 0.3),
        parts: 2, depth: 2, inner: 24, head: head))
    settings.model.text = .brivl(
      BriVLText.Settings(
        bert: BERT.Settings(
          vocabulary: 14, width: 8, depth: 2, heads: 2, inner: 12, positions: 9,
          positionScheme: .zeroBased, segments: 2, epsilon: 1e-12, padding: 0, pooling: .first),
        length: 8, depth: 2, heads: 2, inner: 20, head: head))
    settings.model.width = 6
    settings.queueLength = 7
    settings.momentum = 0.75
    settings.temperature = 0.2
    settings.training.frozen.removeAll { $0.hasPrefix("text.bert.blocks.") }
    settings.training.frozen.append("text.bert.blocks.0.")
    return settings
  }

  private func inputs(_ step: Int) -> Step.Inputs {
    let (groups, owners) = ([0, 1, 2, 0] as [Int64], [2, 0, 3, 0, 1])
    var inputs = Step.Inputs(
      imageGroups: Tensor(groups), textGroups: Tensor(owners.map { groups[$0] }))
    let waves: [Float] = (0..<4 * 3 * 128 * 128).map { (place: Int) -> Float in
      let quick: Double = sin(0.37 * Double(place) + Double(step))
      let slow: Double = sin(0.0011 * Double(place))
      return Float(quick + slow)
    }
    inputs.views = [.init(pixels: Tensor(waves, shape: [4, 3, 128, 128]))]
    inputs.texts = [
      TokenBatch([[2, 9, 3], [2, 5, 3]], padding: 0),
      TokenBatch([[2, 7, 4, 3], [2, 8, 6, 3], [2, 11, 10, 12, 3]], padding: 0),
    ]
    inputs.textOwners = owners
    return inputs
  }

  @Test(
    "Two steps: losses, gradients of all that is learned, queues, and the statistics of both networks"
  )
  func twoSteps() throws {
    let scope = Scope(PublishedNumbers(file: file, towers: MappedSource([.init(file, keys)])))
    let recipe = try BriVL(settings, in: scope)
    for parameter in scope.parameters
    where settings.training.frozen.contains(where: parameter.name.hasPrefix) {
      parameter.isTrainable = false
    }
    for name in settings.training.frozen {
      #expect(scope.parameters.contains { $0.name.hasPrefix(name) }, "\(name)")
    }
    let learned = scope.parameters.filter(\.isTrainable)
    for number in 0..<2 {
      AdamW([.init(learned, weightDecay: 0)]).clearGradients()
      try Phase.training {
        let step = Step(inputs(number))
        let loss = recipe.loss(step)
        #expect(isClose(loss.item, try file.tensor("loss.\(number)").item, tolerance: 2e-5))
        try loss.backward()
        try step.finish()
      }
      if number == 0 { try expectGradients(of: learned) }
      for parameter in learned {
        guard let gradient = parameter.gradient else { continue }
        parameter.assign(parameter.value.detached() - gradient * 0.03125)
      }
    }
    try expectMemory(of: scope.parameters)
  }

  private func expectGradients(of learned: [Parameter]) throws {
    var compared = 0
    for parameter in learned {
      guard let place = keys(parameter.name) else { continue }
      let stored = Tensor.concatenated(
        try place.keys.map { try file.tensor("gradient." + $0) }, axis: 0)
      let expected = (place.isTransposed ? stored.transposed() : stored).floats
      // What is nothing but rounding, as the slope of a bias before a norm, is measured by the rest.
      let size = max(expected.map(abs).max() ?? 0, 0.05)
      let found = try #require(parameter.gradient, "\(parameter.name)").floats
      #expect(
        isClose(found.map { $0 / size }, expected.map { $0 / size }, tolerance: 2e-4),
        "\(parameter.name)")
      compared += place.keys.count
    }
    let all = file.entries.keys.count { $0.hasPrefix("gradient.") }
    #expect(compared == all && all > 100)
  }

  private func expectMemory(of parameters: [Parameter]) throws {
    let kept = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.value.floats) })
    for side in ["image", "text"] {
      let expected = try file.tensor("result.\(side)_queue").floats
      #expect(isClose(kept["\(side)_queue.embeddings"] ?? [], expected, tolerance: 2e-4))
      #expect(kept["\(side)_queue.concepts"] == (try file.tensor("result.concepts").floats))
    }
    var compared = 0
    for (name, numbers) in kept where name.contains(".running_") {
      let isSlow = name.hasPrefix("momentum.")
      let ours = isSlow ? String(name.dropFirst("momentum.".count)) : name
      let theirs = try #require(keys(ours)).keys
      let expected = try file.tensor((isSlow ? "slow." : "after.") + theirs[0]).floats
      #expect(theirs.count == 1 && isClose(numbers, expected, tolerance: 2e-4), "\(name)")
      compared += 1
    }
    let all = file.entries.keys.count { $0.hasPrefix("slow.") || $0.hasPrefix("after.") }
    #expect(compared == all && all > 50)
  }
}

/// Towers under their published names; a momentum copy begins with what it copies.
private struct PublishedNumbers: ParameterSource {
  let file: SafetensorsFile
  let towers: MappedSource

  func tensor(_ key: String, _ shape: [Int], _ initializer: Initializer) throws(CheckpointError)
    -> Tensor
  {
    let name = key.hasPrefix("momentum.") ? String(key.dropFirst("momentum.".count)) : key
    if name.hasPrefix("image.") || name.hasPrefix("text.") {
      return try towers.tensor(name, shape, initializer)
    }
    return file.entries["brivl/" + name] == nil
      ? .zeros(shape) : try file.tensor("brivl/" + name, shape, initializer)
  }
}
