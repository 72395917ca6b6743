import Foundation
import Languages
import Search

/// What a request holds: a picture, fields by name, or JSON.
struct RequestBody {
  /// From the address and from a form.
  private(set) var fields: Fields
  private(set) var picture: [UInt8]?
  private(set) var json: [UInt8]?

  /// Reads a picture file, a form (`picture` is the file), JSON, or nothing but the address.
  ///
  /// - Throws: ``RequestError`` for anything else, and for names that are not in `known`.
  init(_ question: Question, known: Set<String>) throws(RequestError) {
    fields = try Fields(question.query, known: known)
    let type = question.headers["content-type"] ?? ""
    let kind = question.mediaType
    if kind.hasPrefix("image/") || kind == "application/octet-stream" {
      guard !question.body.isEmpty else { throw .badRequest("The picture is empty.") }
      picture = question.body
    } else if kind == "multipart/form-data" {
      try readForm(question.body, type: type, known: known)
    } else if kind == "application/json" {
      json = question.body
    } else if !question.body.isEmpty || !kind.isEmpty {
      throw RequestError(
        status: 415,
        reason: "Send a picture (image/…), a form (multipart/form-data) or application/json.")
    }
  }

  private mutating func readForm(
    _ body: [UInt8], type: String, known: Set<String>
  ) throws(RequestError) {
    for part in try Multipart.parts(of: body, contentType: type) {
      if part.name == "picture" {
        if !part.bytes.isEmpty { picture = Array(part.bytes) }
      } else if let text = String(validating: part.bytes, as: UTF8.self) {
        try fields.append(part.name, text, known: known.union(["picture"]))
      } else {
        throw .badRequest("“\(part.name.prefix(40))” is not UTF-8.")
      }
    }
  }

  /// The JSON as a value, or an error that says what it must hold.
  func decoded<Value: Decodable>(
    _ type: Value.Type, _ words: String
  ) throws(RequestError) -> Value? {
    guard let json else { return nil }
    guard let value = try? JSONDecoder().decode(type, from: Data(json)) else {
      throw .badRequest("The JSON must hold \(words).")
    }
    return value
  }
}

/// The language that an asker names, if any.
///
/// - Throws: ``RequestError`` for what is no tag, or names no registered language.
func askedLanguage(_ text: String?) throws(RequestError) -> LanguageTag? {
  guard let text, !text.isEmpty else { return nil }
  do throws(LanguageTagError) { return try LanguageTag(text) } catch {
    switch error {
    case .malformed:
      throw .badRequest(
        "“\(text.prefix(40))” is not a language tag; use one such as “ko” or “zh-Hant”.")
    case .unknown: throw .badRequest("\(SearchError.unknownLanguage(text))")
    }
  }
}
