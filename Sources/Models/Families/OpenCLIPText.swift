import Layers
import Tokens
import Towers

/// The text tower of open_clip's own that an `open_clip_config.json` describes.
struct OpenCLIPText {
  let settings: TextTransformer.Settings
  let projection: ProjectionSettings
  let treatment: TextTreatment
  /// From `text.…` and `text_projection.…` to the checkpoint's names.
  let keys: KeyMap
  /// The model whose tokenizer this one has.
  private let tokenizerName: String

  private static let ownTokenizer = "openai/clip-vit-base-patch32"

  /// - Throws: ``ModelError`` for a tower of a kind that is not known here.
  init(_ file: PublishedSettings, _ folder: PublishedFolder) throws(ModelError) {
    let text = "model_cfg.text_cfg."
    for unknown in [
      "ls_init_value", "block_type", "qk_norm", "scaled_cosine_attn", "scale_heads",
      "scale_attn_inner", "scale_attn", "scale_fc", "tokenizer_mode",
    ] where file.has(text + unknown) {
      throw .unknownArchitecture(path: file.path, found: "a text transformer with \(unknown)")
    }
    guard try !file.bool(text + "embed_cls", false) else {
      throw .unknownArchitecture(path: file.path, found: "a text transformer with a class token")
    }
    let hasOwnTokenizer = !file.has(text + "hf_tokenizer_name")
    tokenizerName = try file.string(text + "hf_tokenizer_name", Self.ownTokenizer)
    let contextLength = try file.int(text + "context_length", 77)
    let isCausal = try !file.bool(text + "no_causal_mask", false)
    let padding = try folder.paddingToken(orElse: file.int(text + "pad_id", 0))

    let pooling = try file.string(text + "pool_type", "argmax")
    var filling: Filling?
    var end: Int32?
    var place = TextTransformer.Settings.Pooling.last
    // What is behind the place where a causal tower is read is never seen.
    switch (pooling, isCausal) {
    case ("argmax", true): place = hasOwnTokenizer ? .last : .greatest
    case ("eos", true): end = try file.has(text + "eos_id") ? Int32(file.int(text + "eos_id")) : nil
    case ("last", _): filling = Filling(length: contextLength, padding: padding)
    default:
      throw .unknownArchitecture(
        path: file.path,
        found: "a text transformer pooled by \(pooling)" + (isCausal ? "" : ", not causal"))
    }
    let width = try file.int(text + "width", 512)
    settings = TextTransformer.Settings(
      vocabulary: try file.int(text + "vocab_size", 49_408), contextLength: contextLength,
      width: width, depth: try file.int(text + "layers", 12),
      heads: try file.heads(text + "heads", 8, width: width), pooling: place,
      isCausal: isCausal, inner: try file.inner(text + "mlp_ratio", width: width),
      activation: try file.openCLIPActivation(text),
      epsilon: try file.double(text + "norm_kwargs.eps", 1e-5), filling: filling, end: end)
    try file.check(contextLength: contextLength)

    var treatment = TextTreatment(
      contextLength: contextLength, padding: padding,
      cleaning: try Self.cleaning(file, text, hasOwnTokenizer), paddedLength: filling?.length)
    if try file.bool(text + "tokenizer_kwargs.strip_sep_token", false) {
      // CLIPA reads BERT's ids with the end of each text put out: it is one more padding token.
      (treatment.start, treatment.end) = (101, 0)
    }
    self.treatment = treatment

    let hasBias = try file.bool(text + "proj_bias", false)
    let hasProjection = try file.string(text + "proj_type", "linear") != "none"
    projection = !hasProjection ? .none : hasBias ? .affine : .linear
    // A tower of its own class lies under `text.`; in the first form it is the model itself.
    let prefix = try file.bool("model_cfg.custom_text", false) ? "text." : ""
    let tower = KeyMap.openCLIPText.prefixed(ours: "text.", theirs: prefix)
    keys =
      tower
      + (hasBias
        ? KeyMap(dictionaryLiteral: ("text_projection.%", "text.text_projection.%"))
        : KeyMap(
          dictionaryLiteral: ("text_projection.weight", .transposed(prefix + "text_projection"))))
  }

  private static func cleaning(
    _ file: PublishedSettings, _ text: String, _ hasOwnTokenizer: Bool
  ) throws(ModelError) -> TextCleaning {
    let name = try file.string(
      text + "tokenizer_kwargs.clean", hasOwnTokenizer ? "lower" : "whitespace")
    guard let cleaning = TextCleaning(rawValue: name),
      [.whitespace, .lower, .canonicalize].contains(cleaning)
    else { throw .unreadable(path: file.path, reason: "cleaning “\(name)” is not known here") }
    return cleaning
  }

  /// The tokenizer's file: this model's own, or that of the model it takes it from.
  func tokenizer(in folder: PublishedFolder) throws(ModelError) -> String {
    try folder.tokenizer(
      orElse: ["vocab.json", "bpe_simple_vocab_16e6.txt.gz", "vocab.txt"], from: tokenizerName)
  }
}
