package import Checkpoints
import Files
import Foundation
import Layers
import Recipes
package import Torch

/// The folder of a run; it explains itself.
///
/// | file | what |
/// |---|---|
/// | `recipe.json` | the recipe's name, all its settings, seed, data, command and versions |
/// | `log.jsonl` | one object a report: step, loss, rates, speed, recall |
/// | `events.out.tfevents.…` | the same for TensorBoard |
/// | `checkpoint.safetensors` | everything a run needs to go on |
/// | `rollback.safetensors` | the checkpoint that a run which diverges goes back to, while it runs |
/// | `divergence.jsonl` | one object for each step that diverged: its loss, its samples |
/// | `model.json`, `model.safetensors`, `tokenizer.json` | the model, ready to use |
package struct RunFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package var description: String { path + "/recipe.json" }
  package var log: String { path + "/log.jsonl" }
  package var checkpoint: String { path + "/checkpoint.safetensors" }
  package var rollbackPoint: String { path + "/rollback.safetensors" }
  package var divergences: String { path + "/divergence.jsonl" }
  package var tokenizer: String { path + "/tokenizer.json" }

  /// Whether there is a run that can be gone on with; one that ended before its first checkpoint has
  /// nothing to lose.
  package var holdsRun: Bool { FileManager.default.fileExists(atPath: checkpoint) }

  /// Makes the folder for a new run.
  ///
  /// - Throws: ``TrainingError`` if a run is in it already, or it cannot be made.
  package func create() throws(TrainingError) {
    if holdsRun { throw .folderInUse(path: path) }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch { throw .file(FileError(.write, path, because: error)) }
  }

  /// Writes `recipe.json`, beside first, then renamed.
  ///
  /// - Throws: ``TrainingError/file(_:)``
  package func write(_ record: RunRecord) throws(TrainingError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try writeWhole(try encoder.encode(record), to: description)
    } catch { throw .file(FileError(.write, description, because: error)) }
  }

  /// Reads `recipe.json`.
  ///
  /// - Throws: ``TrainingError/nothingToResume(path:)`` or ``TrainingError/file(_:)``
  package func record() throws(TrainingError) -> RunRecord {
    guard let data = FileManager.default.contents(atPath: description) else {
      throw .nothingToResume(path: path)
    }
    do { return try JSONDecoder().decode(RunRecord.self, from: data) } catch {
      throw .file(FileError(.read, description, reason: Self.words(for: error)))
    }
  }

  /// What is wrong with a file of JSON, in a few words.
  private static func words(for error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "it lacks “\(key.stringValue)”"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "“\(context.codingPath.map(\.stringValue).joined(separator: "."))” has a value of another kind"
    default: "it is not whole JSON"
    }
  }
}

extension RunFolder {
  /// Gives parameters the numbers that they have in a checkpoint.
  ///
  /// - Throws: ``TrainingError/nothingToResume(path:)``, or ``CheckpointError`` if the checkpoint is
  ///   not of this network.
  @discardableResult
  package static func restore(_ parameters: [Parameter], from checkpoint: String) throws
    -> SafetensorsFile
  {
    guard FileManager.default.fileExists(atPath: checkpoint) else {
      throw TrainingError.nothingToResume(
        path: URL(fileURLWithPath: checkpoint).deletingLastPathComponent().path)
    }
    let file = try SafetensorsFile(path: checkpoint)
    for parameter in parameters {
      parameter.assign(try file.tensor(parameter.name, parameter.shape, .zeros))
    }
    return file
  }
}

extension RunFolder {
  /// The reports of a run so far.
  ///
  /// - Throws: ``TrainingError/file(_:)`` if there are none.
  package func reports() throws(TrainingError) -> [TrainingReport] {
    guard let data = FileManager.default.contents(atPath: log) else {
      throw .file(FileError(.read, log, reason: "there is no such file; is \(path) a run?"))
    }
    let decoder = JSONDecoder()
    let reports = data.split(separator: UInt8(ascii: "\n")).compactMap {
      try? decoder.decode(TrainingReport.self, from: Data($0))
    }
    guard !reports.isEmpty else {
      throw .file(FileError(.read, log, reason: "it holds no reports yet"))
    }
    return reports
  }
}

/// What `recipe.json` says of a run.
package struct RunRecord: Codable, Sendable, Equatable {
  package var recipe: String
  /// The recipe's settings; their form is the recipe's business.
  package var settings: JSONText
  package var seed: UInt64
  package var data: String
  /// The models that the towers began with; nil for towers that were drawn.
  package var imageFrom: String?
  package var textFrom: String?
  /// Tokens of the text model that were kept; nil if all were.
  package var keptTokens: Int?
  /// The model whose texts were followed.
  package var teacher: String?
  /// A digest of what was learned from: ids, captions, concepts.
  package var contents: String?
  /// Threads that the run computes with.
  package var threads: Int?
  package var command: [String]
  package var versions: [String: String]

  package init(
    recipe: String, settings: JSONText, seed: UInt64, data: String, imageFrom: String? = nil,
    textFrom: String? = nil, keptTokens: Int? = nil, teacher: String? = nil,
    contents: String? = nil, threads: Int? = nil, command: [String], versions: [String: String]
  ) {
    self.recipe = recipe
    self.settings = settings
    self.seed = seed
    self.data = data
    self.imageFrom = imageFrom
    self.textFrom = textFrom
    self.keptTokens = keptTokens
    self.teacher = teacher
    self.contents = contents
    self.threads = threads
    self.command = command
    self.versions = versions
  }
}
