import Checkpoints
import Foundation
import Tokens

/// A folder with a published model's files, as its authors laid them out.
///
/// While a model is being pulled, the folder has all files that the hub lists, though only the
/// settings are here; which others are needed is what the family that reads it asks for. So what is
/// fetched and what is loaded cannot differ.
package struct PublishedFolder: Sendable {
  package let path: String
  /// What the model is called: its name on the hub where the folder is of the hub's cache.
  package let name: String
  /// The files that the hub lists; nil where those that are here are all there are.
  private let listing: [String]?
  /// Finds the folder of another model that this one refers to by its name on the hub.
  private let companions: @Sendable (String) throws(ModelError) -> String
  private let listings: @Sendable (String) -> [String]?

  /// - Parameters:
  ///   - companions: Finds the folder of a model that this one refers to by its name on the hub.
  ///   - listings: What the hub lists for a folder that is being pulled, by its path.
  package init(
    path: String,
    companions: @escaping @Sendable (String) throws(ModelError) -> String = {
      (name: String) throws(ModelError) -> String in
      throw .notAModel(path: name, missing: "copy in the cache")
    },
    listings: @escaping @Sendable (String) -> [String]? = { _ in nil }
  ) {
    self.path = path
    self.companions = companions
    self.listings = listings
    listing = listings(path)
    let parts = path.split(separator: "/")
    if let part = parts.last(where: { $0.hasPrefix("models--") }) {
      name = String(part.dropFirst(8)).replacing("--", with: "/")
    } else {
      name = parts.last.map(String.init) ?? path
    }
  }

  /// Whether the model has a file of this name, here or on the hub.
  package func has(_ file: String) -> Bool { listing?.contains(file) ?? isHere(file) }

  private func isHere(_ file: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/" + file)
  }

  /// The folder of the model `name`, for models whose towers are published apart.
  ///
  /// - Throws: ``ModelError`` if it has not been pulled.
  package func companion(_ name: String) throws(ModelError) -> PublishedFolder {
    PublishedFolder(path: try companions(name), companions: companions, listings: listings)
  }

  /// A file of settings.
  ///
  /// - Throws: ``ModelError`` if it is missing or not a JSON object.
  package func settings(_ file: String) throws(ModelError) -> PublishedSettings {
    try PublishedSettings(path: path + "/" + file)
  }

  /// The path of the file with the weights: the first of `names` that exists.
  ///
  /// - Throws: ``ModelError/missingFile(path:file:advice:)``
  package func weights(_ names: [String] = WeightFiles.transformers) throws(ModelError) -> String {
    if let name = names.first(where: has) { return path + "/" + name }
    throw .missingFile(
      path: path, file: names[0],
      advice: listing == nil
        ? "Pull the model again; its weights are missing."
        : "No file has its weights in a format that this family is read from.")
  }

  /// The path of the only file of weights with this suffix.
  ///
  /// - Parameter mark: What its name contains, in small letters; of a file that is here it need not,
  ///   if it is the only one.
  /// - Returns: Nil if there is none.
  package func checkpoint(_ suffix: String, named mark: String) -> String? {
    let here = try? FileManager.default.contentsOfDirectory(atPath: path)
    let names = (listing ?? here ?? []).filter { $0.hasSuffix(suffix) && !$0.contains("/") }
    let marked = names.sorted().first { $0.lowercased().contains(mark) }
    guard let name = marked ?? (names.count == 1 && isHere(names[0]) ? names[0] : nil) else {
      return nil
    }
    return path + "/" + name
  }

  /// The tensors of a file of numbers; nil while it is on the hub alone.
  ///
  /// - Throws: ``ModelError/unreadable(path:reason:)``
  func tensors(_ path: String) throws(ModelError) -> (any TensorFile)? {
    do { return try modelTensors(path) } catch {
      guard case .notFetched = error else { throw error }
      return nil
    }
  }

  /// The path of the tokenizer's file: this model's own, or that of the model it takes it from.
  ///
  /// - Throws: ``ModelError``
  package func tokenizer(orElse others: [String] = [], from companion: String? = nil)
    throws(ModelError) -> String
  {
    let names = ["tokenizer.json"] + others
    if let name = names.first(where: has) { return path + "/" + name }
    guard let companion else {
      throw .missingFile(
        path: path, file: names[0],
        advice: "Pull the model again, or put its tokenizer beside its weights.")
    }
    do { return try self.companion(companion).tokenizer(orElse: others) } catch {
      guard listing == nil else { throw error }
      throw .missingFile(
        path: path, file: names.joined(separator: " or "),
        advice: "Pull the model again, which fetches that of \(companion), too, or put it there.")
    }
  }
}

/// Names of files of numbers, by who writes them; the best first.
package enum WeightFiles {
  package static let transformers = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
    "pytorch_model.bin.index.json", "flax_model.msgpack",
  ]
  package static let openCLIP = [
    "open_clip_model.safetensors", "open_clip_pytorch_model.safetensors",
    "open_clip_pytorch_model.bin",
  ]
}

extension PublishedFolder {
  /// The files of settings among those of a repository, which say whether the model can be read.
  package static func settings(among names: [String]) -> [String] {
    let known = [
      "model.json", "config.json", "open_clip_config.json", "preprocessor_config.json",
      "tokenizer_config.json", "modules.json", "sentence_bert_config.json",
    ]
    return names.filter { name in
      // The parts of a sentence-transformers model have folders with numbers: 1_Pooling.
      known.contains(name)
        || name.hasSuffix("/config.json") && name.first?.isNumber == true
          && name.split(separator: "/").count == 2
    }
  }
}

extension ModelFiles {
  /// The files of a folder that loading reads besides settings: numbers and tokenizer.
  ///
  /// - Parameter names: All files that the folder's repository has.
  package func files(in folder: String, among names: [String]) -> [String] {
    func inside(_ path: String) -> String? {
      path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.utf8.count + 1)) : nil
    }
    var needed: [String] = []
    for name in weights.compactMap({ inside($0.path) }) {
      needed.append(name)
      guard let end = [".safetensors", ".bin"].first(where: { name.hasSuffix($0 + ".index.json") })
      else { continue }
      // model.safetensors.index.json → model-00001-of-00003.safetensors
      let stem = name.dropLast((end + ".index.json").utf8.count) + "-"
      needed += names.filter { $0.hasPrefix(stem) && $0.hasSuffix(end) }
    }
    if let name = tokenizer.flatMap(inside) {
      let beside = ["vocab.json": "merges.txt", Tokenizer.m2m100Name: "vocab.json"]
      needed += [name] + (beside[name].map { [$0] } ?? [])
    }
    return names.filter(needed.contains)
  }
}
