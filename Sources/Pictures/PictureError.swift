package import Files

/// Why bytes could not become a picture, or a picture bytes.
package enum PictureError: Error, Equatable {
  /// The file cannot be opened or read.
  case unreadable(FileError)
  case empty
  /// The first bytes are of no format that is read; `seen` says what they look like, if known.
  case unknownFormat(seen: String?)
  /// A drawing under a picture's name; `name` is the extension.
  case disguised(format: String, name: String)
  case tooManyBytes(count: Int, limit: Int)
  case tooManyPixels(width: Int, height: Int, limit: Int)
  /// The header is that of `format`, and what follows is broken.
  case broken(format: String, reason: String)
  /// A sound file whose numbers could mean several pictures.
  case unclear(format: String, reason: String)
  /// The system can read the container but has nothing that decodes what is in it.
  case noDecoder(format: String, package: String)
  case notEncoded(reason: String)
  /// It cannot be cut into so many tiles of a pixel or more.
  case smallerThanGrid(width: Int, height: Int, rows: Int, columns: Int)
  /// Any of the above, in the file at `path`.
  indirect case file(path: String, PictureError)
}

extension PictureError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let error):
      "\(error)"
    case .empty:
      "The picture file is empty."
    case .unknownFormat(let seen):
      "This is not a picture in a format that is read"
        + (seen.map { "; it looks like \($0)" } ?? "")
        + ". Read are JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC, SVG, BMP and PPM."
    case .disguised(let format, let name):
      "This is \(format) under the name of a .\(name) file, which is not trusted. Rename it."
    case .tooManyBytes(let count, let limit):
      "The picture file has \(count) bytes; the limit is \(limit)."
    case .tooManyPixels(let width, let height, let limit):
      "The picture claims \(width)×\(height) pixels; the limit is \(limit). Scale it down first, or "
        + "raise the limit with --max-pixels."
    case .broken(let format, let reason):
      "The \(format) file is broken or cut short" + (reason.isEmpty ? "." : ": \(reason).")
    case .unclear(let format, let reason):
      "What the \(format) file shows is unclear: \(reason). Save it with 8 or 16 bits, or from 0 to 1."
    case .noDecoder(let format, let package):
      "This system has no decoder for \(format) pictures. Install the package \(package)."
    case .notEncoded(let reason):
      "The picture could not be encoded: \(reason)."
    case .smallerThanGrid(let width, let height, let rows, let columns):
      "A picture of \(width)×\(height) pixels cannot be cut into \(rows) rows and \(columns) "
        + "columns. Take fewer of them, or a larger picture."
    case .file(let path, let error):
      "\(path): \(error)"
    }
  }
}
