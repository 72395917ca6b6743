internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOFoundationCompat
internal import NIOHTTP1

extension HubClient {
  private static let largestAnswer = 64 << 20
  private static let mostFiles = 100_000

  /// The commit of a revision, and the license.
  ///
  /// - Parameter tries: Fewer than usual where the cache can answer as well.
  func info(_ repository: ModelName.Repository, tries: Int? = nil) async throws -> ModelInfo {
    let path = "/api/models/\(repository.id)/revision/\(repository.revision.inURL(keeping: ""))"
    let subject = Subject(repository: repository)
    let (answer, url): (RevisionAnswer, URL) = try await retrying(tries: tries) {
      let (answer, url, _) = try await json(
        RevisionAnswer.self, try address(path), about: subject)
      return (answer, url)
    }
    guard answer.sha.isHash(digits: 40) else {
      throw HubError.badAnswer(
        url: url.withoutQuery, reason: "“\(answer.sha.escaped)” is not a commit")
    }
    return ModelInfo(commit: answer.sha, license: answer.license)
  }

  /// All files of a commit.
  func files(_ repository: ModelName.Repository, commit: String) async throws -> [RemoteFile] {
    let subject = Subject(repository: repository)
    var files: [RemoteFile] = []
    var next: URL? = try address("/api/models/\(repository.id)/tree/\(commit)?recursive=true")
    while let url = next {
      let (entries, last, link) = try await retrying {
        try await json([TreeAnswer].self, url, about: subject)
      }
      for entry in entries where entry.type == "file" {
        files.append(try file(entry, repository.id, last))
      }
      guard files.count <= Self.mostFiles, !(entries.isEmpty && link != nil) else {
        throw HubError.badAnswer(url: last.withoutQuery, reason: "the listing does not end")
      }
      next = link
    }
    return files
  }

  private func file(_ entry: TreeAnswer, _ repository: String, _ url: URL) throws -> RemoteFile {
    guard RemoteFile.isSafe(entry.path) else {
      throw HubError.unsafePath(entry.path, of: repository)
    }
    let size = entry.lfs?.size ?? entry.size ?? -1
    guard size >= 0, let git = entry.oid, git.isHash(digits: 40),
      entry.lfs?.oid.isHash(digits: 64) ?? true
    else {
      throw HubError.badAnswer(
        url: url.withoutQuery, reason: "size or checksum of “\(entry.path)” is missing or wrong")
    }
    return RemoteFile(
      path: entry.path, size: size, gitHash: git, sha256: entry.lfs?.oid,
      storageHash: entry.xetHash.flatMap { $0.isHash(digits: 64) ? $0 : nil })
  }

  private func json<Value: Decodable>(_ type: Value.Type, _ url: URL, about subject: Subject)
    async throws -> (Value, URL, next: URL?)
  {
    let (response, url) = try await ask(.GET, url, follow: .all, about: subject)
    let body: ByteBuffer
    do {
      body = try await response.body.collect(upTo: Self.largestAnswer)
      try Task.checkCancellation()
    } catch is NIOTooManyBytesError {
      throw HubError.badAnswer(url: url.withoutQuery, reason: "it is longer than any listing")
    } catch {
      throw TemporaryFailure.of(error, host: url.host ?? "")
    }
    let next = response.headers["link"].compactMap { Self.next(in: $0, from: url) }.first
    do {
      return (try JSONDecoder().decode(type, from: Data(buffer: body)), url, next)
    } catch {
      throw HubError.badAnswer(url: url.withoutQuery, reason: "it does not have a hub's format")
    }
  }

  /// The address of the next page in a `Link` header: `<https://…>; rel="next"`.
  static func next(in header: String, from url: URL) -> URL? {
    for link in header.components(separatedBy: ",<") {
      let parts = link.components(separatedBy: ";")
      guard parts.dropFirst().contains(where: { $0.contains("rel=\"next\"") }) else { continue }
      let address = parts[0].trimmingCharacters(in: CharacterSet(charactersIn: " <>"))
      return URL(string: address, relativeTo: url)?.absoluteURL
    }
    return nil
  }

  /// An address at the endpoint.
  func address(_ path: String) throws -> URL {
    guard let url = URL(string: settings.endpoint + path) else {
      throw HubError.badEndpoint(settings.endpoint)
    }
    return url
  }
}

extension String {
  /// With everything escaped that is not a letter, a digit, one of `-._~` or of `kept`.
  func inURL(keeping kept: String) -> String {
    var text = ""
    for byte in utf8 {
      if byte.isLetterOrDigit || "-._~".utf8.contains(byte) || kept.utf8.contains(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let hex = String(byte, radix: 16, uppercase: true)
        text += "%" + (hex.count == 1 ? "0" + hex : hex)
      }
    }
    return text
  }
}
