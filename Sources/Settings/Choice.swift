/// A setting that is one of a few words; read from any other, it tells which there are.
package protocol Choice: RawRepresentable<String>, CaseIterable, Codable, Sendable {}

extension Choice {
  /// - Throws: `DecodingError` with the words that there are.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let word = try container.decode(String.self)
    guard let choice = Self(rawValue: word) else {
      let all = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "there is no “\(word)”; use one of \(all)")
    }
    self = choice
  }
}
