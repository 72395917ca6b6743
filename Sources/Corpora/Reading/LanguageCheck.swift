internal import Tokens

/// Why a language tag cannot be used.
struct LanguageFault: Error {
  let reason: String
}

/// The canonical form of `tag`, or why it is no language; `"und"` is a language not known.
func checkedLanguage(_ tag: String) -> Result<String, LanguageFault> {
  if tag.lowercased() == "und" { return .success("und") }
  do {
    return .success(try LanguageTag(tag).text)
  } catch {
    return .failure(LanguageFault(reason: "\(error)"))
  }
}
