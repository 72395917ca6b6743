import Layers
import Torch
import Towers

// What keeps a tower of ours from being one of another library's; nil where nothing does.

/// The reason of the first of some statements that holds.
private func reason(_ statements: (holds: Bool, reason: String)...) -> String? {
  statements.first { $0.holds }?.reason
}

extension DualEncoder.Settings {
  /// The tower whose projection ends in a hyperbolic tangent, which is in no other library.
  var partBeforeTanh: String? {
    imageProjection == .affineTanh
      ? "the image tower" : textProjection == .affineTanh ? "the text tower" : nil
  }
}

extension ViT.Settings {
  /// transformers' `CLIPVisionModel`: a class token, normalized before the first block.
  var differenceFromCLIP: String? {
    reason(
      (stem != .patch, "its stem is of convolutions"),
      (pooling != .classToken, "it is pooled by \(pooling.words), not by a class token"),
      (!hasPreNorm, "it does not normalize before its first block"),
      (patchBias, "its patches have a bias"),
      (hasTanhPooler, "a tanh follows its pooling"))
  }

  /// transformers' `ViTModel` with its pooler.
  var differenceFromViT: String? {
    reason(
      (stem != .patch, "its stem is of convolutions"),
      (pooling != .classToken, "it is pooled by \(pooling.words), not by a class token"),
      (hasPreNorm, "it normalizes before its first block"),
      (!patchBias, "its patches have no bias"),
      (!hasTanhPooler, "no tanh follows its pooling"))
  }

  /// transformers' `SiglipVisionModel`, and timm's towers of that name.
  var differenceFromSigLIP: String? {
    reason(
      (stem != .patch, "its stem is of convolutions"),
      (pooling != .attention, "it is pooled by \(pooling.words), not by attention"),
      (hasClassToken, "it has a class token"),
      (hasPreNorm, "it normalizes before its first block"),
      (!patchBias, "its patches have no bias"),
      (finalNorm != .tokens, "it normalizes behind its pooling"),
      (hasTanhPooler, "a tanh follows its pooling"))
  }

  /// open_clip's own vision transformer.
  var differenceFromOpenCLIP: String? {
    reason(
      (stem != .patch, "its stem is of convolutions"),
      (pooling == .attention, "it is pooled by attention"),
      (!hasClassToken, "it has no class token"),
      (patchBias, "its patches have a bias"),
      (hasTanhPooler, "a tanh follows its pooling"),
      (activation.openCLIP == nil, "its activation is \(activation.rawValue)"))
  }

  /// Width inside of its perceptrons.
  var perceptronWidth: Int { inner ?? 4 * width }
}

extension ViT.Settings.Pooling {
  fileprivate var words: String {
    switch self {
    case .classToken: "a class token"
    case .mean: "the mean"
    case .attention: "attention"
    }
  }
}

extension TextTransformer.Settings {
  /// transformers' `CLIPTextModel`: causal, read at the end token.
  var differenceFromCLIP: String? {
    reason(
      (pooling == .mean, "it is pooled by the mean, not by its end token"),
      (!isCausal, "its tokens see later ones"),
      (filling != nil, "it reads what fills up short texts"))
  }

  /// transformers' `SiglipTextModel`: read at the last place.
  var differenceFromSigLIP: String? {
    reason(
      (pooling != .last, "it is not read at its last place"),
      (isCausal, "its tokens do not see later ones"),
      (
        filling.map { $0.length != contextLength } ?? false,
        "texts are filled up to less than its \(contextLength) places"
      ))
  }

  /// open_clip's own text transformer.
  var differenceFromOpenCLIP: String? {
    reason(
      (pooling == .mean, "it is pooled by the mean"),
      (
        !isCausal && filling == nil,
        "its tokens see later ones, and open_clip would show them the padding as well; "
          + "a run with model.text.filling can go there"
      ),
      (
        filling.map { $0.length != contextLength } ?? false,
        "texts are filled up to less than its \(contextLength) places"
      ),
      (activation.openCLIP == nil, "its activation is \(activation.rawValue)"))
  }

  /// Width inside of its perceptrons.
  var perceptronWidth: Int { inner ?? 4 * width }
}

extension Activation {
  /// Its name in transformers.
  var huggingFace: String {
    switch self {
    case .gelu: "gelu"
    case .tanhGELU: "gelu_pytorch_tanh"
    case .quickGELU: "quick_gelu"
    case .relu: "relu"
    case .silu: "silu"
    }
  }

  /// How open_clip says it: for the whole model, or of one tower; nil if it cannot.
  var openCLIP: (isQuick: Bool, settings: [String: Any]?)? {
    switch self {
    case .gelu: (false, nil)
    case .tanhGELU: (false, ["approximate": "tanh"])
    case .quickGELU: (true, nil)
    case .relu, .silu: nil
    }
  }
}

extension DualEncoder.Settings {
  /// What a matrix into the shared space lacks with us: it changes nothing.
  func identity(_ name: String) -> (name: String, tensor: Tensor) {
    var numbers = [Float](repeating: 0, count: width * width)
    for place in 0..<width { numbers[place * width + place] = 1 }
    return (name, Tensor(numbers, shape: [width, width]))
  }
}
