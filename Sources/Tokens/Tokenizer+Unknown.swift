extension Tokenizer {
  /// Whether no character of a text has a token of its own: each becomes the unknown token, or is
  /// spelled in bytes.
  package func isUnknown(_ text: String) -> Bool {
    let tokens = ids(text, addSpecialTokens: false).ids.filter { token(of: $0) != "▁" }
    return !tokens.isEmpty
      && tokens.allSatisfy { id in
        if id == unknownID { return true }
        guard let token = token(of: id) else { return false }
        return token.utf8.count == 6 && token.hasPrefix("<0x") && token.hasSuffix(">")
      }
  }
}
