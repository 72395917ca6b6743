import Foundation
import Synchronization
import TestSupport

@testable import Hub

/// A hub of ours that asks a fake one, with an empty cache and retries that wait for nothing.
///
/// Unchecked: the folder never changes, it is only removed in the end.
struct HubFixture: @unchecked Sendable {
  let folder: TemporaryFolder
  /// Kept, since a hub that goes stops answering.
  private let fake: FakeHub?
  var settings: HubSettings
  let waits = Waits()

  final class Waits: Sendable {
    private let seconds = Mutex<[Double]>([])
    var all: [Double] { seconds.withLock { $0 } }
    func add(_ value: Double) { seconds.withLock { $0.append(value) } }
  }

  init(_ fake: FakeHub? = nil) throws {
    folder = try TemporaryFolder()
    self.fake = fake
    settings = HubSettings(cacheFolder: folder.path + "/hub")
    // Nothing listens at port 1.
    settings.endpoint = fake?.endpoint ?? "http://127.0.0.1:1"
    // Beside tests that train networks, an answer may take long to be heard; no test is about that.
    (settings.metadataTimeout, settings.downloadTimeout) = (300, 300)
    settings.retries.sleep = { [waits] in waits.add($0) }
  }

  var hub: Hub { Hub(settings) }
  var name: ModelName {
    get throws { try ModelName("tiny/model") }
  }
  var cache: String { settings.cacheFolder + "/models--tiny--model" }

  func pull(
    _ wanted: @Sendable ([RemoteFile]) -> [RemoteFile] = { $0 },
    progress: @escaping @Sendable (HubProgress) -> Void = { _ in }
  ) async throws -> PulledModel {
    try await hub.pull(try name, files: wanted, progress: progress)
  }

  func bytes(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

  /// Everything under a folder: `path`, or `path -> target` for links.
  func listing(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().compactMap { path in
      let full = folder + "/" + path
      if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: full) {
        return path + " -> " + target
      }
      return ModelName.isFolder(full) ? nil : path
    }
  }
}

/// What happened while a pull ran.
final class Heard: Sendable {
  private let heard = Mutex<[HubProgress]>([])
  var all: [HubProgress] { heard.withLock { $0 } }
  var notes: [String] {
    all.compactMap { if case .note(let text) = $0.event { text } else { nil } }
  }
  var isWaiting: Bool {
    all.contains { if case .waiting = $0.event { true } else { false } }
  }
  func add(_ progress: HubProgress) { heard.withLock { $0.append(progress) } }
}

/// The error that something throws, if it is one of the hub's.
func hubError(_ body: () async throws -> some Sendable) async -> HubError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? HubError
  }
}
