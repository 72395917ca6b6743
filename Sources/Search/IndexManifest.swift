import CScan
import Files
import Foundation

/// How the vectors of an index are stored.
package enum VectorType: String, Codable, Sendable, CaseIterable {
  /// Exact.
  case float32
  /// Half the size and twice as fast; scores differ in the fourth digit.
  case float16
  /// Scanned at one byte a number, the best then scored again in ``float16``.
  case int8

  var scanned: cscan_type {
    switch self {
    case .float32: CSCAN_FLOAT32
    case .float16: CSCAN_FLOAT16
    case .int8: CSCAN_INT8
    }
  }
}

/// The model that made the vectors of an index.
package struct IndexedModel: Codable, Sendable, Equatable {
  /// For people: a run's or a published model's name.
  package var name: String
  /// Equal only if embeddings can be compared, such as the checksum of the weights.
  package var id: String

  package init(name: String, id: String? = nil) {
    self.name = name
    self.id = id ?? name
  }
}

/// What an index holds: its file `manifest.json`, whose writing is what commits the index.
package struct IndexManifest: Codable, Sendable, Equatable {
  package static let currentVersion = 1
  static let fileName = "manifest.json"
  static let formatName = "pictoglot-index"

  package struct File: Codable, Sendable, Equatable {
    package var name: String
    package var bytes: Int
    /// XXH64 in hexadecimal, as `xxhsum -H1` prints it.
    package var checksum: String
  }

  package var format = IndexManifest.formatName
  package var version = IndexManifest.currentVersion
  /// Counts the times this folder was committed; part of the files' names.
  package var generation: Int
  package var model: IndexedModel
  package var count: Int
  package var width: Int
  package var type: VectorType
  /// Every vector has length one, so that dot products are cosines.
  package var normalization = "l2"
  /// The languages of the captions, the most frequent first.
  package var languages: [String]
  /// ISO 8601.
  package var created: String
  package var vectors: File
  /// The numbers to score the best hits with again (``VectorType/int8`` only).
  package var rescoring: File?
  /// One factor a row (``VectorType/int8`` only).
  package var scales: File?
  package var metadata: File

  var files: [File] { [vectors, rescoring, scales, metadata].compactMap { $0 } }

  /// Changes whenever the contents of the index do.
  package var fingerprint: String {
    String(vectors.checksum.prefix(8) + metadata.checksum.prefix(8))
  }

  /// Whether a file of an index folder belongs to one of its generations.
  static func isDataFile(_ name: String) -> Bool {
    ["vectors.", "rescoring.", "scales.", "metadata."].contains { name.hasPrefix($0) }
      && (name.hasSuffix(".npy") || name.contains(".sqlite"))
  }

  /// The name that a data file has while it is built, and its generation: `vectors.npy` and 3 of
  /// `vectors.3.npy`.
  static func parts(ofDataFile name: String) -> (plain: String, generation: Int)? {
    let parts = name.split(separator: ".")
    guard isDataFile(name), parts.count == 3, let generation = Int(parts[1]) else { return nil }
    return ("\(parts[0]).\(parts[2])", generation)
  }

  static func read(from folder: String) throws(IndexError) -> IndexManifest {
    let path = folder + "/" + fileName
    guard FileManager.default.fileExists(atPath: path) else {
      let unfinished = FileManager.default.fileExists(atPath: folder + "/" + BuildFolder.name)
      throw unfinished ? .unfinished(folder: folder) : .missing(folder: folder)
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .file(FileError(.read, path, reason: "permission denied or not a file"))
    }
    struct Head: Decodable {
      var format: String
      var version: Int
    }
    guard let head = try? JSONDecoder().decode(Head.self, from: data), head.format == formatName
    else { throw .damaged(file: path, reason: "it is not a manifest of an index") }
    guard head.version <= currentVersion else {
      throw .newer(folder: folder, version: head.version)
    }
    guard let manifest = try? JSONDecoder().decode(IndexManifest.self, from: data) else {
      throw .damaged(file: path, reason: "a field is missing or of the wrong kind")
    }
    let plausible = manifest.count > 0 && manifest.width > 0 && manifest.width <= 1 << 16
    let plain = manifest.files.allSatisfy { !$0.name.contains("/") && !$0.name.hasPrefix(".") }
    guard plausible, plain else { throw .damaged(file: path, reason: "it contradicts itself") }
    return manifest
  }

  func write(to folder: String) throws(IndexError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let path = folder + "/" + Self.fileName
    guard let data = try? encoder.encode(self) else {
      throw .file(FileError(.write, path, reason: "its fields cannot be encoded"))
    }
    do throws(FileError) {
      try writeWhole(data + Data("\n".utf8), to: path, beside: path + ".new")
    } catch { throw IndexError(error) }
  }
}
