import Files
import Foundation

@testable import Tokens

/// Where the development data and the fixtures lie.
enum SharedData {
  /// The folder `shared` beside the checkout, or the one that `PICTOGLOT_SHARED` names.
  static let folder: String? = {
    let named = ProcessInfo.processInfo.environment["PICTOGLOT_SHARED"]
    let beside = checkout + "/../shared"
    return [named, beside].compactMap(\.self).first {
      FileManager.default.fileExists(atPath: $0 + "/data/tokenizers")
    }
  }()

  static let isThere = folder != nil
  static let reason = "the development data (../shared or PICTOGLOT_SHARED) is not there"

  private static let checkout: String = {
    var parts = #filePath.split(separator: "/")
    parts.removeLast(3)
    return "/" + parts.joined(separator: "/")
  }()

  /// A folder or file of the tokenizers.
  static func tokenizer(_ name: String) -> String { (folder ?? "") + "/data/tokenizers/" + name }

  /// A fixture's path.
  static func fixture(_ name: String) -> String { checkout + "/Tests/Fixtures/tokens/" + name }

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

/// One text and what the reference made of it.
struct Reference: Decodable, Sendable {
  var text: String?
  var ids: [Int32]?
  var tokens: [String]?
  var offsets: [[Int]]?
  var decoded: String?

  /// The references of a `.jsonl`, packed or not; the line that describes them is left out.
  static func all(_ path: String) throws -> [Reference] {
    var bytes = try SharedData.bytes(path)
    if path.hasSuffix(".gz") { bytes = try Inflate.gunzip(bytes) }
    return try bytes.split(separator: 0x0A)
      .map { try JSONDecoder().decode(Reference.self, from: Data($0)) }
      .filter { $0.ids != nil }
  }
}

/// Whether two texts are the same scalar by scalar, which is stricter than `==`.
func isSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

/// What is different between a tokenizer and its references; empty if nothing is.
func differences(_ tokenizer: Tokenizer, _ references: [Reference]) -> [String] {
  var found: [String] = []
  for reference in references {
    guard let text = reference.text, let ids = reference.ids else { continue }
    let encoding = tokenizer.encode(text)
    let quick = tokenizer.ids(text).ids
    let name = text.debugDescription
    if quick != encoding.ids { found.append("\(name): the quick way gives \(quick)") }
    guard encoding.ids == ids || isTie(tokenizer, encoding.ids, ids) else {
      found.append("\(name): \(encoding.ids) instead of \(ids)")
      continue
    }
    guard encoding.ids == ids else { continue }
    if let tokens = reference.tokens,
      tokens.count != encoding.tokens.count || !zip(tokens, encoding.tokens).allSatisfy(isSame)
    {
      found.append("\(name): \(encoding.tokens) instead of \(tokens)")
    }
    let offsets = encoding.offsets.map { [$0.lowerBound, $0.upperBound] }
    if let wanted = reference.offsets, wanted != offsets {
      found.append("\(name): \(offsets) instead of \(wanted)")
    }
    if let decoded = reference.decoded, !isSame(decoded, tokenizer.decode(ids)) {
      found.append("\(name): decodes to \(tokenizer.decode(ids).debugDescription)")
    }
  }
  return found
}

/// Whether two ways to split have the same score, which only a unigram model can say.
private func isTie(_ tokenizer: Tokenizer, _ a: [Int32], _ b: [Int32]) -> Bool {
  guard case .unigram(let model) = tokenizer.core.parts.model else { return false }
  return abs(model.score(of: a) - model.score(of: b)) < 1e-4
}
