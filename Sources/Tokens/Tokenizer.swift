import Languages

/// Turns texts into the numbers that a model reads, and back.
///
/// Read from a file of any of the kinds that models come with. Safe to share between threads.
package struct Tokenizer: Sendable {
  let core: TokenizerCore

  init(_ parts: TokenizerCore.Parts) { core = TokenizerCore(parts) }

  /// The number of ids: the largest one and one more, added tokens included.
  package var vocabularySize: Int { core.size }

  /// The tokens that are looked for in the text itself.
  package var addedTokens: [AddedToken] { core.parts.addedTokens }

  /// What the file says about long texts; ``encode(_:addSpecialTokens:)`` leaves it to the caller.
  package var truncation: TruncationSettings? { core.parts.truncation }

  /// What the file says about padding; ``encode(batch:addSpecialTokens:)`` follows it.
  package var padding: PaddingSettings? { core.parts.padding }

  /// The number of the token that stands for what the vocabulary lacks, if it has one.
  package var unknownID: Int32? { core.parts.unknownID }

  /// How many tokens are put before and after a text, unless the caller wants none.
  package var addedCounts: (before: Int, after: Int) {
    (core.parts.postProcessor.before.count, core.parts.postProcessor.after.count)
  }

  /// The number of the token spelled so.
  package func id(of token: String) -> Int32? { core.id(token) }

  /// The spelling of the token of that number.
  package func token(of id: Int32) -> String? { core.token(id) }

  /// The tokens of a text, with their places in it, however many they are.
  package func encode(_ text: String, addSpecialTokens: Bool = true) -> Encoding {
    encode(text, addSpecialTokens: addSpecialTokens, truncation: nil)
  }

  /// The tokens of several texts, cut and padded as the tokenizer's file says.
  package func encode(batch texts: [String], addSpecialTokens: Bool = true) -> [Encoding] {
    let encodings = texts.map {
      encode($0, addSpecialTokens: addSpecialTokens, truncation: truncation)
    }
    guard let padding else { return encodings }
    return padding.padded(encodings)
  }

  /// The ids of a text: the quick way, which keeps no offsets.
  ///
  /// Of a text of more than `maximumLength` ids the end is cut off; the tokens that the template
  /// puts after it stay.
  package func ids(
    _ text: String, addSpecialTokens: Bool = true, maximumLength: Int? = nil
  ) -> (ids: [Int32], isTruncated: Bool) {
    var text = text
    return text.withUTF8 { bytes in
      core.withWorkspace { workspace in
        workspace.clear()
        core.runForIDs(bytes, &workspace)
        return assembled(workspace.ids, addSpecialTokens, maximumLength)
      }
    }
  }

  private func assembled(
    _ found: [Int32], _ addSpecialTokens: Bool, _ maximumLength: Int?
  ) -> (ids: [Int32], isTruncated: Bool) {
    let processor = core.parts.postProcessor
    let added = addSpecialTokens ? processor.count : 0
    let room = max(0, (maximumLength ?? .max) - added)
    let kept = min(found.count, room)
    var ids: [Int32] = []
    ids.reserveCapacity(kept + added)
    if addSpecialTokens { for token in processor.before { ids.append(token.id) } }
    ids.append(contentsOf: found[..<kept])
    if addSpecialTokens { for token in processor.after { ids.append(token.id) } }
    if let maximumLength, ids.count > maximumLength {
      ids.removeLast(ids.count - max(0, maximumLength))
    }
    return (ids, kept < found.count)
  }

  private func encode(
    _ text: String, addSpecialTokens: Bool, truncation: TruncationSettings?
  ) -> Encoding {
    var text = text
    return text.withUTF8 { bytes in
      core.withWorkspace { workspace in
        workspace.clear()
        core.run(bytes, &workspace, tracked: true)
        let processor = core.parts.postProcessor
        let added = addSpecialTokens ? processor.count : 0
        var encoding = Encoding()
        var kept = 0..<workspace.ids.count
        if let truncation, kept.count > max(0, truncation.maximumLength - added) {
          let room = max(0, truncation.maximumLength - added)
          kept = truncation.cutsRight ? 0..<room : kept.count - room..<kept.count
          encoding.isTruncated = true
        }
        if addSpecialTokens { for token in processor.before { encoding.append(token) } }
        let scalars = ScalarOffsets(bytes)
        for place in kept {
          encoding.append(
            id: workspace.ids[place], token: name(workspace, place),
            offset: scalars.range(workspace.offsets[place]), typeID: processor.typeID)
        }
        for trim in processor.trims { encoding.trim(trim) }
        if addSpecialTokens { for token in processor.after { encoding.append(token) } }
        return encoding
      }
    }
  }

  /// What the token at a place is called.
  private func name(_ workspace: Workspace, _ place: Int) -> String {
    let id = workspace.ids[place]
    // Hugging Face calls added tokens, and those of unigram models, by the text that they cover.
    let isBySurface =
      workspace.isAdded[place]
      || core.parts.model.namesTokensBySurface && core.parts.unknownSurface == nil
    if isBySurface {
      return String(decoding: workspace.surfaces[place], as: UTF8.self)
    }
    return core.token(id) ?? ""
  }
}

/// Byte offsets of a text as offsets of scalars.
private struct ScalarOffsets {
  /// By byte, the number of scalars that begin before it; empty for ASCII.
  private var counts: [Int32] = []

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    if UTF8Reading.isASCII(bytes) { return }
    counts.reserveCapacity(bytes.count + 1)
    var count: Int32 = 0
    for byte in bytes {
      if byte & 0xC0 != 0x80 { count += 1 }
      counts.append(count - 1)
    }
    counts.append(count)
  }

  func range(_ bytes: Range<Int>) -> Range<Int> {
    guard !counts.isEmpty else { return bytes }
    let low = Int(counts[min(bytes.lowerBound, counts.count - 1)])
    return low..<max(low, Int(counts[min(bytes.upperBound, counts.count - 1)]))
  }
}

extension Encoding {
  fileprivate mutating func append(_ token: PostProcessor.Token) {
    append(id: token.id, token: token.token, offset: 0..<0, typeID: token.typeID)
    specialTokensMask[specialTokensMask.count - 1] = 1
  }

  fileprivate mutating func append(id: Int32, token: String, offset: Range<Int>, typeID: Int32) {
    ids.append(id)
    tokens.append(token)
    offsets.append(offset)
    typeIDs.append(typeID)
    specialTokensMask.append(0)
    attentionMask.append(1)
  }

  /// Takes the spaces that tokens begin and end with out of their offsets.
  fileprivate mutating func trim(_ trim: PostProcessor.Trim) {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      scalar.value == 0x120 || scalar.value.isWhitespace
    }
    for place in tokens.indices where specialTokensMask[place] == 0 {
      var leading = tokens[place].unicodeScalars.prefix(while: isSpace).count
      let trailing = tokens[place].unicodeScalars.reversed().prefix(while: isSpace).count
      var (low, high) = (offsets[place].lowerBound, offsets[place].upperBound)
      if leading > 0 {
        if trim.addsPrefixSpace, low == 0 || place == 0 { leading -= 1 }
        low = min(low + leading, high)
      }
      if trailing > 0, high >= trailing { high = max(high - trailing, low) }
      offsets[place] = low..<high
    }
  }
}

extension PaddingSettings {
  /// The encodings, all of one length.
  func padded(_ encodings: [Encoding]) -> [Encoding] {
    var length = fixedLength ?? encodings.map(\.count).max() ?? 0
    if let multiple, multiple > 0 { length = (length + multiple - 1) / multiple * multiple }
    return encodings.map { encoding in
      let missing = length - encoding.count
      guard missing > 0 else { return encoding }
      var padded = encoding
      func pad<Element>(_ array: inout [Element], _ value: Element) {
        array.insert(
          contentsOf: repeatElement(value, count: missing), at: isRight ? array.count : 0)
      }
      pad(&padded.ids, id)
      pad(&padded.tokens, token)
      pad(&padded.offsets, 0..<0)
      pad(&padded.typeIDs, typeID)
      pad(&padded.specialTokensMask, 1)
      pad(&padded.attentionMask, 0)
      return padded
    }
  }
}
