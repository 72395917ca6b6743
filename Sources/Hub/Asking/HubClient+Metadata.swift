internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// What the headers of a file say.
struct FileMetadata: Sendable, Equatable {
  var commit: String?
  /// SHA-1 of git (40 digits) or SHA-256 (64); nil if the server uses other etags.
  var etag: String?
  var size: Int64?
}

extension HubClient {
  func address(of file: String, _ repository: ModelName.Repository, commit: String) throws -> URL {
    try address("/\(repository.id)/resolve/\(commit)/\(file.inURL(keeping: "/"))")
  }

  /// Asks for a file's headers at the endpoint itself.
  ///
  /// - Throws: ``HubError/gated(_:endpoint:hasToken:)`` where the listing is open and files are not.
  func metadata(of file: String, _ repository: ModelName.Repository, commit: String) async throws
    -> FileMetadata
  {
    let url = try address(of: file, repository, commit: commit)
    return try await retrying {
      let (response, _) = try await ask(
        .HEAD, url, follow: .relative, about: Subject(repository: repository, file: file))
      return Self.metadata(response.headers, isRedirect: response.status.code >= 300)
    }
  }

  static func metadata(_ headers: HTTPHeaders, isRedirect: Bool) -> FileMetadata {
    var etag = headers.first(name: "x-linked-etag") ?? headers.first(name: "etag") ?? ""
    etag = etag.rest(after: "W/") ?? etag
    etag = etag.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
    // The length of a redirect, or of a compressed answer, is not the file's.
    let isPlain = !isRedirect && headers.first(name: "content-encoding") ?? "identity" == "identity"
    let length = isPlain ? headers.first(name: "content-length") : nil
    return FileMetadata(
      commit: headers.first(name: "x-repo-commit"),
      etag: etag.isHash(digits: 40) || etag.isHash(digits: 64) ? etag : nil,
      size: (headers.first(name: "x-linked-size") ?? length).flatMap { Int64($0) }
        .flatMap { $0 < 0 ? nil : $0 })
  }
}
