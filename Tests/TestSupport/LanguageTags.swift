package import Languages

/// A language that is known to be one; the test stops at what is none.
package func languageTag(_ text: String) -> LanguageTag {
  do { return try LanguageTag(text) } catch { preconditionFailure("\(error)") }
}
