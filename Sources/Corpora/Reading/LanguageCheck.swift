/// Why a language tag cannot be used.
struct LanguageFault: Error {
  let reason: String
}

/// The canonical form of `tag`, or why it is no language; `"und"` is a language not known.
func checkedLanguage(_ tag: String) -> Result<String, LanguageFault> {
  let parts = tag.split(separator: "-", omittingEmptySubsequences: false)
  let isWellFormed = parts.first.map { (2...3).contains($0.utf8.count) } ?? false
  guard isWellFormed else {
    return .failure(LanguageFault(reason: "“\(tag)” is no language tag"))
  }
  return .success(tag)
}
