import Checkpoints
import Foundation
import Models
import TestSupport
import Testing
import Torch
import Towers

@Suite("Probabilities of labels")
struct LikelihoodTests {
  @Test("Softmax shares one among the labels by scale · cosine")
  func softmax() {
    let likelihood = Likelihood(scoring: .softmax, scale: 100, bias: -10)
    let found = likelihood.probabilities(of: [9, 0.30, 0.29][1...])
    // 1 / (1 + e⁻¹)
    #expect(isClose(found, [0.7310586, 0.2689414]))
    #expect(isClose(likelihood.probabilities(of: [-1, 1, -1]), [0, 1, 0]))
  }

  @Test("Sigmoid asks each label alone, by scale · cosine + bias")
  func sigmoid() {
    let likelihood = Likelihood(scoring: .sigmoid, scale: 110, bias: -12.5)
    // 1 / (1 + e^(−110 · 0.12 + 12.5)), 1 / (1 + e^12.5)
    #expect(isClose(likelihood.probabilities(of: [0.12, 0]), [0.6681878, 3.7266e-6]))
  }

  @Test("SigLIP's models have a sigmoid with the file's own scale and bias; CLIP's a softmax")
  func families() throws {
    for (name, scoring) in [("siglip", "sigmoid"), ("clip", "softmax"), ("kelip", "softmax")] {
      let path = fixture("families_image/" + name)
      let model = try Model(folder: path)
      #expect(model.likelihood.scoring.rawValue == scoring, "\(name)")
      let file = try openTensors(path + "/model.safetensors")
      let key = file.entries.keys.first { $0.hasSuffix("logit_scale") } ?? ""
      let scale = exp(Double(try file.tensor(key).floats[0]))
      #expect(isClose(model.likelihood.scale, scale, tolerance: 1e-5), "\(name)")
    }
  }
}
