package import Hub
package import Models

/// The folder of a model that is named by its folder or by its name on the hub.
///
/// - Throws: ``ModelError`` if it is not on this machine.
@Sendable package func modelFolder(named name: String) throws(ModelError) -> String {
  do {
    let parsed = try ModelName(name)
    if let folder = Hub().cached(parsed) { return folder }
    throw ModelError.notPulled(name: name)
  } catch let error as ModelError { throw error } catch {
    throw .badName(reason: "\(error)")
  }
}

extension Hub {
  /// Fetches a model with the files that loading it needs, and those of models it refers to.
  ///
  /// - Throws: ``HubError``, or ``ModelError`` if what came is no model that can be loaded.
  package func pullModel(
    _ name: ModelName, progress: @escaping @Sendable (HubProgress) -> Void
  ) async throws -> PulledModel {
    let pulled = try await pull(name, files: Self.filesOfModel, progress: progress)
    // A model may refer to others by name: which, its own files say.
    var fetched: Set<String> = []
    while let companion = try Self.missingCompanion(of: pulled.folder) {
      guard fetched.insert(companion).inserted else { throw ModelError.notPulled(name: companion) }
      _ = try await pull(
        try ModelName(companion), files: Self.filesOfModel, progress: progress)
    }
    return pulled
  }

  /// The model that the one in a folder refers to and that is not here; nil if all are.
  private static func missingCompanion(of folder: String) throws(ModelError) -> String? {
    do {
      _ = try ModelFiles(folder: PublishedFolder(path: folder, companions: modelFolder))
      return nil
    } catch {
      if case .notPulled(let name) = error { return name }
      throw error
    }
  }

  private static let filesOfModel: @Sendable ([RemoteFile]) -> [RemoteFile] = { files in
    let wanted = Set(PublishedFolder.wanted(among: files.map(\.path)))
    return files.filter { wanted.contains($0.path) || $0.path == "README.md" }
  }
}
