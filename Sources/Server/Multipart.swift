/// The parts of a form with files.
///
/// - Source: RFC 7578 and RFC 2046, section 5.1.
enum Multipart {
  struct Part: Equatable {
    var name: String
    var bytes: ArraySlice<UInt8>
  }

  /// Takes a form apart.
  ///
  /// - Throws: ``RequestError`` if the boundary is missing or the form ends within a part.
  static func parts(of body: [UInt8], contentType: String) throws(RequestError) -> [Part] {
    guard let boundary = parameter("boundary", of: contentType), !boundary.isEmpty,
      boundary.utf8.count <= 70
    else { throw .badRequest("The form names no boundary.") }
    let delimiter = Array("\r\n--\(boundary)".utf8)
    // The first delimiter may stand at the very beginning, without the line break before it.
    var at = body.starts(with: delimiter.dropFirst(2)) ? delimiter.count - 2 : nil
    if at == nil { at = end(of: delimiter, in: body[...]) }
    var parts: [Part] = []
    while let start = at {
      let rest = body[start...]
      if rest.starts(with: Array("--".utf8)) { return parts }
      guard parts.count < 32 else { throw .badRequest("The form has too many parts.") }
      guard let head = end(of: Array("\r\n\r\n".utf8), in: rest),
        let next = end(of: delimiter, in: body[(head - 2)...])
      else { break }
      let header = String(decoding: body[start..<head], as: UTF8.self)
      let bytes = body[head..<max(head, next - delimiter.count)]
      if let name = name(in: header) { parts.append(Part(name: name, bytes: bytes)) }
      at = next
    }
    throw .badRequest("The form ends too early.")
  }

  /// The index after the first occurrence of `pattern`.
  private static func end(of pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = pattern.first else { return nil }
    var from = bytes.startIndex
    while let start = bytes[from...].firstIndex(of: first) {
      if bytes[start...].starts(with: pattern) { return start + pattern.count }
      from = start + 1
    }
    return nil
  }

  private static func name(in header: String) -> String? {
    for line in header.split(whereSeparator: \.isNewline)
    where line.lowercased().hasPrefix("content-disposition:") {
      return parameter("name", of: String(line))
    }
    return nil
  }

  /// The value of `; name=value` or `; name="value"`.
  private static func parameter(_ name: String, of field: String) -> String? {
    for piece in field.split(separator: ";").dropFirst() {
      let halves = piece.split(separator: "=", maxSplits: 1)
      guard halves.count == 2, trimmed(halves[0]).lowercased() == name else { continue }
      let value = trimmed(halves[1])
      return value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
        ? String(value.dropFirst().dropLast()) : String(value)
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0.isWhitespace }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
