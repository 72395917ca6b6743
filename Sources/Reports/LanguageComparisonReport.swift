package import Evaluation
import Languages
package import Search

/// What one concept finds in several languages, for people to read: as a table, a page, or JSON.
package struct LanguageComparisonReport: Sendable {
  /// Something to know about the report: which index, which model.
  package struct Fact: Encodable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package var subject: [Fact]
  package var comparison: LanguageComparison

  package init(_ comparison: LanguageComparison, subject: [Fact]) {
    self.comparison = comparison
    self.subject = subject
  }

  /// Writes `lens.json` and `lens.html` into a folder, making it if need be.
  ///
  /// - Parameter thumbnail: Gives small picture files by name; where it has none, the name stands.
  /// - Returns: The paths of the JSON file and the page.
  package func write(
    toFolder folder: String,
    thumbnail: @escaping (_ name: String) -> (bytes: [UInt8], mediaType: String)? = { _ in nil }
  ) throws(ReportError) -> (json: String, page: String) {
    try ReportFile.write(
      json: try ReportFile.json(self), page: page(thumbnail: thumbnail), named: "lens",
      toFolder: folder)
  }

  /// What a column's language is called: by its tag, or what the text was read as.
  func tag(of column: LanguageComparison.Column) -> String {
    column.reading.language?.text ?? "any language"
  }

  /// The two languages, or the texts where these are the same.
  func name(of pair: LanguageComparison.Pair) -> String {
    let (first, second) = (comparison.columns[pair.first], comparison.columns[pair.second])
    let tags = (tag(of: first), tag(of: second))
    return tags.0 == tags.1
      ? "“\(first.reading.text)” – “\(second.reading.text)”" : "\(tags.0) – \(tags.1)"
  }
}

extension LanguageComparisonReport: Encodable {
  private enum CodingKeys: CodingKey { case subject, top, pictures, columns, pairs }

  package func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(subject, forKey: .subject)
    try fields.encode(comparison.top, forKey: .top)
    try fields.encode(comparison.pictures, forKey: .pictures)
    try fields.encode(comparison.columns.map(EncodedColumn.init), forKey: .columns)
    try fields.encode(comparison.pairs.map(EncodedPair.init), forKey: .pairs)
  }
}

private struct EncodedColumn: Encodable {
  let column: LanguageComparison.Column

  private enum CodingKeys: CodingKey { case text, language, languageName, sureness, note, hits }

  func encode(to encoder: any Encoder) throws {
    let reading = column.reading
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(reading.text, forKey: .text)
    try fields.encodeIfPresent(reading.language?.text, forKey: .language)
    try fields.encodeIfPresent(reading.language?.englishName, forKey: .languageName)
    try fields.encodeIfPresent(reading.sureness, forKey: .sureness)
    try fields.encodeIfPresent(reading.note, forKey: .note)
    try fields.encode(column.hits.map(EncodedHit.init), forKey: .hits)
  }
}

private struct EncodedHit: Encodable {
  let placed: LanguageComparison.PlacedHit

  private enum CodingKeys: CodingKey { case name, caption, captionLanguage, score, ranks, isAlone }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(placed.hit.entry.name, forKey: .name)
    try fields.encodeIfPresent(placed.hit.caption?.text, forKey: .caption)
    try fields.encodeIfPresent(placed.hit.caption?.language, forKey: .captionLanguage)
    try fields.encode(placed.hit.score, forKey: .score)
    try fields.encode(placed.ranks, forKey: .ranks)
    try fields.encode(placed.isAlone, forKey: .isAlone)
  }
}

private struct EncodedPair: Encodable {
  let pair: LanguageComparison.Pair

  private enum CodingKeys: CodingKey { case first, second, textSimilarity }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(pair.first, forKey: .first)
    try fields.encode(pair.second, forKey: .second)
    try fields.encode(pair.textSimilarity, forKey: .textSimilarity)
    // The agreement's own names stand beside these.
    try pair.agreement.encode(to: encoder)
  }
}
