import Foundation

/// A folder with a published model's files, as its authors laid them out.
package struct PublishedFolder: Sendable {
  package let path: String
  /// What the model is called: its name on the hub where the folder is of the hub's cache.
  package let name: String
  /// Finds the folder of another model that this one refers to by its name on the hub.
  private let companions: @Sendable (String) throws(ModelError) -> String

  package init(
    path: String,
    companions: @escaping @Sendable (String) throws(ModelError) -> String = {
      (name: String) throws(ModelError) -> String in
      throw .notAModel(path: name, missing: "copy in the cache")
    }
  ) {
    self.path = path
    self.companions = companions
    let parts = path.split(separator: "/")
    if let part = parts.last(where: { $0.hasPrefix("models--") }) {
      name = String(part.dropFirst(8)).replacing("--", with: "/")
    } else {
      name = parts.last.map(String.init) ?? path
    }
  }

  package func has(_ file: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/" + file)
  }

  /// The folder of the model `name`, for models whose towers are published apart.
  ///
  /// - Throws: ``ModelError`` if it has not been pulled.
  package func companion(_ name: String) throws(ModelError) -> PublishedFolder {
    PublishedFolder(path: try companions(name), companions: companions)
  }

  /// A file of settings.
  ///
  /// - Throws: ``ModelError`` if it is missing or not a JSON object.
  package func settings(_ file: String) throws(ModelError) -> PublishedSettings {
    try PublishedSettings(path: path + "/" + file)
  }

  /// The path of the file that holds the numbers: the first of ``weightNames`` there is.
  ///
  /// - Throws: ``ModelError/missingFile(path:file:advice:)``
  package func weights() throws(ModelError) -> String {
    if let name = Self.weightNames.first(where: has) { return path + "/" + name }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    if let name = names.sorted().first(where: Self.isLooseCheckpoint) { return path + "/" + name }
    throw .missingFile(
      path: path, file: Self.weightNames[0],
      advice: "Pull the model again; its numbers are missing.")
  }

  /// The path of the tokenizer's file.
  ///
  /// - Throws: ``ModelError/missingFile(path:file:advice:)``
  package func tokenizer(orElse others: [String] = []) throws(ModelError) -> String {
    if let name = (["tokenizer.json"] + others).first(where: has) { return path + "/" + name }
    throw .missingFile(
      path: path, file: "tokenizer.json",
      advice: "Pull the model again, or put its tokenizer beside its numbers.")
  }
}

extension PublishedFolder {
  /// Files of numbers, the best first: those that need no conversion before those that do.
  package static let weightNames = [
    "open_clip_model.safetensors", "open_clip_pytorch_model.safetensors", "model.safetensors",
    "model.safetensors.index.json", "open_clip_pytorch_model.bin", "pytorch_model.bin",
    "pytorch_model.bin.index.json", "flax_model.msgpack",
  ]

  private static func isLooseCheckpoint(_ name: String) -> Bool {
    [".safetensors", ".pth", ".pt", ".npz"].contains { name.hasSuffix($0) }
  }

  /// Which of a repository's files a model needs here: settings, tokenizer, and one file of numbers.
  package static func wanted(among names: [String]) -> [String] {
    let settings = names.filter { name in
      !name.contains("/") && [".json", ".txt", ".model", ".txt.gz"].contains { name.hasSuffix($0) }
        && !name.hasSuffix(".index.json") || name == "1_Pooling/config.json"
        || name.hasPrefix("2_Dense/")
          && (name.hasSuffix("config.json") || name.hasSuffix("model.safetensors"))
    }
    guard let best = weightNames.first(where: names.contains) else {
      return settings
        + names.filter { !$0.contains("/") && isLooseCheckpoint($0) }.sorted().prefix(1)
    }
    guard best.hasSuffix(".index.json") else { return settings + [best] }
    // model.safetensors.index.json → model-00001-of-00003.safetensors
    let stem = best.prefix { $0 != "." } + "-"
    let kind = best.hasSuffix("safetensors.index.json") ? ".safetensors" : ".bin"
    return settings + [best] + names.filter { $0.hasPrefix(stem) && $0.hasSuffix(kind) }
  }
}
