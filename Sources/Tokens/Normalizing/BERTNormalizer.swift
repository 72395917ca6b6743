import Languages

/// What BERT does to a text before it is split.
struct BERTNormalizer: Sendable {
  /// Whether control characters fall away and all white space becomes a plain space.
  var cleansText = true
  /// Whether Chinese characters get spaces around them.
  var separatesIdeographs = true
  var stripsAccents = true
  var lowercases = true

  func apply(to text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    if text.isASCII, !text.bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
      if lowercases { text.lowercase(&scratch.text) }
      return
    }
    if cleansText {
      text.expand(&scratch.text) { scalar, out in
        if scalar == 0 || scalar == 0xFFFD { return }
        if scalar == 9 || scalar == 10 || scalar == 13 { return out(0x20) }
        let flags = scalar.unicodeFlags
        if (25...28).contains(flags & 31) { return }
        out(flags & UnicodeTables.Flag.whitespace != 0 ? 0x20 : scalar)
      }
    }
    if separatesIdeographs {
      text.expand(&scratch.text) { scalar, out in
        if scalar > 0x2E00, scalar.unicodeFlags & UnicodeTables.Flag.ideograph != 0 {
          out(0x20)
          out(scalar)
          out(0x20)
        } else {
          out(scalar)
        }
      }
    }
    if stripsAccents {
      NormalizationForm.nfd.apply(to: &text, &scratch)
      text.filter(&scratch) { scalar in scalar < 0x300 || scalar.unicodeFlags & 31 != 5 }
    }
    if lowercases { text.lowercase(&scratch.text) }
  }
}
