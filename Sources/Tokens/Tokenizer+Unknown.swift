extension Tokenizer {
  /// Whether no character of a text has a token of its own: each became the unknown token, or was
  /// spelled in bytes.
  ///
  /// - Parameter ids: The text's, without those that are put around it.
  package func areUnknown(_ ids: some Sequence<Int32>) -> Bool {
    var isEmpty = true
    for id in ids {
      let token = token(of: id)
      guard token != "▁" else { continue }
      isEmpty = false
      guard id == unknownID || token.map(Self.isByte) == true else { return false }
    }
    return !isEmpty
  }

  /// Whether a token stands for one byte: `<0xE2>`.
  private static func isByte(_ token: String) -> Bool {
    token.utf8.count == 6 && token.hasPrefix("<0x") && token.hasSuffix(">")
  }
}
