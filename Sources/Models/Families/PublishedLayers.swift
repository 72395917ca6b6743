package import Layers
package import Towers

// What many published files of settings say in the same words.

extension PublishedSettings {
  /// The function between the linear maps of a perceptron, by its name in transformers.
  ///
  /// - Throws: ``ModelError/unreadable(path:reason:)`` if it is not one of those known here.
  package func activation(_ field: String, _ standard: String) throws(ModelError) -> Activation {
    switch try string(field, standard) {
    case "gelu", "gelu_python": return .gelu
    case "gelu_pytorch_tanh", "gelu_new", "gelu_fast": return .tanhGELU
    case "quick_gelu": return .quickGELU
    case "relu": return .relu
    case "silu", "swish": return .silu
    case let name:
      throw .unreadable(path: path, reason: "“\(field)” is “\(name)”, which is not known here")
    }
  }

  /// The number of attention heads.
  ///
  /// - Throws: ``ModelError`` if they do not divide the width.
  package func heads(_ field: String, _ standard: Int? = nil, width: Int) throws(ModelError) -> Int
  {
    let heads = try int(field, standard)
    try check(heads: heads, width: width)
    return heads
  }

  func check(heads: Int, width: Int) throws(ModelError) {
    guard heads > 0, width > 0, width % heads == 0 else {
      throw .contradiction(path: path, reason: "\(heads) heads do not divide a width of \(width)")
    }
  }

  /// Pictures of a side in pixels, in patches of another.
  ///
  /// - Throws: ``ModelError`` if there is not one whole patch.
  package func grid(size: String, patch: String, _ standard: (Int, Int)? = nil) throws(ModelError)
    -> (size: Int, patch: Int)
  {
    let (size, patch) = (try int(size, standard?.0), try int(patch, standard?.1))
    guard patch > 0, size >= patch, size <= 16_384 else {
      throw .contradiction(
        path: path, reason: "pictures of \(size) pixels do not hold patches of \(patch)")
    }
    return (size, patch)
  }
}

extension ViT.Settings {
  /// The `vision_config` of a `CLIPModel`, or of another model with CLIP's image tower.
  ///
  /// - Parameters:
  ///   - prefix: The field that holds it, with a dot behind; empty if it is the whole file.
  /// - Throws: ``ModelError`` if it cannot be.
  package init(huggingFaceCLIP file: PublishedSettings, _ prefix: String) throws(ModelError) {
    let width = try file.int(prefix + "hidden_size", 768)
    let (size, patch) = try file.grid(
      size: prefix + "image_size", patch: prefix + "patch_size", (224, 32))
    self = .clip(
      size: size, patch: patch, width: width,
      depth: try file.int(prefix + "num_hidden_layers", 12),
      heads: try file.heads(prefix + "num_attention_heads", 12, width: width),
      inner: try file.int(prefix + "intermediate_size", 3072),
      activation: try file.activation(prefix + "hidden_act", "quick_gelu"))
    epsilon = try file.double(prefix + "layer_norm_eps", 1e-5)
    dropout = try file.dropout(
      prefix, hidden: nil, attention: "attention_dropout", standard: 0)
  }

  /// The settings of a `ViTModel`, without its pooler.
  ///
  /// - Parameters:
  ///   - prefix: The field that holds them, with a dot behind; empty if they are the whole file.
  /// - Throws: ``ModelError`` if it cannot be.
  package init(huggingFaceViT file: PublishedSettings, _ prefix: String = "") throws(ModelError) {
    let width = try file.int(prefix + "hidden_size", 768)
    let (size, patch) = try file.grid(
      size: prefix + "image_size", patch: prefix + "patch_size", (224, 16))
    self.init(
      size: size, patch: patch, width: width,
      depth: try file.int(prefix + "num_hidden_layers", 12),
      heads: try file.heads(prefix + "num_attention_heads", 12, width: width), patchBias: true,
      inner: try file.int(prefix + "intermediate_size", 3072),
      activation: try file.activation(prefix + "hidden_act", "gelu"),
      epsilon: try file.double(prefix + "layer_norm_eps", 1e-12),
      dropout: try file.dropout(prefix, standard: 0), pooling: .classToken)
  }
}
