extension Tokenizer {
  /// The text that tokens stand for.
  ///
  /// Ids that the vocabulary does not know are left out.
  package func decode(_ ids: [Int32], skipSpecialTokens: Bool = true) -> String {
    var tokens: [[UInt8]] = []
    for id in ids where !(skipSpecialTokens && core.isSpecial(id)) {
      if let surface = core.parts.unknownSurface, id == core.parts.unknownID {
        tokens.append(Array(surface.utf8))
      } else if let token = core.token(id) {
        tokens.append(Array(token.utf8))
      }
    }
    guard let decoder = core.parts.decoder else {
      return String(decoding: Array(tokens.joined(separator: [0x20])), as: UTF8.self)
    }
    return String(decoding: decoder.apply(tokens).flatMap { $0 }, as: UTF8.self)
  }
}
