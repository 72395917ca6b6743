import Languages

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

/// The language that `name` is meant to name where words of all kinds may stand, such as the head of a
/// column or the `ko` of `photo.ko.txt`; `nil` for words that only happen to be some language's code.
///
/// - Returns: Its canonical tag, if its code has two letters or is one of NLLB's, and nothing but a
///   script and a region follows.
func usualLanguage(_ name: String) -> String? {
  guard let tag = try? LanguageTag(name), tag.variants.isEmpty else { return nil }
  let isWhole =
    [tag.language, tag.script, tag.region].compactMap(\.self).joined(separator: "-") == tag.text
  let isUsual = tag.language.utf8.count == 2 || (try? FloresCode.code(for: tag)) != nil
  return isWhole && isUsual ? tag.text : nil
}
