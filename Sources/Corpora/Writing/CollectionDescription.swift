internal import Foundation

/// What a native collection says about itself, in the file `collection.json` beside its shards.
package struct CollectionDescription: Codable, Sendable, Equatable {
  package struct Shard: Codable, Sendable, Equatable {
    package var file: String
    package var samples: Int
    package var bytes: Int
  }

  package static let fileName = "collection.json"
  package static let currentVersion = 1

  package var version = Self.currentVersion
  package var name: String
  /// How the collection was made, in words.
  package var origin: String
  package var samples = 0
  package var shards: [Shard] = []
  package var splits: [String: Int] = [:]
  /// Pictures with captions in each language.
  package var languages: [String: Int] = [:]
  package var sources: [String: Int] = [:]
  package var licenses: [String: Int] = [:]
  package var concepts = 0

  package init(name: String, origin: String) {
    self.name = name
    self.origin = origin
  }

  /// The description of the collection in `folder`, `nil` if it has none.
  package init?(folder: String) {
    guard let bytes = try? InputFile(folder + "/" + Self.fileName).all(),
      let description = try? JSONDecoder().decode(Self.self, from: Data(bytes))
    else { return nil }
    self = description
  }

  /// The description as JSON text with its names in order.
  func json() -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Texts and numbers alone cannot fail to be encoded.
    guard let data = try? encoder.encode(self) else { return [] }
    return Array(data) + [0x0A]
  }

  /// Reports shards that the description beside `shards` names and that are gone.
  static func reportMissingShards(beside shards: [String], to collector: inout SampleCollector) {
    guard shards.count > 0, !shards[0].isEmpty else { return }
    let folder = (shards[0] as NSString).deletingLastPathComponent
    guard let description = Self(folder: folder.isEmpty ? "." : folder) else { return }
    for shard in description.shards {
      let path = (folder as NSString).appendingPathComponent(shard.file)
      guard !isRegularFile(path) else { continue }
      collector.report(
        .badArchive, shard.file, "the shard is missing, with its \(shard.samples) samples")
    }
  }
}
