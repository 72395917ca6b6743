import Checkpoints
import Foundation
import Layers
import Pictures
import Towers

extension Family {
  /// Image towers as timm publishes them, to begin training with: plain vision transformers, CLIP's and
  /// DINOv2's, and TensorFlow's EfficientNets; their classifiers are left.
  ///
  /// A picture's vector is what timm gives for `num_classes=0`.
  ///
  /// - Source: huggingface/pytorch-image-models `vision_transformer.py`, `efficientnet.py`.
  package static let timmBackbone = Family(
    name: "timm-backbone", title: "timm's ViT and EfficientNet: pictures to begin with",
    published: models, reference: .timm, read: readTimmBackbone)
}

private let models = [
  "timm/vit_base_patch16_224.augreg2_in21k_ft_in1k", "timm/vit_small_patch14_dinov2.lvd142m",
  "timm/tf_efficientnet_b0.ns_jft_in1k", "timm/tf_efficientnet_b5.ns_jft_in1k",
].map { Published($0, languages: [], license: "Apache-2.0") }

@Sendable private func readTimmBackbone(_ folder: PublishedFolder) throws(ModelError)
  -> ModelFiles?
{
  guard folder.has("config.json"), !folder.has("open_clip_config.json") else { return nil }
  let file = try folder.settings("config.json")
  guard !file.has("model_type"), file.has("architecture") else { return nil }
  // Old names of a repository's architecture hold its training, behind a point or not.
  let name = String(try file.string("architecture").prefix { $0 != "." })
  if name.wholeMatch(of: #/tf_efficientnet_b[0-7](_ns|_ap)?/#) != nil {
    return try readEfficientNet(file, folder)
  }
  if let form = ViTForm(name) { return try read(form, file, folder) }
  throw .unknownArchitecture(path: folder.path, found: "timm's \(name)")
}

private func readEfficientNet(_ file: PublishedSettings, _ folder: PublishedFolder)
  throws(ModelError) -> ModelFiles
{
  let preprocessing = try Preprocessing.timm(file, size: 224)
  let path = try folder.weights()
  let shapes = TensorShapes(try modelTensors(path), "")
  let settings = try EfficientNet.Settings(shapes, size: preprocessing.size, path)
  return try .imageBackbone(
    folder, models, .efficientNet(settings), width: settings.width, preprocessing: preprocessing,
    weights: .init(path: path, keys: KeyMap.timmEfficientNet.prefixed(ours: "image.")),
    ignored: KeyMap.timmEfficientNetIgnored, source: "timm's tf_efficientnet")
}

extension EfficientNet.Settings {
  /// The network that a file holds, by the sizes of its tensors.
  ///
  /// - Throws: ``ModelError/unknownArchitecture(path:found:)`` if it is none of B0 to B8's proportions.
  init(_ shapes: TensorShapes, size: Int, _ path: String) throws(ModelError) {
    // Each block has one depthwise convolution.
    let blocks = (0..<7).map { shapes.count("blocks.\($0).*.conv_dw.weight") }
    let width = try shapes.size("conv_head.weight", 0)
    guard let settings = EfficientNet.Settings(size: size, width: width, blocks: blocks) else {
      throw .unknownArchitecture(path: path, found: "an EfficientNet of blocks \(blocks)")
    }
    self = settings
  }
}

/// What the name of one of timm's vision transformers says: `vit_base_patch32_clip_224`.
private struct ViTForm {
  enum Kind { case plain, clip, quickCLIP, dinov2 }

  let kind: Kind
  let patch: Int
  /// Side of its pictures, in pixels.
  let size: Int
  let width, depth, heads: Int

  init?(_ name: String) {
    let form = #/vit_([a-z]+)_patch(\d+)_(clip_quickgelu_|clip_)?(\d+|dinov2)/#
    guard let match = name.wholeMatch(of: form), let shape = Self.shapes[String(match.1)],
      let patch = Int(match.2)
    else { return nil }
    (width, depth, heads) = shape
    self.patch = patch
    guard match.4 != "dinov2" else {
      // Their giant has gated perceptrons.
      guard match.3 == nil, width < 1408 else { return nil }
      (kind, size) = (.dinov2, 518)
      return
    }
    kind = match.3 == nil ? .plain : match.3 == "clip_" ? .clip : .quickCLIP
    size = Int(match.4) ?? 0
  }

  private static let shapes: [String: (width: Int, depth: Int, heads: Int)] = [
    "tiny": (192, 12, 3), "small": (384, 12, 6), "medium": (512, 12, 8), "base": (768, 12, 12),
    "large": (1024, 24, 16), "huge": (1280, 32, 16), "giant": (1408, 40, 16),
    "gigantic": (1664, 48, 16),
  ]
}

private func read(_ form: ViTForm, _ file: PublishedSettings, _ folder: PublishedFolder)
  throws(ModelError) -> ModelFiles
{
  let preprocessing = try Preprocessing.timm(file, size: form.size)
  // A model may be made with other sizes than its name's.
  func size(_ field: String, _ standard: Int) throws(ModelError) -> Int {
    try file.int("model_args." + field, standard)
  }
  let width = try size("embed_dim", form.width)
  let heads = try size("num_heads", form.heads)
  try file.check(heads: heads, width: width)
  let isCLIP = form.kind == .clip || form.kind == .quickCLIP
  let pool = try file.string("global_pool", "token")
  guard pool == "token" || pool == "avg" else {
    throw .unknownArchitecture(path: file.path, found: "timm's ViT that pools by “\(pool)”")
  }
  let path = try folder.weights()
  let tensors = try modelTensors(path)
  let shapes = TensorShapes(tensors, "")
  let patch = try size("patch_size", form.patch)
  guard patch > 0, preprocessing.size >= patch else {
    throw .contradiction(
      path: file.path,
      reason: "pictures of \(preprocessing.size) pixels do not hold patches of \(patch)")
  }
  let vision = ViT.Settings(
    size: try side(shapes, file.path) * patch, patch: patch, width: width,
    depth: try size("depth", form.depth), heads: heads, patchBias: !isCLIP,
    hasClassToken: true, hasPreNorm: isCLIP,
    inner: try shapes.size("blocks.0.mlp.fc1.weight", 0),
    activation: form.kind == .quickCLIP ? .quickGELU : .gelu, epsilon: isCLIP ? 1e-5 : 1e-6,
    pooling: pool == "avg" ? .mean : .classToken)
  var keys = KeyMap.timmViT
  if form.kind == .dinov2 { keys = .timmLayerScales + keys }
  // What is pooled is normalized, where it is a mean.
  if pool == "avg" { keys = ["norm.%": "fc_norm.%"] + keys }
  return try .imageBackbone(
    folder, models, .vit(vision), width: width, preprocessing: preprocessing,
    weights: .init(path: path, keys: keys.prefixed(ours: "image.")),
    ignored: ["head.%", "mask_token"], source: "timm's vision_transformer")
}

/// Patches a side, by the table of positions, which has a row for the class token too.
private func side(_ shapes: TensorShapes, _ path: String) throws(ModelError) -> Int {
  let rows = try shapes.size("pos_embed", 1) - 1
  let side = Int(Double(rows).squareRoot().rounded())
  guard side > 0, side * side == rows else {
    throw .contradiction(path: path, reason: "its \(rows) positions do not form a square")
  }
  return side
}

extension Preprocessing {
  /// What `pretrained_cfg` of a timm model's `config.json` says.
  ///
  /// - Parameters:
  ///   - size: The side of its pictures if the file does not say.
  /// - Throws: ``ModelError`` if pictures are prepared in a way that is not known here.
  /// - Source: huggingface/pytorch-image-models `transforms_factory.py:transforms_imagenet_eval`.
  fileprivate static func timm(_ file: PublishedSettings, size: Int) throws(ModelError)
    -> Preprocessing
  {
    func refuse(_ reason: String) -> ModelError { .unreadable(path: file.path, reason: reason) }
    let place = "pretrained_cfg."
    let input = try file.floats(place + "input_size", [3, Float(size), Float(size)])
    guard input.count == 3, input[1] == input[2], (1...16_384).contains(input[1]) else {
      throw refuse("pictures of \(input) are not square")
    }
    var result = Preprocessing.imageNet(size: Int(input[1]))
    result.mean = try file.floats(place + "mean", result.mean)
    result.standardDeviation = try file.floats(place + "std", result.standardDeviation)
    switch try file.string(place + "interpolation", "bicubic") {
    case "bicubic": result.filter = .bicubic
    case "bilinear": result.filter = .bilinear
    case let name: throw refuse("interpolation “\(name)” is not known here")
    }
    let share = try file.double(place + "crop_pct", 0.875)
    guard share > 0.25, share <= 1 else { throw refuse("“crop_pct” is \(share)") }
    let side = Int(Double(result.size) / share)
    switch try file.string(place + "crop_mode", "center") {
    case "center": result.shortSide = side > result.size ? side : nil
    case "squash" where side == result.size: result.fit = .squash
    case let mode: throw refuse("crop mode “\(mode)” is not known here")
    }
    try result.check(file.path)
    return result
  }
}
