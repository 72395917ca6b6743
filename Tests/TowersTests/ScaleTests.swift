import Foundation
import Layers
import TestSupport
import Testing
import Torch
import Towers

@Suite("The scale of a network")
struct ScaleTests {
  @Test(
    "Is the same in losses, probabilities and for a teacher, however large",
    arguments: [0.5, 117, 400.0])
  func oneMeaning(scale: Double) throws {
    var settings = DualEncoder.Settings(image: nil, text: nil, width: 4)
    settings.logScale = log(scale)
    let encoder = try DualEncoder(settings, in: Scope(RandomSource(seed: 1)))
    #expect(isClose(encoder.scale.item, scale, tolerance: 1e-5))
    try encoder.scale.backward()
    #expect(isClose(try #require(encoder.logScale.gradient).item, scale, tolerance: 1e-5))
    encoder.limitScale(to: 100)
    #expect(isClose(encoder.scale.item, min(100, max(1, scale)), tolerance: 1e-5))
  }
}
