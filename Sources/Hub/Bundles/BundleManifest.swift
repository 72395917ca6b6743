internal import Foundation

/// The first entry of a bundle: what it holds, so that all of it can be checked.
///
/// A bundle is a plain tar file: `bundle.json`, then each file as `files/<path>` in the order of
/// the manifest, then `SHA256SUMS`, which `sha256sum -c` understands, then the end mark.
struct BundleManifest: Codable, Equatable {
  static let name = "bundle.json"
  static let folder = "files/"
  static let sums = "SHA256SUMS"
  static let form = "pictoglot-bundle-1"
  static let largest: Int64 = 64 << 20

  var form = BundleManifest.form
  let repository: String
  let commit: String
  /// The revisions whose commit this is.
  let revisions: [String]
  let licence: String?
  let files: [Entry]

  struct Entry: Codable, Equatable {
    let path: String
    /// In bytes.
    let size: Int64
    let sha256: String
    /// What the cache calls the contents.
    let etag: String
  }

  /// The lines of `SHA256SUMS`.
  ///
  /// - Parameter bytes: The manifest as it is in the bundle.
  func sums(_ bytes: [UInt8]) -> [UInt8] {
    var own = Checksum(expecting: String(repeating: "0", count: 64), size: Int64(bytes.count))
    bytes.withUnsafeBytes { own.update($0) }
    let lines = files.map { "\($0.sha256)  \(Self.folder)\($0.path)\n" }
    return Array("\(own.value)  \(Self.name)\n\(lines.joined())".utf8)
  }

  /// Why this cannot be a manifest that we wrote; nil if it can.
  ///
  /// - Parameter size: Of the whole bundle, in bytes, which its files must fit in.
  func flaw(in size: Int64) -> String? {
    if form != Self.form { return "it has the form “\(form.escaped)”, not \(Self.form)" }
    guard (try? ModelName.Repository(repository)) != nil else {
      return "“\(repository.escaped)” cannot be a repository"
    }
    guard commit.isHash(digits: 40) else { return "“\(commit.escaped)” is no commit" }
    for revision in revisions {
      if (try? ModelName.Repository(repository, revision: revision)) == nil {
        return "“\(revision.escaped)” cannot be a revision"
      }
    }
    if files.isEmpty { return "it holds no files" }
    var (total, seen) = (Int64(0), Set<[UInt8]>())
    for file in files {
      if !RemoteFile.isSafe(file.path) {
        return "“\(file.path.escaped)” could be written outside its folder"
      }
      if !seen.insert(Array(file.path.utf8)).inserted {
        return "“\(file.path)” is listed twice"
      }
      guard file.sha256.isHash(digits: 64),
        file.etag.isHash(digits: 64) || file.etag.isHash(digits: 40)
      else { return "a checksum of “\(file.path)” is no checksum" }
      guard file.size >= 0, file.size <= size - total else {
        return "it is cut short, or the size of “\(file.path)” is wrong"
      }
      total += file.size
    }
    return nil
  }
}
