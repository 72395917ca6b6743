import Files

extension TextSet {
  /// Reads texts and references, as sacreBLEU or as COCO's evaluation: JSON if the file begins so.
  ///
  /// Lines: one text a line, and one file for each set of references. JSON: COCO's results, a list of
  /// `{"image_id", "caption"}`, and COCO's annotations, in one file. A picture whose `image_id` is no
  /// number is found by its file's name without the ending, as in AIC-ICC.
  ///
  /// - Parameter isPartial: Whether pictures without a text are passed over.
  /// - Throws: ``TextSetError`` or `FileError`.
  package init(
    hypotheses path: String, references paths: [String], isPartial: Bool = false
  ) throws {
    let bytes = try readFile(path)
    if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") {
      if let results = try? Self.results(bytes, path), let first = paths.first {
        guard paths.count == 1 else { throw TextSetError.severalAnnotations }
        try self.init(results, path, annotations: first, isPartial: isPartial)
        return
      }
      // A line may begin with a bracket; a file of results is JSON throughout.
      if path.hasSuffix(".json") { _ = try Self.results(bytes, path) }
    }
    try self.init(lines: Self.lines(bytes, path), path, references: paths)
  }

  private init(lines: [String], _ path: String, references paths: [String]) throws {
    guard !lines.isEmpty else { throw TextSetError.noTexts(path: path) }
    let references = try paths.map { reference in
      let read = try Self.lines(readFile(reference), reference)
      guard read.count == lines.count else {
        throw TextSetError.lines(
          path: reference, count: read.count, of: path, expected: lines.count)
      }
      return read
    }
    self.init(
      names: lines.indices.map { "line \($0 + 1)" }, hypotheses: lines,
      references: lines.indices.map { line in references.map { $0[line] } })
  }

  /// The lines of a text file; what ends one is a line feed, with or without a carriage return.
  private static func lines(_ bytes: [UInt8], _ path: String) throws -> [String] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TextSetError.notUTF8(path: path)
    }
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines.map { String($0.last == "\r" ? $0.dropLast() : $0) }
  }
}

extension TextSet {
  private typealias Caption = (picture: String, text: String)

  private init(
    _ results: [Caption], _ path: String, annotations: String, isPartial: Bool
  ) throws {
    guard !results.isEmpty else { throw TextSetError.noTexts(path: path) }
    let (references, idOfName) = try Self.annotations(annotations)
    var captions: [String: String] = [:]
    for (picture, text) in results {
      guard let id = references[picture] != nil ? picture : idOfName[picture] else {
        throw TextSetError.unknownPicture(path: path, id: picture, of: annotations)
      }
      guard captions.updateValue(text, forKey: id) == nil else {
        throw TextSetError.repeatedPicture(path: path, id: picture)
      }
    }
    let ids = references.keys.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    let missing = ids.filter { captions[$0] == nil }
    guard isPartial || missing.isEmpty else {
      throw TextSetError.missingPictures(path: path, ids: missing, of: annotations)
    }
    let scored = ids.filter { captions[$0] != nil }
    self.init(
      names: scored.map { "picture \($0)" }, hypotheses: scored.map { captions[$0, default: ""] },
      references: scored.map { references[$0, default: []] })
  }

  private static func document(_ bytes: [UInt8], _ path: String) throws -> JSONDocument {
    do { return try JSONDocument(bytes) } catch {
      throw TextSetError.notJSON(path: path, reason: error.reason)
    }
  }

  private static func results(_ bytes: [UInt8], _ path: String) throws -> [Caption] {
    try document(bytes, path).root.elements.map { entry in
      guard let picture = entry["image_id"]?.identifier, let text = entry["caption"]?.string else {
        throw TextSetError.notResults(path: path)
      }
      return (picture, text)
    }
  }

  /// The references of each picture, and the ids of pictures by their files' names.
  private static func annotations(_ path: String) throws
    -> (references: [String: [String]], idOfName: [String: String])
  {
    let root = try document(readFile(path), path).root
    guard let annotations = root["annotations"], annotations.kind == .array else {
      throw TextSetError.notAnnotations(path: path)
    }
    var references: [String: [String]] = [:]
    for entry in annotations.elements {
      guard let picture = entry["image_id"]?.identifier, let text = entry["caption"]?.string else {
        throw TextSetError.notAnnotations(path: path)
      }
      references[picture, default: []].append(text)
    }
    var idOfName: [String: String] = [:]
    if let images = root["images"] {
      for image in images.elements {
        guard let id = image["id"]?.identifier, let name = image["file_name"]?.string else {
          continue
        }
        idOfName[name] = id
        if let dot = name.unicodeScalars.lastIndex(of: ".") {
          idOfName[String(name.unicodeScalars[..<dot])] = id
        }
      }
    }
    guard !references.isEmpty else { throw TextSetError.noTexts(path: path) }
    return (references, idOfName)
  }
}

extension JSONValue {
  /// A number as it is written, or a text.
  fileprivate var identifier: String? {
    string ?? digits.map { String(decoding: $0, as: UTF8.self) }
  }
}
