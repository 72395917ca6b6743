import Languages

/// One way to make different spellings of a text the same, before it is split.
indirect enum Normalizer: Sendable {
  case sequence([Normalizer])
  case form(NormalizationForm)
  case lowercase
  /// Drops combining marks that stand alone; wants NFD before it.
  case stripAccents
  case bert(BERTNormalizer)
  case precompiled(PrecompiledCharacters)
  case replace(TextPattern, [UInt8])
  case prepend([UInt8])
  case strip(left: Bool, right: Bool)
  /// Drops control characters and makes all spaces plain.
  case nmt
  /// Spells every byte as a character, as GPT-2 does.
  case byteLevel
  case sentencePiece(SentencePieceNormalizer)
  case clip(CLIPCleaning)

  func apply(to text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    switch self {
    case .sequence(let all): for normalizer in all { normalizer.apply(to: &text, &scratch) }
    case .form(let form): form.apply(to: &text, &scratch)
    case .lowercase: text.lowercase(&scratch.text)
    case .stripAccents:
      text.filter(&scratch) { scalar in scalar.unicodeFlags & UnicodeTables.Flag.mark == 0 }
    case .bert(let bert): bert.apply(to: &text, &scratch)
    case .precompiled(let characters): characters.apply(to: &text, &scratch)
    case .replace(let pattern, let content):
      text.replace(pattern, by: content, &scratch.text)
    case .prepend(let content):
      if !text.bytes.isEmpty { text.insert(content, before: 0, &scratch.text) }
    case .strip(let left, let right): text.strip(left: left, right: right, &scratch.text)
    case .nmt: nmt(&text, &scratch)
    case .byteLevel: spellBytes(&text, &scratch.text)
    case .sentencePiece(let normalizer): normalizer.apply(to: &text, &scratch)
    case .clip(let cleaning): cleaning.apply(to: &text, &scratch)
    }
  }

  private func spellBytes(_ text: inout AlignedText, _ scratch: inout AlignedText) {
    scratch.reset(tracked: text.isTracked)
    for (at, byte) in text.bytes.enumerated() {
      scratch.append(scalar: ByteLevel.scalars[Int(byte)], like: text, at: at)
    }
    swap(&text, &scratch)
  }

  private func nmt(_ text: inout AlignedText, _ scratch: inout NormalizerScratch) {
    text.filter(&scratch) { scalar in
      switch scalar {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: false
      default: true
      }
    }
    text.map(&scratch.text) { scalar in
      switch scalar {
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
        0x20
      default: scalar
      }
    }
  }
}

extension AlignedText {
  /// Lower case, scalar by scalar: what a letter becomes does not depend on its neighbours.
  mutating func lowercase(_ scratch: inout AlignedText) {
    if isASCII {
      bytes.withUnsafeMutableBufferPointer { bytes in
        for place in bytes.indices where bytes[place] &- 65 < 26 { bytes[place] |= 0x20 }
      }
      return
    }
    let tables = UnicodeTables.shared
    expand(&scratch) { scalar, out in
      if scalar < 0x80 {
        out(scalar &- 65 < 26 ? scalar | 0x20 : scalar)
      } else if tables.flags[Int(scalar)] & UnicodeTables.Flag.hasLower != 0,
        let lower = tables.lowercase(scalar)
      {
        for scalar in lower { out(scalar) }
      } else {
        out(scalar)
      }
    }
  }

  /// Puts any number of scalars in place of each.
  @inline(__always)
  mutating func expand(
    _ scratch: inout AlignedText, _ body: (UInt32, (UInt32) -> Void) -> Void
  ) {
    scratch.reset(tracked: isTracked)
    var at = 0
    while at < bytes.count {
      let (scalar, length) = bytes.withUnsafeBufferPointer { UTF8Reading.scalar($0, at) }
      body(scalar) { scratch.append(scalar: $0, like: self, at: at) }
      at += length
    }
    swap(&self, &scratch)
  }

  @inline(__always)
  mutating func map(_ scratch: inout AlignedText, _ body: (UInt32) -> UInt32) {
    expand(&scratch) { scalar, out in out(body(scalar)) }
  }

  /// Keeps the scalars that `isKept` says.
  @inline(__always)
  mutating func filter(_ scratch: inout NormalizerScratch, _ isKept: (UInt32) -> Bool) {
    expand(&scratch.text) { scalar, out in if isKept(scalar) { out(scalar) } }
  }

  /// Puts bytes before the scalar at `place`; they stand for what it stands for.
  mutating func insert(_ content: [UInt8], before place: Int, _ scratch: inout AlignedText) {
    scratch.reset(tracked: isTracked)
    scratch.append(self, 0..<place)
    scratch.append(content, like: self, at: place)
    scratch.append(self, place..<bytes.count)
    swap(&self, &scratch)
  }

  /// Puts bytes in place of each match; they stand for what its last scalar stands for.
  mutating func replace(_ pattern: TextPattern, by content: [UInt8], _ scratch: inout AlignedText) {
    let matches = bytes.withUnsafeBufferPointer { pattern.matches(in: $0, 0..<bytes.count) }
    guard !matches.isEmpty else { return }
    if matches.allSatisfy({ bytes[$0].elementsEqual(content) }) { return }
    scratch.reset(tracked: isTracked)
    var last = 0
    for match in matches {
      scratch.append(self, last..<match.lowerBound)
      scratch.append(content, like: self, at: match.upperBound - 1)
      last = match.upperBound
    }
    scratch.append(self, last..<bytes.count)
    swap(&self, &scratch)
  }

  /// Takes white space from the ends.
  mutating func strip(left: Bool, right: Bool, _ scratch: inout AlignedText) {
    let kept = bytes.withUnsafeBufferPointer { bytes in
      var low = 0
      var high = bytes.count
      while left, low < high {
        let (scalar, length) = UTF8Reading.scalar(bytes, low)
        guard scalar.isWhitespace else { break }
        low += length
      }
      while right, low < high {
        let (scalar, length) = UTF8Reading.scalar(bytes, before: high)
        guard scalar.isWhitespace else { break }
        high -= length
      }
      return low..<high
    }
    guard kept.count < bytes.count else { return }
    scratch.reset(tracked: isTracked)
    scratch.append(self, kept)
    swap(&self, &scratch)
  }
}
