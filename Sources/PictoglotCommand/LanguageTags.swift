import Tokens

/// The tags in a list separated by commas, in canonical form.
func languageTags(_ list: String?) throws -> [String] {
  try (list ?? "").split(separator: ",").map {
    "\(try LanguageTag(String($0).trimmingPrefix(while: \.isWhitespace).description))"
  }
}
