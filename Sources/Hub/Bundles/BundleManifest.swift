internal import Foundation

/// The first entry of a bundle: what it holds, so that all of it can be checked.
///
/// A bundle is a plain tar file: `bundle.json`, then each file in the order of the manifest, those of
/// the model as `files/<path>` and those of models it refers to as `companions/<repository>/<path>`,
/// then `SHA256SUMS`, which `sha256sum -c` understands, then the end mark.
///
/// Without companions it has the first form, which all versions read.
struct BundleManifest: Codable, Equatable {
  static let name = "bundle.json"
  static let sums = "SHA256SUMS"
  static let forms = ["pictoglot-bundle-1", "pictoglot-bundle-2"]
  static let largest: Int64 = 64 << 20

  let form: String
  let model: BundledModel
  /// What the model refers to by name, and cannot do without.
  let companions: [BundledModel]

  private enum CodingKeys: CodingKey { case form, companions }

  init(_ model: BundledModel, companions: [BundledModel]) {
    form = Self.forms[companions.isEmpty ? 0 : 1]
    self.model = model
    self.companions = companions
  }

  init(from decoder: any Decoder) throws {
    model = try BundledModel(from: decoder)
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    form = try fields.decode(String.self, forKey: .form)
    companions = try fields.decodeIfPresent([BundledModel].self, forKey: .companions) ?? []
  }

  func encode(to encoder: any Encoder) throws {
    try model.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(form, forKey: .form)
    if !companions.isEmpty { try fields.encode(companions, forKey: .companions) }
  }

  /// All models, each with the folder in the bundle that its files are in.
  var models: [(model: BundledModel, folder: String)] {
    [(model, "files/")] + companions.map { ($0, "companions/\($0.repository)/") }
  }

  /// Of all files, in bytes.
  var size: Int64 { models.reduce(0) { $0 + $1.model.size } }

  /// The lines of `SHA256SUMS`.
  ///
  /// - Parameter bytes: The manifest as it is in the bundle.
  func sums(_ bytes: [UInt8]) -> [UInt8] {
    var own = Checksum(expecting: String(repeating: "0", count: 64), size: Int64(bytes.count))
    bytes.withUnsafeBytes { own.update($0) }
    let lines = models.flatMap { model, folder in
      model.files.map { "\($0.sha256)  \(folder)\($0.path)\n" }
    }
    return Array("\(own.value)  \(Self.name)\n\(lines.joined())".utf8)
  }

  /// Why this cannot be a manifest that we wrote; nil if it can.
  ///
  /// - Parameter size: Of the whole bundle, in bytes, which its files must fit in.
  func flaw(in size: Int64) -> String? {
    guard Self.forms.contains(form) else {
      return "it has the form “\(form.escaped)”, and known are "
        + Self.forms.joined(separator: " and ")
    }
    var (left, seen) = (size, Set<String>())
    for (model, _) in models {
      if let flaw = model.flaw(in: left) { return flaw }
      guard seen.insert(model.repository).inserted else {
        return "“\(model.repository)” is in it twice"
      }
      left -= model.size
    }
    return nil
  }
}

/// One repository in a bundle.
struct BundledModel: Codable, Equatable {
  let repository: String
  let commit: String
  /// The revisions whose commit this is.
  let revisions: [String]
  let license: String?
  let files: [Entry]

  private enum CodingKeys: String, CodingKey {
    case repository, commit, revisions, files
    case license = "licence"
  }

  struct Entry: Codable, Equatable {
    let path: String
    /// In bytes.
    let size: Int64
    let sha256: String
    /// What the cache calls the contents.
    let etag: String
  }

  /// Of its files, in bytes.
  var size: Int64 { files.reduce(0) { $0 + $1.size } }

  /// Why nobody has exported this; nil if one can have.
  ///
  /// - Parameter size: What its files must fit in, in bytes.
  func flaw(in size: Int64) -> String? {
    guard (try? ModelName.Repository(repository)) != nil else {
      return "“\(repository.escaped)” cannot be a repository"
    }
    guard commit.isHash(digits: 40) else { return "“\(commit.escaped)” is not a commit" }
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
      else { return "the checksum of “\(file.path)” is malformed" }
      guard file.size >= 0, file.size <= size - total else {
        return "it is cut short, or the size of “\(file.path)” is wrong"
      }
      total += file.size
    }
    return nil
  }
}
