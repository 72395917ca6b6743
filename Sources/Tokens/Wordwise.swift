import Languages

/// When the words of a text, cut at plain spaces, can be looked up one by one.
///
/// Most tokenizers never look across a space. Then the ids of a text are those of its words, and a
/// word that was seen before costs one look into a table. What makes a word depend on its
/// neighbours is found when the word is first seen, and such a text takes the long way.
struct Wordwise: Sendable {
  /// Whether spaces become `▁` before a word, so that white space inside a word matters.
  private let keepsSpaces: Bool
  /// Whether two spaces are as good as one, and those at the ends as none.
  let collapsesSpaces: Bool
  /// Whether entities of HTML may be undone, which depends on the whole text.
  private let readsHTML: Bool

  /// - Returns: `nil` if the parts of the tokenizer may look across spaces.
  init?(_ parts: TokenizerCore.Parts) {
    var normalizers: [Normalizer] = []
    Self.flatten(parts.normalizer, into: &normalizers)
    var splitters: [PreTokenizer] = []
    Self.flatten(parts.preTokenizer, into: &splitters)
    guard let first = splitters.first, parts.symbols.isEmpty else { return nil }
    var replacesSpaces = false
    var strips = false
    var readsHTML = false
    var hasRules = false
    for normalizer in normalizers {
      switch normalizer {
      case .form, .lowercase, .stripAccents, .bert: break
      case .precompiled, .nmt: hasRules = true
      case .clip:
        readsHTML = true
        hasRules = true
      case .replace(.spaces, [0x20]), .replace(.plainSpaces, [0x20]): replacesSpaces = true
      case .strip(true, true): strips = true
      default: return nil
      }
    }
    switch first {
    case .bert, .whitespace, .whitespaceSplit:
      keepsSpaces = false
    case .split(.regex(let pattern), .removed, isInverted: true)
    where Self.spacelessPatterns.contains(pattern.source):
      keepsSpaces = false
    case .metaspace(let metaspace)
    where metaspace.splits && metaspace.prependScheme == .always && !hasRules:
      keepsSpaces = true
    default: return nil
    }
    for splitter in splitters.dropFirst() {
      switch splitter {
      case .metaspace(let metaspace) where metaspace.prependScheme != .first: break
      case .punctuation, .digits, .split, .byteLevel, .bert, .unicodeScripts, .whitespaceSplit:
        break
      default: return nil
      }
    }
    collapsesSpaces = !keepsSpaces || replacesSpaces && strips
    self.readsHTML = readsHTML
  }

  /// Expressions no match of which holds white space.
  private static let spacelessPatterns: Set<String> = [
    "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
    "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
  ]

  private static func flatten(_ normalizer: Normalizer?, into all: inout [Normalizer]) {
    guard let normalizer else { return }
    guard case .sequence(let parts) = normalizer else { return all.append(normalizer) }
    for part in parts { flatten(part, into: &all) }
  }

  private static func flatten(_ splitter: PreTokenizer?, into all: inout [PreTokenizer]) {
    guard let splitter else { return }
    guard case .sequence(let parts) = splitter else { return all.append(splitter) }
    for part in parts { flatten(part, into: &all) }
  }

  /// Whether a word means the same wherever it stands.
  func isIndependent(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    let (first, _) = UTF8Reading.scalar(word, 0)
    if GraphemeClusters.extends(first) { return false }
    if GraphemeClusters.isPrepend(UTF8Reading.scalar(word, before: word.count).value) {
      return false
    }
    if readsHTML, word.contains(where: { $0 == 0x26 || $0 == 0x3C }) { return false }
    guard keepsSpaces else { return true }
    var at = 0
    while at < word.count {
      let (scalar, length) = UTF8Reading.scalar(word, at)
      at += length
      if scalar.isWhitespace || scalar == 0x2581 { return false }
      if scalar >= 0x80, scalar.unicodeFlags & UnicodeTables.Flag.compatible != 0,
        let parts = UnicodeTables.shared.decomposition(scalar, compatible: true),
        parts.contains(where: { $0 == 0x20 || $0 == 0x2581 })
      {
        return false
      }
    }
    return true
  }
}

extension TokenizerCore {
  /// Splits a text into ids, which end up in the workspace: the quick way where there is one.
  func runForIDs(_ bytes: UnsafeBufferPointer<UInt8>, _ workspace: inout Workspace) {
    if let wordwise, runWordwise(bytes, wordwise, &workspace) { return }
    workspace.clear()
    run(bytes, &workspace, tracked: false)
  }

  /// - Returns: Whether the words could be taken one by one.
  private func runWordwise(
    _ bytes: UnsafeBufferPointer<UInt8>, _ wordwise: Wordwise, _ workspace: inout Workspace
  ) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    var start = 0
    let count = bytes.count
    while start < count {
      var end = start
      while end < count, base[end] != 0x20 { end += 1 }
      if end == start {
        guard wordwise.collapsesSpaces else { return false }
      } else {
        let word = UnsafeBufferPointer(start: base + start, count: end - start)
        switch workspace.words.look(word, into: &workspace.ids) {
        case .found: break
        case .dependent: return false
        case .unknown(let hash):
          guard learn(word, hash, wordwise, &workspace) else { return false }
        }
      }
      start = end + 1
    }
    // A space at the very end is a word of its own to some.
    return count == 0 || base[count - 1] != 0x20 || wordwise.collapsesSpaces
  }

  /// Takes a word the long way and keeps what comes of it.
  private func learn(
    _ word: UnsafeBufferPointer<UInt8>, _ hash: UInt64, _ wordwise: Wordwise,
    _ workspace: inout Workspace
  ) -> Bool {
    let first = workspace.ids.count
    var isIndependent = wordwise.isIndependent(word)
    if isIndependent {
      workspace.hasAdded = false
      run(word, &workspace, tracked: false)
      isIndependent = !workspace.hasAdded
    }
    workspace.words.keep(word, hash, isIndependent ? workspace.ids[first...] : nil)
    return isIndependent
  }
}
