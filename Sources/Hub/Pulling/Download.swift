internal import AsyncHTTPClient
internal import Files
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// One file on its way from the hub into the cache.
struct Download: Sendable {
  let client: HubClient
  let cache: CacheFolder
  let repository: ModelName.Repository
  let commit: String
  let file: RemoteFile
  let meter: ProgressMeter

  /// So many bytes more make a broken connection count as the first failure.
  private static let goodProgress: Int64 = 4 << 20

  /// Makes the file be in the snapshot.
  func run() async throws {
    let metadata: FileMetadata
    do {
      metadata = try await client.metadata(of: file.path, repository, commit: commit)
    } catch let error as HubError {
      if case .noFile = error { try cache.noteMissing(file.path, in: commit) }
      throw error
    }
    if let found = metadata.commit, found != commit {
      throw HubError.badAnswer(
        url: try address.withoutQuery, reason: "it is of commit \(found.escaped), not \(commit)")
    }
    let etag = metadata.etag ?? file.etag
    let size = metadata.size ?? file.size
    let path = file.path
    let lock = try await FileLock.take(cache.lock(etag)) {
      await meter.tell(.waiting(file: path))
    }
    defer { withExtendedLifetime(lock) {} }
    // Whoever held the lock before may have done the work, even for another name of the contents.
    if cache.has(file, in: commit) {
      await meter.count(present: file.size)
    } else {
      if CacheFiles.size(cache.blob(etag)) == size {
        await meter.count(present: file.size)
      } else {
        await meter.tell(.started(file: path))
        try await fetch(etag: etag, size: size)
      }
      try cache.place(
        path, etag: etag, in: commit, linked: client.settings.usesSymbolicLinks)
    }
    await meter.finish(file: path)
  }

  private var address: URL {
    get throws { try client.address(of: file.path, repository, commit: commit) }
  }

  /// Downloads the blob; a damaged one is thrown away and tried once more from the beginning.
  private func fetch(etag: String, size: Int64) async throws {
    do {
      try await fetchOnce(etag: etag, size: size)
    } catch let error as HubError {
      guard error.isDamage else { throw error }
      await meter.tell(.note("\(file.path) arrived damaged; downloading it again"))
      try await fetchOnce(etag: etag, size: size)
    }
  }

  private func fetchOnce(etag: String, size: Int64) async throws {
    var part = try PartialFile(cache.blob(etag) + ".incomplete", etag: etag, size: size)
    await meter.count(present: part.written)
    var failures = 0
    while part.written < size {
      let before = part.written
      do {
        try await receive(&part)
      } catch let failure as TemporaryFailure {
        // A try that brought much has earned all the others again.
        failures = part.written - before >= Self.goodProgress ? 1 : failures + 1
        try await client.wait(after: failure, failures: failures)
      } catch let error as HubError where error.isDamage {
        try await throwAway(&part)
        throw error
      }
    }
    if let damage = part.damage(file: file.path) {
      try await throwAway(&part)
      throw damage
    }
    try part.finish(as: cache.blob(etag))
  }

  private func throwAway(_ part: inout PartialFile) async throws {
    await meter.count(present: -part.written)
    try part.startOver()
    unlink(part.path)
  }

  /// One request for what is missing; what arrives is kept, whatever happens then.
  private func receive(_ part: inout PartialFile) async throws {
    let start = part.written
    let range = start > 0 ? [("range", "bytes=\(start)-")] : []
    let (response, url) = try await client.ask(
      .GET, try address, follow: .all, extra: range,
      about: Subject(repository: repository, file: file.path))
    if start > 0 ? !isRest(response, from: start, of: part.size) : response.status != .ok {
      // The whole file comes, or nothing of use: begin anew.
      await meter.count(present: -start)
      try part.startOver()
      guard response.status == .ok else {
        throw TemporaryFailure(
          host: url.host ?? "",
          reason: "answered with \(response.status.code) to a request for \(file.path)")
      }
    }
    try await receive(response, into: &part, from: url)
  }

  private func receive(
    _ response: HTTPClientResponse, into part: inout PartialFile, from url: URL
  ) async throws {
    do {
      for try await chunk in response.body {
        let count = Int64(chunk.readableBytes)
        guard part.written + count <= part.size else {
          throw HubError.wrongSize(
            file: file.path, expected: part.size, found: part.written + count)
        }
        try chunk.withUnsafeReadableBytes { try part.append($0) }
        await meter.count(arrived: count)
      }
    } catch {
      throw TemporaryFailure.of(error, host: url.host ?? "")
    }
    try Task.checkCancellation()
    if part.written < part.size {
      throw TemporaryFailure(host: url.host ?? "", reason: "the connection ended too early")
    }
  }

  /// Whether an answer holds exactly the bytes that were asked for.
  private func isRest(_ response: HTTPClientResponse, from start: Int64, of size: Int64) -> Bool {
    guard response.status == .partialContent,
      response.headers.first(name: "content-encoding") ?? "identity" == "identity"
    else { return false }
    guard let range = response.headers.first(name: "content-range") else { return true }
    let (expected, total) = ("bytes \(start)-\(size - 1)/", range.split(separator: "/").last)
    return range.hasPrefix(expected) && (total == "*" || total.flatMap { Int64($0) } == size)
  }
}

extension HubError {
  /// Whether what arrived is not what was promised, which a second try may mend.
  var isDamage: Bool {
    switch self {
    case .wrongSize, .wrongChecksum: true
    default: false
    }
  }
}
