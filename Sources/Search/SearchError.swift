/// Why a search cannot be answered; all but ``wrongWidth(expected:found:)`` are the asker's to mend.
package enum SearchError: Error, Equatable {
  case emptyQuery
  case textTooLong(characters: Int, most: Int)
  case limitOutOfRange(Int, allowed: ClosedRange<Int>)
  case badWeight(Float)
  case cancelledOut
  case unknownLanguage(String)
  case unreadablePicture(reason: String)
  case unknownPicture(id: Int)
  case pictureFileMissing(id: Int, path: String)
  case wrongWidth(expected: Int, found: Int)
  case badEmbedding(reason: String)
  case noHeatMap(model: String, reason: String)
  case noClassification(reason: String)
  case ranksOnlyNearest(store: String)
  case textsOutOfRange(Int, allowed: ClosedRange<Int>)
  case sameText(String)
}

extension SearchError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .emptyQuery:
      "There is nothing to look for: give a text or a picture."
    case .textTooLong(let characters, let most):
      "The text has \(characters) characters; at most \(most) are read."
    case .limitOutOfRange(let limit, let allowed):
      "The limit must be \(allowed.lowerBound) to \(allowed.upperBound), not \(limit)."
    case .badWeight(let weight):
      "A weight must be a finite number, not \(weight)."
    case .cancelledOut:
      "The parts of the query cancel each other out; change a weight."
    case .unknownLanguage(let tag):
      "“\(tag)” is not a language this model knows; use a tag such as “ko” or “zh-Hant”."
    case .unreadablePicture(let reason):
      "The picture of the query cannot be read: \(reason)"
    case .unknownPicture(let id):
      "There is no picture \(id) in this index."
    case .pictureFileMissing(let id, let path):
      "The file of picture \(id) cannot be read any more: \(path). Build the index again."
    case .wrongWidth(let expected, let found):
      "The model's embedding has \(found) dimensions; the index needs \(expected)."
    case .badEmbedding(let reason):
      "The model gave an embedding that cannot be used: \(reason)."
    case .noHeatMap(let model, let reason):
      "\(model) cannot say where in a picture something is: \(reason). Tiles work with every model."
    case .noClassification(let reason): reason
    case .ranksOnlyNearest(let store):
      "\(store) finds the nearest pictures and ranks no others, which a comparison of languages "
        + "needs. Compare them over an index."
    case .textsOutOfRange(let count, let allowed):
      "A lens compares \(allowed.lowerBound) to \(allowed.upperBound) texts, not \(count)."
    case .sameText(let text):
      "“\(text)” is given twice; two equal texts find the same pictures."
    }
  }
}
