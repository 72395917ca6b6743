/// How texts are cut into words. Every score depends on it: the same Chinese captions have a BLEU-4
/// 23 points higher by characters than by words. So it is printed beside every score.
package enum Segmentation: String, Sendable, CaseIterable {
  /// Words are what lies between blanks already.
  case asGiven = "none"

  /// sacreBLEU's, for texts in Western scripts.
  case v13a = "13a"

  /// sacreBLEU's, for all scripts.
  case international = "intl"

  /// Every character.
  case characters = "char"

  /// sacreBLEU's, for Chinese.
  case chinese = "zh"

  /// COCO's, for English captions.
  case ptb

  /// AIC-ICC's with words that are given: `。` is deleted from the captions, not from the references,
  /// and COCO's tokenizer comes after.
  case aicWords = "aic-words"

  /// AIC-ICC's by characters: `。` and blanks are deleted, and COCO's tokenizer comes after.
  case aicCharacters = "aic-characters"

  /// Moses' with lower case and normalized punctuation, as in Multi30k's `lc.norm.tok` files.
  case mosesEnglish = "moses-en"
  case mosesGerman = "moses-de"
  case mosesFrench = "moses-fr"
  case mosesCzech = "moses-cs"

  /// What it is called in signatures.
  package var name: String { rawValue }

  /// The text with its words between blanks.
  func line(_ text: Scalars, isReference: Bool) -> Scalars {
    switch self {
    case .asGiven: text
    case .v13a: SacreBLEUTokens.v13a(text.withoutBlanksAtEnd)
    case .international: SacreBLEUTokens.international(text.withoutBlanksAtEnd)
    case .characters: SacreBLEUTokens.characters(text)
    case .chinese: SacreBLEUTokens.chinese(text)
    case .ptb: PTBTokens.line(text)
    case .mosesEnglish: MosesTokens.line(text, .english)
    case .mosesGerman: MosesTokens.line(text, .german)
    case .mosesFrench: MosesTokens.line(text, .french)
    case .mosesCzech: MosesTokens.line(text, .czech)
    case .aicWords:
      PTBTokens.line(isReference ? text : text.withoutOuterBlanks.filter { $0 != "。" })
    case .aicCharacters:
      PTBTokens.line(SacreBLEUTokens.characters(text.filter { $0 != "。" && !$0.isBlank }))
    }
  }
}
