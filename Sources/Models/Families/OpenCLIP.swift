package import Layers
import Pictures
package import Towers

extension Family {
  /// Models of open_clip whose towers are its own, and those with SigLIP's image tower of timm.
  ///
  /// - Source: Cherti et al. 2023, arXiv:2212.07143; mlfoundations/open_clip.
  package static let openCLIP = Family(
    name: "open_clip", title: "Models of open_clip (LAION, DataComp, OpenAI, SigLIP and others)",
    published: openCLIPModels, reference: .openCLIP, read: readOpenCLIP)
}

private let openCLIPModels = [
  Published(
    "laion/CLIP-ViT-B-32-laion2B-s34B-b79K", languages: ["en"], license: "MIT",
    bytes: 605_157_884),
  Published("laion/CLIP-ViT-B-16-laion2B-s34B-b88K", languages: ["en"], license: "MIT"),
  Published("laion/CLIP-ViT-L-14-laion2B-s32B-b82K", languages: ["en"], license: "MIT"),
  Published("laion/CLIP-ViT-H-14-laion2B-s32B-b79K", languages: ["en"], license: "MIT"),
  Published("laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K", languages: ["en"], license: "MIT"),
  Published("laion/CLIP-ViT-B-16-DataComp.XL-s13B-b90K", languages: ["en"], license: "MIT"),
  Published("laion/CLIP-ViT-L-14-DataComp.XL-s13B-b90K", languages: ["en"], license: "MIT"),
  Published("timm/ViT-B-16-SigLIP", languages: ["en"], license: "Apache-2.0"),
  Published("timm/ViT-B-16-SigLIP-384", languages: ["en"], license: "Apache-2.0"),
  Published("timm/ViT-SO400M-14-SigLIP-384", languages: ["en"], license: "Apache-2.0"),
  Published("timm/ViT-B-16-SigLIP-i18n-256", languages: ["multilingual"], license: "Apache-2.0"),
  Published("timm/ViT-B-16-SigLIP2", languages: ["multilingual"], license: "Apache-2.0"),
  Published("timm/ViT-SO400M-14-SigLIP2-378", languages: ["multilingual"], license: "Apache-2.0"),
]

@Sendable private func readOpenCLIP(_ folder: PublishedFolder) throws(ModelError) -> ModelFiles? {
  // Towers of Hugging Face belong to the families that know them.
  guard let file = try folder.openCLIPSettings(), file.has("model_cfg.embed_dim"),
    !file.has("model_cfg.text_cfg.hf_model_name"),
    !file.has("model_cfg.multimodal_cfg")
  else { return nil }
  let image = try OpenCLIPImage(file)
  let text = try OpenCLIPText(file, folder)
  let encoder = DualEncoder.Settings(
    image: .vit(image.settings), text: .transformer(text.settings), width: image.width,
    imageProjection: image.projection, textProjection: text.projection)
  let hasBias = file.has("model_cfg.init_logit_bias")
  return ModelFiles(
    card: try Family.card(
      folder, openCLIPModels, encoder: encoder,
      preprocessing: try .openCLIP(file, size: image.settings.size), text: text.treatment,
      source: "mlfoundations/open_clip", scoring: hasBias ? .sigmoid : .softmax,
      note: file.note),
    weights: [
      .init(
        path: try folder.weights(WeightFiles.openCLIP),
        keys: image.keys + text.keys + ["log_scale": "logit_scale", "bias": "logit_bias"])
    ],
    absent: hasBias ? [] : ["bias"], ignored: OpenCLIPImage.ignored,
    tokenizer: try text.tokenizer(in: folder))
}

/// The image tower that an `open_clip_config.json` describes.
package struct OpenCLIPImage {
  package let settings: ViT.Settings
  package let projection: ProjectionSettings
  /// Width of the shared space.
  package let width: Int
  /// From `image.…` and `image_projection.…` to the checkpoint's names.
  package let keys: KeyMap

  /// Tensors of older files that say nothing which the settings do not.
  package static let ignored = [
    "attn_mask", "text.attn_mask", "input_resolution", "context_length", "vocab_size",
  ]

  /// - Throws: ``ModelError`` for a tower that is not a vision transformer of the kinds known here.
  package init(_ file: PublishedSettings) throws(ModelError) {
    width = try file.int("model_cfg.embed_dim")
    let vision = "model_cfg.vision_cfg."
    if file.has(vision + "timm_model_name") {
      (settings, projection, keys) = try Self.timm(file, vision)
      return
    }
    for unknown in [
      "ls_init_value", "block_type", "qk_norm", "scaled_cosine_attn", "scale_heads",
      "scale_attn_inner", "scale_attn", "scale_fc",
    ] where file.has(vision + unknown) {
      throw .unknownArchitecture(path: file.path, found: "a vision transformer with \(unknown)")
    }
    // Before open_clip 2.23: the mean of all tokens, the class's among them.
    for unknown in ["global_average_pool", "input_patchnorm"]
    where try file.bool(vision + unknown, false) {
      throw .unknownArchitecture(path: file.path, found: "a vision transformer with \(unknown)")
    }
    guard try !file.bool(vision + "attentional_pool", false) else {
      throw .unknownArchitecture(path: file.path, found: "a vision transformer pooled by attention")
    }
    let towerWidth = try file.int(vision + "width", 768)
    let heads = towerWidth / max(1, try file.int(vision + "head_width", 64))
    try file.check(heads: heads, width: towerWidth)
    let (size, patch) = try file.grid(
      size: vision + "image_size", patch: vision + "patch_size", (224, 16))
    var settings = ViT.Settings.clip(
      size: size, patch: patch, width: towerWidth, depth: try file.int(vision + "layers", 12),
      heads: heads,
      inner: try file.inner(vision + "mlp_ratio", width: towerWidth),
      activation: try file.openCLIPActivation(vision))
    settings.epsilon = try file.double(vision + "norm_kwargs.eps", 1e-5)
    settings.dropout.patches = try file.double(vision + "patch_dropout", 0)
    settings.hasPreNorm = try !file.bool(vision + "no_ln_pre", false)
    switch try file.string(vision + "pool_type", "tok") {
    case "tok": break
    case "avg":
      settings.pooling = .mean
      settings.finalNorm = try file.bool(vision + "final_ln_after_pool", false) ? .pooled : .tokens
    case let pooling:
      throw .unknownArchitecture(
        path: file.path, found: "a vision transformer pooled by \(pooling)")
    }
    self.settings = settings
    projection = .linear
    keys =
      KeyMap.openCLIPVision.prefixed(ours: "image.", theirs: "visual.") + [
        "image_projection.weight": .transposed("visual.proj")
      ]
  }

  /// SigLIP's towers, which open_clip takes from timm by name: `vit_base_patch16_siglip_384`.
  private static func timm(_ file: PublishedSettings, _ vision: String) throws(ModelError)
    -> (ViT.Settings, ProjectionSettings, KeyMap)
  {
    let name = try file.string(vision + "timm_model_name")
    let parts = name.split(separator: "_")
    let sizes = [
      "base": (768, 12, 12), "large": (1024, 24, 16), "so400m": (1152, 27, 16),
      "giantopt": (1536, 40, 16),
    ]
    guard parts.count == 5, parts[0] == "vit", let shape = sizes[String(parts[1])],
      parts[2].hasPrefix("patch"), let patch = Int(parts[2].dropFirst(5)), patch > 0,
      parts[3] == "siglip", let own = Int(parts[4]), own >= patch
    else {
      throw .unknownArchitecture(path: file.path, found: "timm's \(name)")
    }
    let pool = try file.string(vision + "timm_pool", "avg")
    guard pool == "map" else {
      throw .unknownArchitecture(path: file.path, found: "timm's \(name) pooled by \(pool)")
    }
    // timm's first towers have the exact function; the later ones, as the original, JAX's.
    let isLater =
      ["patch32", "giantopt"].contains { name.contains($0) } || name.contains("so400m_patch16")
      || name == "vit_large_patch16_siglip_512"
    let activation: Activation = isLater ? .tanhGELU : .gelu
    var settings = ViT.Settings.siglip(
      size: try file.int(vision + "image_size", own), patch: patch, width: shape.0,
      depth: shape.1, heads: shape.2, inner: parts[1] == "so400m" ? 4304 : nil,
      activation: activation)
    settings.dropout.patches = try file.double(vision + "patch_dropout", 0)
    settings.dropout.path = try file.double(vision + "timm_drop_path", 0)
    let trunk = KeyMap.timmViT.prefixed(ours: "image.", theirs: "visual.trunk.")
    switch try file.string(vision + "timm_proj", "linear") {
    case "none", "": return (settings, .none, trunk)
    case "linear":
      let isAffine = try file.bool(vision + "timm_proj_bias", false)
      return (
        settings, isAffine ? .affine : .linear,
        trunk + ["image_projection.%": "visual.head.proj.%"]
      )
    case let projection:
      throw .unknownArchitecture(
        path: file.path, found: "\(name) with a projection “\(projection)”")
    }
  }
}

extension PublishedSettings {
  /// Width inside of a perceptron, from its proportion.
  func inner(_ field: String, width: Int) throws(ModelError) -> Int? {
    guard has(field) else { return nil }
    let ratio = try double(field)
    guard ratio > 0, ratio < 100 else {
      throw .unreadable(path: path, reason: "“\(field)” is \(ratio)")
    }
    return Int(Double(width) * ratio)
  }

  /// open_clip's activation: exact unless `quick_gelu` or `approximate: tanh` says otherwise.
  func openCLIPActivation(_ tower: String) throws(ModelError) -> Activation {
    if try bool("model_cfg.quick_gelu", false) { return .quickGELU }
    return try string(tower + "act_kwargs.approximate", "none") == "tanh" ? .tanhGELU : .gelu
  }
}
