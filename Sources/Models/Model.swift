import Checkpoints
import Foundation
import Layers
import Pictures
package import Tokens
package import Torch
package import Towers

/// A dual encoder with all that its use needs: tokenizer, preprocessing, languages.
///
/// Its folder holds `model.json` (``ModelCard``), `model.safetensors` and `tokenizer.json`.
package struct Model {
  package let card: ModelCard
  package let encoder: DualEncoder
  package let tokenizer: Tokenizer
  package let device: Device
  /// Tells this model's vectors from any other's: a digest of its files.
  package let identity: String

  /// Loads the model in a folder.
  ///
  /// - Throws: ``ModelError``, ``CheckpointError`` or ``TokenizerError``; each names the file.
  package init(folder: String, device: Device = .cpu) throws {
    let (_, weightsPath, tokenizerPath) = Self.files(in: folder)
    for (path, name) in [
      (weightsPath, "model.safetensors"), (tokenizerPath, "tokenizer.json"),
    ] where !FileManager.default.fileExists(atPath: path) {
      throw ModelError.notAModel(path: folder, missing: name)
    }
    card = try ModelCard(folder: folder)
    let file = try SafetensorsFile(path: weightsPath)
    let scope = Scope(file)
    encoder = try DualEncoder(card.encoder, in: scope)
    let unused = Set(file.entries.keys).subtracting(encoder.parameters.map(\.name))
    guard unused.isEmpty else { throw CheckpointError.unused(keys: unused.sorted()) }
    for parameter in encoder.parameters {
      parameter.isTrainable = false
      if device != .cpu { parameter.move(to: device) }
    }
    tokenizer = try Tokenizer(contentsOf: tokenizerPath)
    guard tokenizer.vocabularySize <= card.encoder.text.vocabulary else {
      throw ModelError.contradiction(
        path: folder,
        reason: "its tokenizer has \(tokenizer.vocabularySize) tokens, its text tower only "
          + "\(card.encoder.text.vocabulary)")
    }
    self.device = device
    identity = file.metadata["identity"] ?? "unnamed"
  }

  private static func files(in folder: String) -> (card: String, weights: String, tokenizer: String)
  {
    (folder + "/model.json", folder + "/model.safetensors", folder + "/tokenizer.json")
  }

  /// Texts as the text tower takes them, and which of them had to be cut.
  package func tokens(of texts: [String]) -> (batch: TokenBatch, truncated: [Int]) {
    var truncated: [Int] = []
    let ids = texts.enumerated().map { index, text in
      let (ids, isTruncated) = tokenizer.ids(text, maximumLength: card.text.contextLength)
      if isTruncated { truncated.append(index) }
      return ids
    }
    return (TokenBatch(ids, padding: card.text.padding, on: device), truncated)
  }

  /// Embeddings of length one, `[count × width]`, row after row.
  ///
  /// Texts are grouped by length, so that no padding beyond the nearest few tokens is computed.
  ///
  /// - Throws: ``TorchError`` if libtorch fails, out of memory among others.
  package func embed(texts: [String], batch: Int = 256) throws -> [Float] {
    let ids = texts.map {
      tokenizer.ids($0, maximumLength: card.text.contextLength).ids
    }
    let order = ids.indices.sorted { ids[$0].count < ids[$1].count }
    var result = [Float](repeating: 0, count: texts.count * encoder.width)
    for start in stride(from: 0, to: order.count, by: batch) {
      let rows = Array(order[start..<min(start + batch, order.count)])
      let numbers = try withoutGradient {
        try catchingTorchErrors {
          encoder.embed(
            texts: TokenBatch(rows.map { ids[$0] }, padding: card.text.padding, on: device)
          ).floats
        }
      }
      for (position, row) in rows.enumerated() {
        result.replaceSubrange(
          row * encoder.width..<(row + 1) * encoder.width,
          with: numbers[position * encoder.width..<(position + 1) * encoder.width])
      }
    }
    return result
  }

  /// Embeddings of length one of preprocessed pictures, `[count × width]`, row after row.
  ///
  /// - Parameters:
  ///   - pixels: What ``ModelCard/preprocessing`` makes of each picture, one after another.
  /// - Throws: ``TorchError`` if libtorch fails, out of memory among others.
  package func embed(pixels: [Float], count: Int) throws -> [Float] {
    let size = card.preprocessing.size
    return try withoutGradient {
      try catchingTorchErrors {
        encoder.embed(images: Tensor(pixels, shape: [count, 3, size, size]).to(device)).floats
      }
    }
  }
}

extension Model {
  /// Writes a model's folder, so that ``init(folder:device:)`` finds it whole or not at all.
  ///
  /// - Parameters:
  ///   - tokenizer: The bytes of its `tokenizer.json`.
  /// - Throws: ``ModelError`` or ``CheckpointError`` if the folder cannot be written.
  package static func write(
    _ card: ModelCard, parameters: [(name: String, tensor: Tensor)], tokenizer: [UInt8],
    to folder: String
  ) throws {
    let paths = files(in: folder)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var digest = FNV()
    for (name, tensor) in parameters {
      digest.combine(Array(name.utf8))
      tensor.floats.withUnsafeBytes { digest.combine($0) }
    }
    digest.combine(tokenizer)
    do {
      try Data(tokenizer).write(to: URL(fileURLWithPath: paths.tokenizer), options: .atomic)
      try encoder.encode(card).write(to: URL(fileURLWithPath: paths.card), options: .atomic)
    } catch {
      throw ModelError.unwritable(path: folder, reason: error.localizedDescription)
    }
    try writeSafetensors(
      parameters, metadata: ["format": "pictoglot", "identity": digest.text], to: paths.weights)
  }
}

/// The 64-bit Fowler–Noll–Vo hash: enough to tell one model from another, not to prove anything.
private struct FNV {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func combine(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
