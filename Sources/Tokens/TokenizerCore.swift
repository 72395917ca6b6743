import Synchronization

/// The parts of a tokenizer, ready to run.
///
/// It never changes, so that any number of threads may share it.
final class TokenizerCore: Sendable {
  /// What a file says, before it becomes a core.
  struct Parts {
    var vocabulary: Vocabulary
    var model: TokenModel
    var addedTokens: [AddedToken] = []
    var normalizer: Normalizer?
    var preTokenizer: PreTokenizer?
    var postProcessor = PostProcessor()
    var decoder: Decoder?
    var truncation: TruncationSettings?
    var padding: PaddingSettings?
    /// What unknown tokens become when decoded, if not their own name.
    var unknownSurface: String?
    var unknownID: Int32?
    /// Tokens that decoding may leave out, besides added ones.
    var specialIDs: Set<Int32> = []
    /// Tokens to be found in the normalized text, as it is spelled there.
    var symbols: [(id: Int32, spelling: [UInt8])] = []
    /// Pieces that the trainer of the model added by hand.
    var userDefined: Set<Int32> = []
  }

  let parts: Parts
  let size: Int
  private let addedIDs: [[UInt8]: Int32]
  private let addedByID: [Int32: AddedToken]
  private let rawFinder: AddedTokenFinder
  private let normalizedFinder: AddedTokenFinder
  private let workspaces = WorkspacePool()
  /// How a text may be taken word by word, if at all.
  let wordwise: Wordwise?

  init(_ parts: Parts) {
    self.parts = parts
    size = max(parts.vocabulary.size, parts.addedTokens.map { Int($0.id) + 1 }.max() ?? 0)
    addedIDs = Dictionary(
      parts.addedTokens.map { (Array($0.content.utf8), $0.id) }, uniquingKeysWith: { $1 })
    addedByID = Dictionary(parts.addedTokens.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    var raw: [(token: AddedToken, spelling: [UInt8])] = []
    var normalized: [(token: AddedToken, spelling: [UInt8])] = []
    for token in parts.addedTokens {
      guard token.isNormalized else {
        raw.append((token, Array(token.content.utf8)))
        continue
      }
      var text = AlignedText()
      text.bytes = Array(token.content.utf8)
      var scratch = NormalizerScratch()
      parts.normalizer?.apply(to: &text, &scratch)
      normalized.append((token, text.bytes))
    }
    for symbol in parts.symbols {
      let content = String(decoding: symbol.spelling, as: UTF8.self)
      normalized.append((AddedToken(id: symbol.id, content: content), symbol.spelling))
    }
    wordwise = (raw + normalized).contains { $0.spelling.contains(0x20) } ? nil : Wordwise(parts)
    rawFinder = AddedTokenFinder(raw)
    normalizedFinder = AddedTokenFinder(normalized)
  }

  func id(_ token: String) -> Int32? {
    addedIDs[Array(token.utf8)] ?? parts.vocabulary.id(token)
  }

  func token(_ id: Int32) -> String? { addedByID[id]?.content ?? parts.vocabulary.token(id) }

  func isSpecial(_ id: Int32) -> Bool { addedByID[id]?.isSpecial ?? parts.specialIDs.contains(id) }

  /// Runs `body` with working memory that no other thread has.
  func withWorkspace<Result>(_ body: (inout Workspace) -> Result) -> Result {
    let box = workspaces.take()
    defer { workspaces.give(box) }
    return body(&box.workspace)
  }

  /// Splits a text into tokens, which end up in the workspace.
  ///
  /// Offsets are kept if it is tracked.
  func run(_ bytes: UnsafeBufferPointer<UInt8>, _ workspace: inout Workspace, tracked: Bool) {
    guard rawFinder.mayContain(bytes) else {
      return run(bytes, from: 0, &workspace, tracked: tracked)
    }
    for part in rawFinder.parts(bytes, 0..<bytes.count) {
      if part.id >= 0 {
        workspace.append(added: part.id, bytes[part.range], part.range, tracked: tracked)
      } else {
        run(
          UnsafeBufferPointer(rebasing: bytes[part.range]), from: part.range.lowerBound, &workspace,
          tracked: tracked)
      }
    }
  }

  /// A part of the original that holds no token to be found before normalization.
  private func run(
    _ bytes: UnsafeBufferPointer<UInt8>, from offset: Int, _ workspace: inout Workspace,
    tracked: Bool
  ) {
    if bytes.isEmpty { return }
    workspace.text.reset(tracked: tracked)
    workspace.text.appendOriginal(bytes, at: offset)
    parts.normalizer?.apply(to: &workspace.text, &workspace.normalizer)
    let mayHold = workspace.text.bytes.withUnsafeBufferPointer { normalizedFinder.mayContain($0) }
    guard mayHold else {
      return split(&workspace, isAtStart: offset == 0)
    }
    let whole = workspace.text
    let found = whole.bytes.withUnsafeBufferPointer {
      normalizedFinder.parts($0, 0..<whole.bytes.count)
    }
    for part in found {
      if part.id >= 0 {
        let range =
          tracked
          ? Int(whole.starts[part.range.lowerBound])..<Int(whole.ends[part.range.upperBound - 1])
          : part.range
        whole.bytes.withUnsafeBufferPointer {
          workspace.append(added: part.id, $0[part.range], range, tracked: tracked)
        }
      } else {
        workspace.text.reset(tracked: tracked)
        workspace.text.append(whole, part.range)
        split(&workspace, isAtStart: offset == 0 && part.range.lowerBound == 0)
      }
    }
  }

  /// Cuts the workspace's text and gives each piece to the model.
  private func split(_ workspace: inout Workspace, isAtStart: Bool) {
    if workspace.text.bytes.isEmpty { return }
    workspace.pieces.removeAll(keepingCapacity: true)
    workspace.pieces.append(Piece(0..<workspace.text.bytes.count))
    parts.preTokenizer?.apply(
      to: &workspace.text, &workspace.pieces, isAtStart: isAtStart, &workspace.splitter)
    workspace.encode(with: parts.model)
  }
}

/// Working memory for one text after the other.
struct Workspace {
  var text = AlignedText()
  var pieces: [Piece] = []
  var normalizer = NormalizerScratch()
  var splitter = SplitScratch()
  var model = ModelScratch()
  /// The tokens so far.
  var ids: [Int32] = []
  /// The bytes of its piece that each token covers.
  private var lengths: [Int32] = []
  /// The bytes of the original that each token covers, if tracked.
  private(set) var offsets: [Range<Int>] = []
  /// The text that each token covers, if tracked.
  private(set) var surfaces: [[UInt8]] = []
  private(set) var isAdded: [Bool] = []
  /// Whether an added token was found.
  var hasAdded = false
  var words = WordCache()

  mutating func clear() {
    hasAdded = false
    ids.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    surfaces.removeAll(keepingCapacity: true)
    isAdded.removeAll(keepingCapacity: true)
  }

  mutating func append(
    added id: Int32, _ surface: Slice<UnsafeBufferPointer<UInt8>>, _ range: Range<Int>,
    tracked: Bool
  ) {
    ids.append(id)
    hasAdded = true
    guard tracked else { return }
    offsets.append(range)
    surfaces.append(Array(surface))
    isAdded.append(true)
  }

  /// Gives each piece to the model.
  fileprivate mutating func encode(with model: TokenModel) {
    let tracked = text.isTracked
    for piece in pieces where piece.start < piece.end {
      let first = ids.count
      lengths.removeAll(keepingCapacity: true)
      text.bytes.withUnsafeBufferPointer { bytes in
        model.encode(
          UnsafeBufferPointer(rebasing: bytes[piece.range]), &self.model, into: &ids,
          lengths: &lengths, wantsLengths: tracked)
      }
      guard tracked else { continue }
      var at = piece.range.lowerBound
      for place in first..<ids.count {
        let end = min(at + Int(lengths[place - first]), text.bytes.count)
        offsets.append(
          at < end
            ? Int(text.starts[at])..<max(Int(text.ends[end - 1]), Int(text.starts[at])) : 0..<0)
        surfaces.append(Array(text.bytes[at..<end]))
        isAdded.append(false)
        at = end
      }
    }
  }
}

/// Workspaces that are not in use.
private final class WorkspacePool: Sendable {
  final class Box: @unchecked Sendable {
    var workspace = Workspace()
  }

  private let idle = Mutex<[Box]>([])

  func take() -> Box { idle.withLock { $0.popLast() } ?? Box() }

  func give(_ box: Box) {
    idle.withLock { if $0.count < 64 { $0.append(box) } }
  }
}
