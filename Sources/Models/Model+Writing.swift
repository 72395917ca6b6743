import Checkpoints
import Files
import Foundation
package import Torch

extension Model {
  /// Writes a model's folder, so that ``init(folder:towers:device:companions:)`` finds it whole or
  /// not at all.
  ///
  /// - Parameters:
  ///   - tokenizer: The bytes of its `tokenizer.json`; nil for a model without texts.
  /// - Throws: ``FileError`` or ``CheckpointError`` if the folder cannot be written.
  package static func write(
    _ card: ModelCard, parameters: [(name: String, tensor: Tensor)], tokenizer: [UInt8]?,
    to folder: String
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var digest = FNV()
    for (name, tensor) in parameters {
      digest.combine(Array(name.utf8))
      tensor.floats.withUnsafeBytes { digest.combine($0) }
    }
    digest.combine(tokenizer ?? [])
    do {
      if let tokenizer {
        try writeWhole(Data(tokenizer), to: folder + "/tokenizer.json")
      }
      try writeWhole(try encoder.encode(card), to: folder + "/model.json")
    } catch {
      throw FileError(.write, folder, because: error)
    }
    try writeSafetensors(
      parameters, metadata: ["format": "pictoglot", "identity": digest.text],
      to: folder + "/model.safetensors")
  }
}
