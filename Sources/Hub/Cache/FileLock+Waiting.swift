internal import Files

extension FileLock {
  private static let pause = Duration.milliseconds(50)

  /// Waits until the lock of a file is ours, as huggingface_hub does; the folders around are made.
  ///
  /// Where the file system knows no locks, downloads still end whole, at worst made twice.
  ///
  /// - Parameter onWait: Called once, if another holds it.
  static func take(_ path: String, onWait: () async -> Void) async throws -> FileLock {
    try CacheFiles.makeFolder(of: path)
    var hasWaited = false
    while true {
      let taken: FileLock?
      do throws(FileError) { taken = try FileLock.take(path) } catch { throw HubError(error) }
      if let lock = taken {
        if lock.isInPlace || !lock.isExclusive { return lock }
        // Whoever had it removed the file; a lock on a removed file excludes nobody.
        continue
      }
      if !hasWaited { await onWait() }
      hasWaited = true
      try await Task.sleep(for: pause)
    }
  }
}
