package import Hub
package import Models
import Synchronization

/// The folder of a model that is named by its folder or by its name on the hub.
///
/// - Throws: ``ModelError`` if it is not on this machine.
@Sendable package func modelFolder(named name: String) throws(ModelError) -> String {
  try Hub().modelFolder(named: name)
}

/// The folder of a model that another one refers to by its name on the hub.
///
/// - Throws: ``ModelError`` if it is not on this machine.
@Sendable package func companionFolder(named name: String) throws(ModelError) -> String {
  try Hub().companionFolder(named: name)
}

/// The files of a model that is named by its folder or by its name on the hub, and of those that it
/// refers to; nothing of its numbers is read.
///
/// - Throws: ``ModelError`` if it is not on this machine or cannot be read.
func modelFiles(named name: String) throws(ModelError) -> ModelFiles {
  try ModelFiles(
    folder: PublishedFolder(path: try modelFolder(named: name), companions: companionFolder))
}

extension Hub {
  /// The folder of a model that another one refers to by its name on the hub.
  ///
  /// Old models have names without an owner, which a person has to mark as such: in a model's files
  /// nothing else can be meant.
  ///
  /// - Throws: ``ModelError`` if it is not on this machine.
  @Sendable package func companionFolder(named name: String) throws(ModelError) -> String {
    try modelFolder(named: Self.companionName(name))
  }

  /// The name of a model that another one's files name, as a person writes it.
  static func companionName(_ name: String) -> String {
    name.contains("/") ? name : "hf-hub:" + name
  }

  /// The folder of a model that is named by its folder or by its name on the hub.
  ///
  /// - Throws: ``ModelError`` if it is not on this machine.
  @Sendable package func modelFolder(named name: String) throws(ModelError) -> String {
    do {
      let parsed = try ModelName(name)
      if let folder = cached(parsed) { return folder }
      throw ModelError.notPulled(name: name)
    } catch let error as ModelError { throw error } catch {
      throw .badName(reason: "\(error)")
    }
  }

  /// Writes a model that was pulled into one file, with all models that it refers to, so that it can
  /// be loaded on a machine without a network.
  ///
  /// - Parameter progress: Bytes that were worked on, and all that will be.
  /// - Returns: The names of the models it refers to.
  /// - Throws: ``HubError``, or ``ModelError`` if it could not be loaded here either.
  @discardableResult
  package func exportModel(
    _ name: ModelName, to path: String,
    progress: @escaping (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
  ) throws -> [String] {
    guard let folder = cached(name) else {
      throw HubError.notCached("\(name)", offline: settings.isOffline)
    }
    let companions = try companions(of: folder)
    try exportBundle(
      name, with: try companions.map { try ModelName($0) }, to: path, progress: progress)
    return companions
  }

  /// The models on this machine that the one in a folder refers to by name, sorted.
  private func companions(of folder: String) throws(ModelError) -> [String] {
    let asked = Mutex<Set<String>>([])
    _ = try ModelFiles(
      folder: PublishedFolder(path: folder) { (name: String) throws(ModelError) in
        let found = try companionFolder(named: name)
        asked.withLock { _ = $0.insert(Self.companionName(name)) }
        return found
      })
    return asked.withLock { $0.sorted() }
  }
}
