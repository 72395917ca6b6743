internal import Foundation

/// Models by name, from the Hugging Face Hub or a mirror, through the cache that all tools share.
package struct Hub: Sendable {
  package let settings: HubSettings

  package init(_ settings: HubSettings = HubSettings()) { self.settings = settings }

  func cache(of repository: ModelName.Repository) -> CacheFolder {
    CacheFolder(root: settings.cacheFolder, repository: repository.id)
  }
}

/// A model whose files are here.
package struct PulledModel: Sendable, Equatable {
  package let name: ModelName
  /// The folder with the files under their published names.
  package let folder: String
  /// Nil for a folder of the user's.
  package let commit: String?
  /// The files that were wanted, sorted.
  package let files: [String]
  /// Their size in bytes.
  package let bytes: Int64
  /// What arrived over the network for this, in bytes.
  package let downloaded: Int64
  /// As the model's page says, if it does.
  package let license: String?
}
