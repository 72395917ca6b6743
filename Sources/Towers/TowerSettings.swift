package import Layers

/// The kinds of image tower that a model's file can name.
package let imageTowers: [any ImageTowerKind.Type] = [
  ViT.Settings.self, ResNet.Settings.self, EfficientNet.Settings.self, BriVLImage.Settings.self,
]

/// The kinds of text tower that a model's file can name.
package let textTowers: [any TextTowerKind.Type] = [
  TextTransformer.Settings.self, BagOfTokens.Settings.self, BERT.Settings.self,
  NLLBEncoder.Settings.self, BriVLText.Settings.self,
]

/// The settings of an image tower of any kind.
package struct ImageTowerSettings: Sendable {
  /// Those of its kind; ask for a kind by `as? ViT.Settings`.
  package var settings: any ImageTowerKind

  package init(_ settings: any ImageTowerKind) { self.settings = settings }

  /// Side of the images it takes, in pixels.
  package var size: Int { settings.size }

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package func makeTower(in scope: Scope) throws(CheckpointError) -> any ImageTower {
    try settings.makeTower(in: scope)
  }
}

/// The settings of a text tower of any kind.
package struct TextTowerSettings: Sendable {
  /// Those of its kind; ask for a kind by `as? BERT.Settings`.
  package var settings: any TextTowerKind

  package init(_ settings: any TextTowerKind) { self.settings = settings }

  /// Token ids that it knows.
  package var vocabulary: Int {
    get { settings.vocabulary }
    set { settings.vocabulary = newValue }
  }

  /// The most tokens a text may have.
  package var contextLength: Int { settings.contextLength }

  /// - Throws: ``CheckpointError`` if the scope's source does not fit.
  package func makeTower(in scope: Scope) throws(CheckpointError) -> any TextTower {
    try settings.makeTower(in: scope)
  }
}

// MARK: Equality

extension TowerKind {
  fileprivate func equals(_ other: any TowerKind) -> Bool { (other as? Self) == self }
}

extension ImageTowerSettings: Equatable {
  package static func == (one: ImageTowerSettings, other: ImageTowerSettings) -> Bool {
    one.settings.equals(other.settings)
  }
}

extension TextTowerSettings: Equatable {
  package static func == (one: TextTowerSettings, other: TextTowerSettings) -> Bool {
    one.settings.equals(other.settings)
  }
}

// MARK: Files

// In files, a tower is its settings with one more field: `"kind": "vit"`.

private enum KindKey: String, CodingKey { case kind }

extension ImageTowerSettings: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: KindKey.self)
    let kind = try container.decode(String.self, forKey: .kind)
    guard let type = imageTowers.first(where: { $0.kind == kind }) else {
      throw unknown(kind, known: imageTowers.map { $0.kind }, in: container)
    }
    settings = try type.init(from: decoder)
  }

  package func encode(to encoder: any Encoder) throws { try write(settings, to: encoder) }
}

extension TextTowerSettings: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: KindKey.self)
    let kind = try container.decode(String.self, forKey: .kind)
    guard let type = textTowers.first(where: { $0.kind == kind }) else {
      throw unknown(kind, known: textTowers.map { $0.kind }, in: container)
    }
    settings = try type.init(from: decoder)
  }

  package func encode(to encoder: any Encoder) throws { try write(settings, to: encoder) }
}

private func write(_ settings: some TowerKind, to encoder: any Encoder) throws {
  var container = encoder.container(keyedBy: KindKey.self)
  try container.encode(type(of: settings).kind, forKey: .kind)
  try settings.encode(to: encoder)
}

private func unknown(
  _ kind: String, known: [String], in container: KeyedDecodingContainer<KindKey>
) -> DecodingError {
  .dataCorruptedError(
    forKey: .kind, in: container,
    debugDescription:
      "there is no tower “\(kind)”; known: \(known.joined(separator: ", "))")
}

extension KeyedDecodingContainer {
  /// Towers of files from before there was dropout have none.
  func decode(_ type: DropoutRates.Type, forKey key: Key) throws -> DropoutRates {
    try decodeIfPresent(type, forKey: key) ?? .none
  }
}
