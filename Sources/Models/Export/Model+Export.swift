import Checkpoints
import Files
import Foundation
import Layers
import Tokens
import Torch
import Towers

extension Model {
  /// What was written for another library.
  package struct Export: Codable, Sendable, Equatable {
    /// The class that loads it.
    package let architecture: String
    /// The files of the folder.
    package let files: [String]
    /// What a user of the checkpoint must do, one sentence each.
    package let notes: [String]
  }

  /// Writes a model as a checkpoint of another library, whole or not at all.
  ///
  /// - Parameters:
  ///   - folder: A folder that is not there yet.
  ///   - place: Where the checkpoint will be loaded from, for settings that name it: a repository;
  ///     the folder itself, if nil.
  /// - Throws: ``ExportError`` if the library has no such towers or the folder is there already;
  ///   ``FileError`` or ``CheckpointError`` if it cannot be written; what
  ///   ``init(_:towers:device:)`` throws.
  @discardableResult
  package static func export(
    _ files: ModelFiles, as format: ExportFormat, to folder: String, place: String? = nil
  ) throws -> Export {
    let folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw ExportError.placeTaken(path: folder)
    }
    guard let image = files.card.encoder.image?.settings else {
      throw ExportError.oneSided(model: files.card.name, side: "pictures")
    }
    guard let text = files.card.encoder.text?.settings else {
      throw ExportError.oneSided(model: files.card.name, side: "texts")
    }
    let texts = try ExportedTexts(of: files, for: format)
    let source = ExportSource(
      name: files.card.name,
      card: .init(
        image: image, text: text, encoder: files.card.encoder,
        isSigmoid: files.card.scoring == .sigmoid),
      tokens: texts.tokens, cleaning: files.card.text.cleaning,
      place: place ?? URL(fileURLWithPath: folder).standardizedFileURL.path)
    var layout =
      switch format {
      case .huggingFace: try ExportLayout.huggingFace(source)
      case .openCLIP: try ExportLayout.openCLIP(source)
      }
    layout.describe(files.card, format)
    layout.notes += texts.notes + files.card.preprocessing.notes(for: format)
    let model = try Model(files)
    let damaged = try model.damagedParameters()
    guard damaged.isEmpty else {
      throw ModelError.notNumbers(model: files.card.name, tensors: damaged)
    }
    let tensors = try layout.tensors(of: model, texts.renumbering)
    var written = texts.files
    for (name, settings) in layout.settings { written[name] = try jsonData(settings) }
    written["README.md"] = Data(layout.readme(files.card, format, place: place ?? folder).utf8)
    try write(written, tensors, layout.weights, to: folder)
    return Export(
      architecture: layout.architecture, files: (written.keys + [layout.weights]).sorted(),
      notes: layout.notes)
  }

  private static func write(
    _ files: [String: Data], _ tensors: [(name: String, tensor: Tensor)], _ weights: String,
    to folder: String
  ) throws {
    let beside = folder + ".partial-" + UUID().uuidString.prefix(8)
    do {
      try FileManager.default.createDirectory(atPath: beside, withIntermediateDirectories: true)
    } catch { throw FileError(.write, folder, because: error) }
    defer { try? FileManager.default.removeItem(atPath: beside) }
    do {
      for (name, data) in files.sorted(by: { $0.key < $1.key }) {
        try writeWhole(data, to: beside + "/" + name)
      }
    } catch { throw FileError(.write, folder, because: error) }
    // “pt” is what transformers asks of a file before it reads it.
    try writeSafetensors(tensors, metadata: ["format": "pt"], to: beside + "/" + weights)
    do { try moveIntoPlace(beside, to: folder) } catch {
      throw FileError(.write, folder, because: error)
    }
  }
}

extension ExportLayout {
  /// Settings that do not depend on the towers.
  fileprivate mutating func describe(_ card: ModelCard, _ format: ExportFormat) {
    switch format {
    case .huggingFace:
      settings["config.json"]?["architectures"] = [architecture]
      settings["config.json"]?["dtype"] = "float32"
      let processor =
        switch architecture {
        case "SiglipModel": "SiglipImageProcessor"
        case "ChineseCLIPModel": "ChineseCLIPImageProcessor"
        default: "CLIPImageProcessor"
        }
      settings["preprocessor_config.json"] = card.preprocessing.huggingFace(processor: processor)
    case .openCLIP:
      settings["open_clip_config.json"]?["preprocess_cfg"] = card.preprocessing.openCLIP
    }
  }

  /// The numbers under the library's names.
  ///
  /// - Throws: ``CheckpointError/unused(keys:)`` if it has no place for some.
  fileprivate func tensors(of model: Model, _ renumbering: TokenRenumbering?) throws
    -> [(name: String, tensor: Tensor)]
  {
    let table = model.card.encoder.text.map {
      "\(ParameterRole.textTower.rawValue).\($0.settings.tableName)"
    }
    var all: [(name: String, tensor: Tensor)] = []
    for parameter in model.encoder.parameters where !dropped.contains(parameter.name) {
      var numbers = parameter.value.to(.float32)
      if let renumbering, parameter.name == table {
        numbers = numbers.gathered(0, Tensor(renumbering.kept.map(Int64.init)))
      }
      guard let found = keys.tensors(for: parameter.name, numbers) else {
        throw CheckpointError.unused(keys: [parameter.name])
      }
      all += found
    }
    all += additions
    return all.map { name, tensor in
      let axes = leadingAxes.first { name.hasSuffix($0.key) }?.value ?? 0
      return (name, tensor.reshaped([Int](repeating: 1, count: axes) + tensor.shape))
    }
  }

  /// A page that says what it is, where it comes from and how it is loaded.
  fileprivate func readme(_ card: ModelCard, _ format: ExportFormat, place: String) -> String {
    let name = place.split(separator: "/").last.map(String.init) ?? place
    let load =
      switch format {
      case .huggingFace:
        """
        from transformers import AutoImageProcessor, AutoTokenizer, \(architecture)

        model = \(architecture).from_pretrained("\(name)")
        tokenizer = AutoTokenizer.from_pretrained("\(name)")
        processor = AutoImageProcessor.from_pretrained("\(name)")
        """
      case .openCLIP:
        """
        import open_clip

        model, _, preprocess = open_clip.create_model_and_transforms("local-dir:\(name)")
        tokenizer = open_clip.get_tokenizer("local-dir:\(name)")
        """
      }
    let languages =
      card.languages.isEmpty ? "" : "\nLanguages: \(card.languages.joined(separator: ", ")).\n"
    let remarks = notes.isEmpty ? "" : "\n" + notes.map { "- \($0)" }.joined(separator: "\n") + "\n"
    let sources = card.sources.map { "- \($0)" }.joined(separator: "\n")
    return """
      # \(card.name)

      An image-text model, written by Pictoglot for \(format.title).
      \(languages)
      ```python
      \(load)
      ```
      \(remarks)
      License of the numbers: \(card.license ?? "not said").

      Made from:

      \(sources)

      """
  }
}
