internal import Files
internal import Foundation
import Languages

/// The sentences of a text file, one a line; of a JSONL file the `text` of each line.
package struct SentenceFile: Sendable {
  package let path: String
  /// The whole file.
  package let bytes: [UInt8]
  /// The lines that hold a sentence, counted from 1.
  package let lineNumbers: [Int]
  private let places: [Range<Int>]
  private let isJSON: Bool

  package var count: Int { places.count }

  /// - Throws: ``CorpusError`` if it cannot be read, is not UTF-8, or holds no sentence.
  package init(_ path: String) throws(CorpusError) {
    self.path = path
    isJSON = ["jsonl", "ndjson"].contains((path as NSString).pathExtension.lowercased())
    bytes = try InputFile(path).all()
    if let mark = TextEncoding.foreignMark(bytes.prefix(4)) {
      throw .badFile(path: path, what: Self.what, reason: mark)
    }
    var places: [Range<Int>] = []
    var numbers: [Int] = []
    for (index, line) in textLines(bytes).enumerated() {
      let text = try Self.text(line, isJSON: isJSON, line: index + 1, of: path)
      guard !text.isBlank else { continue }
      places.append(line.startIndex..<line.endIndex)
      numbers.append(index + 1)
    }
    guard !places.isEmpty else {
      throw .badFile(path: path, what: Self.what, reason: "it has no sentences; write one a line")
    }
    self.places = places
    lineNumbers = numbers
  }

  /// The sentence of a number in `0..<count`, without blanks around it.
  package func text(at index: Int) -> String {
    let text = try? Self.text(
      bytes[places[index]], isJSON: isJSON, line: lineNumbers[index], of: path)
    return text?.withoutBlanksAround ?? ""
  }

  private static let what = "a file of sentences"

  private static func text(
    _ line: ArraySlice<UInt8>, isJSON: Bool, line number: Int, of path: String
  ) throws(CorpusError) -> String {
    switch TextEncoding.decoded(line) {
    case .failure(let fault):
      throw .badFile(path: path, what: what, reason: "line \(number): \(fault.reason)")
    case .success(let text) where !isJSON || text.isBlank: return text
    case .success:
      do {
        if let text = try JSONValue.record(Array(line))["text"]?.text { return text }
      } catch {
        throw .badFile(path: path, what: what, reason: "line \(number): no JSON: \(error.sentence)")
      }
      throw .badFile(path: path, what: what, reason: "line \(number) has no “text”")
    }
  }
}
