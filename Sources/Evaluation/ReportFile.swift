import Files
import Foundation

/// Why a report could not be written or read.
package enum ReportError: Error, Equatable {
  case unwritable(path: String, reason: String)
  case unreadable(path: String, reason: String)
}

extension ReportError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unwritable(let path, let reason):
      "\(path) could not be written: \(reason). Is the folder there, writable, and not full?"
    case .unreadable(let path, let reason):
      "\(path) is not an evaluation report that can be read: \(reason)."
    }
  }
}

extension RetrievalReport {
  /// The report as JSON, the same bytes for the same report.
  package func json() throws(ReportError) -> [UInt8] {
    try ReportFile.json(self)
  }

  /// Reads a report from JSON.
  package init(json: [UInt8], path: String = "The JSON") throws(ReportError) {
    do { self = try JSONDecoder().decode(RetrievalReport.self, from: Data(json)) } catch {
      throw .unreadable(path: path, reason: error.inOneLine)
    }
  }

  /// Reads a report that ``write(toFolder:languageNames:thumbnail:)`` has written.
  package init(contentsOf path: String) throws(ReportError) {
    let bytes: Data
    do { bytes = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw .unreadable(path: path, reason: error.inOneLine)
    }
    try self.init(json: Array(bytes), path: path)
  }

  /// Writes `evaluation.json` and `evaluation.html` into a folder, making it if need be.
  ///
  /// Each file is written beside its place and renamed, so none is ever half written.
  ///
  /// - Returns: The paths of the JSON file and the page.
  @discardableResult
  package func write(
    toFolder folder: String, languageNames: [String: String] = [:],
    thumbnail: @escaping (_ imageID: String) -> (bytes: [UInt8], mediaType: String)? = { _ in nil }
  ) throws(ReportError) -> (json: String, page: String) {
    try ReportFile.write(
      json: try json(), page: page(languageNames: languageNames, thumbnail: thumbnail),
      named: "evaluation", toFolder: folder)
  }
}

extension TextSpaceReport {
  /// Writes `text-space.json` and `text-space.html` into a folder, making it if need be.
  ///
  /// - Returns: The paths of the JSON file and the page.
  @discardableResult
  package func write(
    toFolder folder: String, languageNames: [String: String] = [:]
  ) throws(ReportError) -> (json: String, page: String) {
    try ReportFile.write(
      json: try ReportFile.json(self), page: page(languageNames: languageNames),
      named: "text-space", toFolder: folder)
  }
}

extension ClassificationReport {
  /// The report as JSON, the same bytes for the same report.
  package func json() throws(ReportError) -> [UInt8] { try ReportFile.json(self) }

  /// Writes `classification.json` and `classification.html` into a folder, making it if need be.
  ///
  /// - Returns: The paths of the JSON file and the page.
  @discardableResult
  package func write(
    toFolder folder: String, languageNames: [String: String] = [:],
    thumbnail: @escaping (_ imageID: String) -> (bytes: [UInt8], mediaType: String)? = { _ in nil }
  ) throws(ReportError) -> (json: String, page: String) {
    try ReportFile.write(
      json: try json(), page: page(languageNames: languageNames, thumbnail: thumbnail),
      named: "classification", toFolder: folder)
  }
}

/// What all reports share on their way to files.
package enum ReportFile {
  /// A report as JSON, the same bytes for the same report.
  package static func json(_ report: some Encodable) throws(ReportError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do { return Array(try encoder.encode(report)) + [UInt8(ascii: "\n")] } catch {
      throw .unwritable(path: "the report", reason: "\(error)")
    }
  }

  /// Writes a report's two files, each beside its place and then renamed, so that none is ever half
  /// written; the page first, so that whoever finds the JSON finds both.
  package static func write(
    json: [UInt8], page: String, named name: String, toFolder folder: String
  ) throws(ReportError) -> (json: String, page: String) {
    let url = URL(fileURLWithPath: folder, isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(path: folder, reason: error.inOneLine)
    }
    let paths = (
      json: url.appendingPathComponent(name + ".json").path,
      page: url.appendingPathComponent(name + ".html").path
    )
    try write(Array(page.utf8), to: paths.page)
    try write(json, to: paths.json)
    return paths
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(ReportError) {
    do throws(FileError) { try writeWhole(Data(bytes), to: path) } catch {
      throw .unwritable(path: path, reason: error.reason)
    }
  }
}

extension Error {
  /// What went wrong, without line breaks.
  fileprivate var inOneLine: String {
    let text: String
    switch self {
    case let error as DecodingError: text = error.debugDescription
    case let error as CocoaError: text = systemReason(of: error)
    default: text = "\(self)"
    }
    return text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
