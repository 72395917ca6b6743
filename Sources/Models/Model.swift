import Checkpoints
import Foundation
import Layers
import Pictures
package import Tokens
package import Torch
package import Towers

/// A dual encoder with all that its use needs: tokenizer, preprocessing, languages.
///
/// Our own models' folder holds `model.json` (``ModelCard``), `model.safetensors` and
/// `tokenizer.json`; a published model's folder is as one of the ``families`` has it.
package struct Model {
  package let card: ModelCard
  package let encoder: DualEncoder
  /// How texts become ids; nil for a model without texts, or loaded without.
  package var reader: TextReader?
  package var tokenizer: Tokenizer? { reader?.tokenizer }
  package let device: Device
  /// How the towers compute.
  package var precision = InferencePrecision.float32
  /// Tells this model's vectors from any other's: a digest of its files.
  package let identity: String
  /// Whether it is a tower alone, to begin training with: ``ModelFiles/isBackbone``.
  package let isBackbone: Bool

  /// Loads the model in a folder.
  ///
  /// - Parameters:
  ///   - towers: Which sides are loaded; the numbers of the others are never read.
  ///   - companions: Finds the folder of a model that this one refers to by its name on the hub.
  /// - Throws: ``ModelError``, ``CheckpointError`` or ``TokenizerError``; each names the file.
  package init(
    folder: String, towers: DualEncoder.Towers = .both, device: Device = .cpu,
    companions: @escaping @Sendable (String) throws(ModelError) -> String = {
      (name: String) throws(ModelError) -> String in
      throw .notAModel(path: name, missing: "copy in the cache")
    }
  ) throws {
    let files = try ModelFiles(folder: PublishedFolder(path: folder, companions: companions))
    try self.init(files, towers: towers, device: device)
  }

  package init(_ files: ModelFiles, towers: DualEncoder.Towers = .both, device: Device = .cpu)
    throws
  {
    card = files.card
    self.device = device
    isBackbone = files.isBackbone
    let needed = files.weights.filter { part in
      towers == .both || part.towers == .both || part.towers == towers
    }
    var parts: [MappedSource.Part] = []
    for part in needed { parts.append(.init(try openTensors(part.path), part.keys)) }
    // Numbers that are only read may stay in the file; on another device they are copied anyway.
    let source = MappedSource(parts, absent: files.absent, copies: false)
    encoder = try DualEncoder(card.encoder, towers: towers, in: Scope(source))
    if towers == .both {
      let unused = source.unused(besides: files.ignored)
      guard unused.isEmpty else { throw CheckpointError.unused(keys: unused) }
    }
    for parameter in encoder.parameters {
      parameter.isTrainable = false
      if device != .cpu { parameter.move(to: device) }
    }
    if let path = files.tokenizer, let text = card.encoder.text, towers != .images {
      let tokenizer = try Tokenizer(contentsOf: path, rows: text.vocabulary)
      guard tokenizer.vocabularySize <= text.vocabulary else {
        throw ModelError.contradiction(
          path: card.name,
          reason: "its tokenizer has \(tokenizer.vocabularySize) tokens, its text tower only "
            + "\(text.vocabulary)")
      }
      reader = TextReader(tokenizer: tokenizer, treatment: card.text)
    } else {
      reader = nil
    }
    identity = try Self.identity(of: files, parts: parts.map(\.file))
  }
}

extension ModelFiles {
  /// What is in a folder: our own model, or that of the first family that knows it.
  ///
  /// - Throws: ``ModelError``
  package init(folder: PublishedFolder) throws(ModelError) {
    let path = folder.path
    if folder.has("model.json") {
      let card = try ModelCard(folder: path)
      let readsTexts = card.encoder.text != nil
      for name in ["model.safetensors"] + (readsTexts ? ["tokenizer.json"] : [])
      where !folder.has(name) {
        throw .notAModel(path: path, missing: name)
      }
      self.init(
        card: card, weights: [Weights(path: path + "/model.safetensors", keys: nil)],
        tokenizer: readsTexts ? path + "/tokenizer.json" : nil)
      return
    }
    for family in families {
      if let files = try family.read(folder) {
        self = files
        return
      }
    }
    guard folder.has("config.json") else { throw .notAModel(path: path, missing: "model.json") }
    let settings = try folder.settings("config.json")
    let kind = try settings.string(
      "model_type",
      settings.has("vision_cfg")
        ? "open_clip's towers without open_clip's files" : "none is named")
    throw .unknownArchitecture(
      path: path, found: try settings.strings("architectures", []).first ?? kind)
  }
}
