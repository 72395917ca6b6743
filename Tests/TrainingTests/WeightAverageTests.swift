import Layers
import Recipes
import TestSupport
import Testing
import Torch
import Towers

@testable import Training

@Suite("The average of the weights")
struct WeightAverageTests {
  private let scope = Scope(RandomSource(seed: 1))
  private let encoder: DualEncoder

  init() throws {
    encoder = try DualEncoder(
      .init(
        image: .resNet(ResNet.Settings(size: 16, stem: 8, stages: [.init(width: 8, blocks: 1)])),
        text: .bag(BagOfTokens.Settings(vocabulary: 9, contextLength: 4, width: 8, depth: 1)),
        width: 8), in: scope)
    for parameter in encoder.parameters where parameter.name.hasPrefix("text.") {
      parameter.isTrainable = false
    }
  }

  @Test("Follows what is learned and running statistics, and takes no memory for frozen towers")
  func follows() {
    let average = WeightAverage(of: encoder.parameters, decay: 0.9)
    let names = Set(average.values.keys)
    #expect(!names.contains { $0.hasPrefix("text.") })
    #expect(names.contains { $0.hasSuffix(".running_var") })
    #expect(names.contains("image_projection.weight") && names.contains("log_scale"))
    #expect(average.parameters.allSatisfy { $0.name.hasPrefix("average.") && !$0.isTrainable })
  }

  @Test("Moves as it should, is lent for as long as it is asked for, and gives the weights back")
  func lends() throws {
    let average = WeightAverage(of: encoder.parameters, decay: 0.75)
    let weight = encoder.logScale
    weight.assign(.full([], 8))
    let statistics = try #require(
      encoder.parameters.first { $0.name.hasSuffix(".running_mean") })
    statistics.assign(.full(statistics.shape, 4))
    // Young averages forget faster: (1 + 1000) / (10 + 1000) is above the decay.
    average.follow(step: 1_000)
    let expected = 0.75 * 2.659 + 0.25 * 8
    average.lending {
      #expect(isClose(weight.value.item, expected))
      #expect(statistics.value.floats.allSatisfy { $0 == 1 })
    }
    #expect(weight.value.item == 8)
    #expect(statistics.value.floats.allSatisfy { $0 == 4 })
    average.follow(step: 0)
    let young = 0.1 * expected + 0.9 * 8
    #expect(isClose(average.values["log_scale"]?.item ?? 0, young))
  }
}
