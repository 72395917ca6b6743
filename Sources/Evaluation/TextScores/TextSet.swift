/// Texts to be scored, each with its references.
package struct TextSet: Sendable, Equatable {
  /// What each is called in messages and in JSON: a picture's id or a line's number.
  package var names: [String]
  package var hypotheses: [String]

  /// For each text at least one.
  package var references: [[String]]

  package init(names: [String], hypotheses: [String], references: [[String]]) {
    self.names = names
    self.hypotheses = hypotheses
    self.references = references
  }

  /// What would make the scores mean something else than they seem to, one line each.
  package var problems: [String] {
    func empty(_ texts: [(name: String, text: String)], _ what: String) -> [String] {
      let empty = texts.filter { $0.text.unicodeScalars.allSatisfy(\.isBlank) }
      guard let first = empty.first else { return [] }
      return [
        "\(empty.count) of \(texts.count) \(what) \(empty.count == 1 ? "is" : "are") empty, "
          + "the first that of \(first.name); they are scored as they are."
      ]
    }
    return empty(Array(zip(names, hypotheses)), "hypotheses")
      + empty(
        zip(names, references).flatMap { name, texts in texts.map { (name, $0) } }, "references")
  }
}

/// Why texts cannot be scored; each says what is wrong in one line.
package enum TextSetError: Error, Equatable {
  case noTexts(path: String)
  case lines(path: String, count: Int, of: String, expected: Int)
  case notUTF8(path: String)
  case notJSON(path: String, reason: String)
  case notResults(path: String)
  case notAnnotations(path: String)
  case unknownPicture(path: String, id: String, of: String)
  case repeatedPicture(path: String, id: String)
  case missingPictures(path: String, ids: [String], of: String)
  case severalAnnotations
}

extension TextSetError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noTexts(let path): "\(path) has no texts."
    case .lines(let path, let count, let of, let expected):
      "\(path) has \(count) lines and \(of) has \(expected): line by line they must belong together."
    case .notUTF8(let path): "\(path) is not text in UTF-8."
    case .notJSON(let path, let reason): "\(path) is not JSON: \(reason)."
    case .notResults(let path):
      "\(path) is not a list of results: COCO's has an object with image_id and caption for each "
        + "picture."
    case .notAnnotations(let path):
      "\(path) is not a file of captions: COCO's has “annotations” with image_id and caption each."
    case .unknownPicture(let path, let id, let of):
      "\(path) has a caption of picture \(id), which \(of) does not have."
    case .repeatedPicture(let path, let id):
      "\(path) has two captions of picture \(id); one a picture is scored."
    case .missingPictures(let path, let ids, let of):
      "\(path) has no caption of \(ids.count) \(ids.count == 1 ? "picture" : "pictures") of \(of), "
        + "such as \(ids.first ?? ""); --partial scores the others alone."
    case .severalAnnotations:
      "Captions of pictures have one file of references: COCO's, with all references of a picture."
    }
  }
}
