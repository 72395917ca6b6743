import ArgumentParser
import Foundation
import Hub
import Models
import Pictoglot
import Synchronization

/// `pictoglot pull visheratin/nllb-clip-base-oc`
struct PullCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Fetch a published model from the Hugging Face Hub.",
    discussion: """
      Models lie in the cache that Hugging Face's own tools use too, so nothing is fetched twice. \
      Ctrl-C stops; the same command continues from there.

      HF_ENDPOINT names a mirror, HF_TOKEN a token for models that want one, HF_HUB_CACHE the \
      cache's folder; HF_HUB_OFFLINE=1 never asks the network.

      Examples:
        pictoglot pull visheratin/nllb-clip-base-oc
        pictoglot pull navervision/KELIP@vit-b-32
      """)

  @Argument(help: "The model's name on the hub: org/repo, org/repo@revision.")
  var model: String

  @OptionGroup var common: CommonOptions

  /// The JSON that --json prints at the end.
  private struct Summary: Encodable {
    let model: String
    let folder: String
    let commit: String?
    let bytes: Int64
    let downloaded: Int64
    let license: String?
  }

  func run() async throws {
    common.apply()
    let name = try ModelName(model)
    let line = PullLine(json: common.json)
    let pulling = Task { try await Hub().pullModel(name) { line.show($0) } }
    let interruption = Interruption("Stopping; the same command continues from there.")
    let watching = Task {
      while !interruption.isRequested { try await Task.sleep(for: .milliseconds(100)) }
      pulling.cancel()
    }
    defer { watching.cancel() }
    let pulled: PulledModel
    do { pulled = try await pulling.value } catch {
      if interruption.isRequested { throw Interrupted() }
      throw error
    }
    let card = try ModelFiles(
      folder: PublishedFolder(path: pulled.folder, companions: companionFolder)
    ).card
    let license = pulled.license ?? card.license
    if common.json {
      try Console.print(
        json: Summary(
          model: "\(name)", folder: pulled.folder, commit: pulled.commit, bytes: pulled.bytes,
          downloaded: pulled.downloaded, license: license))
    } else {
      Console.note("\(name) is in \(pulled.folder).")
      if let note = card.note { Console.note(note) }
      Console.note(licenseNote(license))
    }
  }
}

/// A model's license as a line for its user.
func licenseNote(_ license: String?) -> String {
  guard let license else { return "License: its publisher states none. Ask before you share it." }
  let forbids = license.lowercased().contains("-nc")
  return "License: \(license)\(forbids ? "; not for commercial use" : "")."
}

/// Shows the progress of fetching all files of a model on one line.
private final class PullLine: Sendable {
  /// The JSON that --json prints while files are fetched.
  private struct Line: Encodable {
    let event = "progress"
    let files: Int
    let filesDone: Int
    let bytes: Int64
    let bytesDone: Int64
    let bytesPerSecond: Double
    let secondsLeft: Double?
  }

  private let json: Bool
  private let last = Mutex(ContinuousClock.now - .seconds(60))

  init(json: Bool) { self.json = json }

  /// Shows notes at once, and the progress now and then.
  func show(_ progress: HubProgress) {
    if case .note(let text) = progress.event { return Console.note(text) }
    if case .waiting(let file) = progress.event {
      return Console.note("Waiting for another process that is fetching \(file).")
    }
    let isDone = progress.filesDone == progress.files
    let pause = Console.showsTransient && !json ? 0.1 : 2.0
    let isDue = last.withLock { last in
      guard ContinuousClock.now - last >= .seconds(pause) || isDone else { return false }
      last = .now
      return true
    }
    guard isDue, progress.bytes > 0 else { return }
    if json {
      Console.note(
        json: Line(
          files: progress.files, filesDone: progress.filesDone, bytes: progress.bytes,
          bytesDone: progress.bytesDone, bytesPerSecond: progress.rate,
          secondsLeft: progress.secondsLeft))
      return
    }
    let text =
      "Fetching: \(megabytes(progress.bytesDone)) of \(megabytes(progress.bytes)), "
      + "\(progress.filesDone) of \(progress.files) files"
      + (progress.rate > 0 ? ", \(megabytes(Int64(progress.rate))) a second" : "")
      + (isDone ? "" : progress.secondsLeft.map { ", \(duration($0)) left" } ?? "")
    if Console.showsTransient, !isDone { Console.transient(text) } else { Console.note(text) }
  }
}

/// `4.2 MB`
func megabytes(_ bytes: Int64) -> String {
  bytes < 10_000_000_000
    ? rounded(Double(bytes) / 1e6, bytes < 100_000_000 ? 1 : 0) + " MB"
    : rounded(Double(bytes) / 1e9, 1) + " GB"
}
