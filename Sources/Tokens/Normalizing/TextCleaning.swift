import Languages

/// What a family of models does to a text before its tokenizer sees it.
///
/// The names of the first four are open_clip's (`clean` in a model's `tokenizer_kwargs`). A model
/// that meets texts cleaned in another way than it was trained with gives worse vectors and says
/// nothing.
///
/// - Source: open_clip's tokenizer, github.com/mlfoundations/open_clip; ftfy 6.3 by Robyn Speer.
package enum TextCleaning: String, Codable, Sendable, CaseIterable {
  /// Nothing.
  case none
  /// Repaired as ``TextRepair`` does, HTML undone, white space joined.
  case whitespace
  /// ``whitespace``, then small letters: CLIP.
  case lower
  /// ``lower``, with underscores as spaces and without ASCII punctuation: SigLIP as big_vision and
  /// open_clip feed it.
  case canonicalize
  /// Small letters alone, by Python's rules: KELIP.
  case smallLetters
  /// Small letters, no ASCII punctuation, white space joined; no repairs: transformers' SigLIP.
  case siglip
  /// Small letters alone, letter by letter: transformers' SigLIP 2.
  case siglip2

  /// The text as the tokenizer must get it.
  package func callAsFunction(_ text: String) -> String {
    guard self != .none else { return text }
    var cleaned = AlignedText()
    cleaned.bytes = Array(text.utf8)
    var scratch = NormalizerScratch()
    apply(to: &cleaned, &scratch)
    return String(decoding: cleaned.bytes, as: UTF8.self)
  }

  func apply(to text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    switch self {
    case .none: break
    case .whitespace:
      TextRepair.clean(&text, &scratch)
      text.joinSpaces(&scratch.text)
    case .lower:
      TextRepair.clean(&text, &scratch)
      text.joinSpaces(&scratch.text)
      text.lowercaseLikePython(&scratch.text)
    case .canonicalize:
      TextRepair.clean(&text, &scratch)
      text.dropPunctuation(underscore: 0x20, &scratch.text)
      text.lowercaseLikePython(&scratch.text)
      text.joinSpaces(&scratch.text)
    case .smallLetters: text.lowercaseLikePython(&scratch.text)
    case .siglip:
      text.lowercaseLikePython(&scratch.text)
      text.dropPunctuation(underscore: nil, &scratch.text)
      text.joinSpaces(&scratch.text)
    case .siglip2: text.lowercase(&scratch.text)
    }
  }
}

extension AlignedText {
  /// One space for any run of what Python calls white space, and none at the ends.
  mutating func joinSpaces(_ scratch: inout AlignedText) {
    var isOpen = false
    var space = -1
    scratch.reset(tracked: isTracked)
    var at = 0
    while at < bytes.count {
      let (scalar, length) = bytes.withUnsafeBufferPointer { UTF8Reading.scalar($0, at) }
      if scalar.isPythonSpace {
        space = at
      } else {
        if isOpen, space >= 0 { scratch.append(scalar: 0x20, like: self, at: space) }
        scratch.append(self, at..<at + length)
        isOpen = true
        space = -1
      }
      at += length
    }
    swap(&self, &scratch)
  }

  /// Takes ASCII punctuation away; an underscore may become something else before.
  mutating func dropPunctuation(underscore: UInt32?, _ scratch: inout AlignedText) {
    expand(&scratch) { scalar, out in
      if scalar == 0x5F, let underscore {
        out(underscore)
      } else if scalar >= 0x80 || !scalar.isPunctuationForBERT {
        out(scalar)
      }
    }
  }

  /// Python's `str.lower`: as everywhere, but a sigma at the end of a word is a final one.
  mutating func lowercaseLikePython(_ scratch: inout AlignedText) {
    if !isASCII, bytes.contains(0xCE) {
      var at = 0
      while at + 1 < bytes.count {
        if bytes[at] == 0xCE, bytes[at + 1] == 0xA3, hasFinalSigma(at) {
          bytes[at] = 0xCF
          bytes[at + 1] = 0x82
        }
        at += 1
      }
    }
    lowercase(&scratch)
  }

  /// Whether a letter stands before the sigma and none behind it, marks and points aside.
  private func hasFinalSigma(_ place: Int) -> Bool {
    func isIgnored(_ scalar: UInt32) -> Bool {
      scalar.unicodeFlags & UnicodeTables.Flag.mark != 0
        || [3, 20, 26].contains(scalar.unicodeFlags & 31)
        || [0x27, 0x2E, 0x3A, 0xB7, 0x2019].contains(scalar)
    }
    func isCased(_ scalar: UInt32) -> Bool { scalar.unicodeFlags & 31 < 3 }
    return bytes.withUnsafeBufferPointer { bytes in
      var at = place
      var hasBefore = false
      while at > 0 {
        let (scalar, length) = UTF8Reading.scalar(bytes, before: at)
        at -= length
        if isIgnored(scalar) { continue }
        hasBefore = isCased(scalar)
        break
      }
      guard hasBefore else { return false }
      at = place + 2
      while at < bytes.count {
        let (scalar, length) = UTF8Reading.scalar(bytes, at)
        at += length
        if isIgnored(scalar) { continue }
        return !isCased(scalar)
      }
      return true
    }
  }
}

extension UInt32 {
  /// What Python's `str.isspace` says: also the four separators of ASCII.
  @inline(__always)
  var isPythonSpace: Bool { isWhitespace || self &- 0x1C < 4 }
}
