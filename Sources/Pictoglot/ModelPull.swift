import Foundation
package import Hub
import Models
import Synchronization

extension Hub {
  /// Fetches a model with the files that loading it needs, and those of models it refers to.
  ///
  /// The settings come first, and are read as loading reads them: what cannot run is refused before
  /// its numbers are asked for, and what is fetched is what the reading asks for.
  ///
  /// - Throws: ``HubError``, or ``ModelError`` if it is no model that can be loaded.
  package func pullModel(
    _ name: ModelName, progress: @escaping @Sendable (HubProgress) -> Void
  ) async throws -> PulledModel {
    var fetched: Set<String> = []
    while true {
      do {
        let pulled = try await pull(
          name, files: Self.filesOfSettings, then: { try needed(in: $1, among: $0) },
          progress: progress)
        try await pullCompanions(of: pulled, progress)
        return pulled
      } catch ModelError.notPulled(let companion) {
        // What it refers to has a say in whether it can be read.
        guard fetched.insert(companion).inserted else {
          throw ModelError.notPulled(name: companion)
        }
        _ = try await pull(
          try ModelName(companion), files: Self.filesOfSettings, progress: progress)
      }
    }
  }

  /// Fetches what a model needs of the models that it refers to.
  private func pullCompanions(
    of pulled: PulledModel, _ progress: @escaping @Sendable (HubProgress) -> Void
  ) async throws {
    let reading = try read(pulled.folder)
    var readers = [reading.files]
    for (_, folder) in reading.companions
    where reading.files.weights.contains(where: { $0.path.hasPrefix(folder + "/") }) {
      readers.append(try read(folder).files)
    }
    for (companion, folder) in reading.companions {
      let names = listing(ofFolder: folder) ?? []
      let needed = readers.flatMap { $0.files(in: folder, among: names) }
      guard needed.contains(where: { !FileManager.default.fileExists(atPath: folder + "/" + $0) })
      else { continue }
      let list = Set(needed).sorted().joined(separator: ", ")
      progress(
        HubProgress(event: .note("\(pulled.name) needs \(list) of \(companion); fetching it, too."))
      )
      _ = try await pull(
        try ModelName(companion),
        files: { all in Self.filesOfSettings(all) + all.filter { needed.contains($0.path) } },
        progress: progress)
    }
  }

  /// The files of a model that is being pulled, and the models that it refers to, by name.
  private func read(_ folder: String) throws(ModelError) -> (
    files: ModelFiles, companions: [(name: String, folder: String)]
  ) {
    let asked = Mutex<[String: String]>([:])
    let files = try ModelFiles(
      folder: PublishedFolder(
        path: folder,
        companions: { (name: String) throws(ModelError) in
          let name = Self.companionName(name)
          let found = try modelFolder(named: name)
          // What another tool has fetched may lack files that the hub lists.
          let isListed = listing(ofFolder: found) != nil || settings.isOffline
          guard isListed || !found.hasPrefix(settings.cacheFolder) else {
            throw .notPulled(name: name)
          }
          asked.withLock { $0[name] = found }
          return found
        },
        listings: listing(ofFolder:)))
    let companions = asked.withLock { $0.sorted { $0.key < $1.key } }
    return (files, companions.map { ($0.key, $0.value) })
  }

  /// The files that loading a model needs, by what those say that are in its folder.
  @Sendable private func needed(in folder: String, among all: [RemoteFile]) throws(ModelError)
    -> [RemoteFile]
  {
    let names = all.map(\.path)
    var needed: [String]
    do {
      needed = try read(folder).files.files(in: folder, among: names)
    } catch .notFetched(let path) {
      needed = [String(path.dropFirst(folder.utf8.count + 1))]
    }
    return Self.filesOfSettings(all) + all.filter { needed.contains($0.path) }
  }

  private static let filesOfSettings: @Sendable ([RemoteFile]) -> [RemoteFile] = { files in
    let settings = PublishedFolder.settings(among: files.map(\.path))
    return files.filter { settings.contains($0.path) || $0.path == "README.md" }
  }
}
