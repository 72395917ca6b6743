import Languages

/// Reads SentencePiece's `.model`: three messages of protocol buffers.
///
/// Ids are the file's own, and nothing is put around a text, as SentencePiece does by default.
///
/// - Differs: Pieces marked as unused are as good as absent from a BPE model, where SentencePiece
///   would join them first and take them apart again.
/// - Source: Kudo and Richardson 2018, arXiv:1808.06226; `sentencepiece_model.proto`.
struct SentencePieceModel {
  private enum Kind: UInt64 { case normal = 1, unknown, control, userDefined, unused, byte }

  private struct Entry {
    var bytes: [UInt8] = []
    var score: Float = 0
    var kind = Kind.normal
  }

  private var entries: [Entry] = []
  private var isBPE = false
  private var fallsBackToBytes = false
  private var unknownSurface = " \u{2047} "
  private var normalizer = SentencePieceNormalizer()
  private var charactersBlob: [UInt8] = []

  private static let kind = "SentencePiece model"

  private static func broken(_ reason: String) -> TokenizerError {
    .malformed(kind: kind, reason: reason)
  }

  /// - Parameter rows: How many pieces are read; all, if there are fewer.
  /// - Throws: ``TokenizerError`` for what is broken, and for models of words or characters.
  static func parts(_ bytes: [UInt8], rows: Int = .max) throws(TokenizerError)
    -> TokenizerCore.Parts
  {
    var model = try model(bytes)
    model.entries = Array(model.entries.prefix(rows))
    return try model.parts()
  }

  /// - Throws: ``TokenizerError`` for what is broken, and for models of words or characters.
  static func model(_ bytes: [UInt8]) throws(TokenizerError) -> SentencePieceModel {
    var model = SentencePieceModel()
    do {
      try model.read(bytes)
    } catch is ProtobufReader.Failure {
      throw broken("its protocol buffers are cut short or no such thing")
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw broken("it cannot be read")
    }
    return model
  }

  /// The same pieces, ids and spaces for a `tokenizer.json`; nil for any but a BPE model whose settings
  /// are SentencePiece's standard ones, as that form cannot say the others.
  var json: SentencePieceJSON? {
    guard let unknown = entries.firstIndex(where: { $0.kind == .unknown }), isBPE,
      !entries.contains(where: { $0.kind == .userDefined }),
      normalizer.escapesSpaces, normalizer.removesExtraSpaces, !normalizer.isSuffix
    else { return nil }
    return SentencePieceJSON(
      pieces: entries.map { entry in
        SentencePieceJSON.Piece(
          spelling: entry.bytes, score: entry.score,
          isSpecial: [.control, .unknown, .unused].contains(entry.kind))
      }, unknown: unknown, fallsBackToBytes: fallsBackToBytes,
      addsPrefix: normalizer.addsPrefix, charactersBlob: charactersBlob)
  }

  private mutating func read(_ bytes: [UInt8]) throws {
    var reader = ProtobufReader(bytes[...])
    while let (field, value) = try reader.next() {
      guard case .bytes(let message) = value else { continue }
      switch field {
      case 1: entries.append(try Self.entry(message))
      case 2: try readTrainer(message)
      case 3: try readNormalizer(message)
      default: break
      }
    }
  }

  private static func entry(_ message: ArraySlice<UInt8>) throws -> Entry {
    var entry = Entry()
    var reader = ProtobufReader(message)
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (1, .bytes(let bytes)): entry.bytes = Array(bytes)
      case (2, .number(let bits)): entry.score = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      case (3, .number(let number)):
        guard let kind = Kind(rawValue: number) else { throw broken("a piece is of unknown kind") }
        entry.kind = kind
      default: break
      }
    }
    guard entry.score.isFinite, String(validating: entry.bytes, as: UTF8.self) != nil else {
      throw broken("a piece is not UTF-8, or its score no number")
    }
    return entry
  }

  private mutating func readTrainer(_ message: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(message)
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (3, .number(let type)):
        guard type == 1 || type == 2 else {
          throw TokenizerError.unsupported(
            part: "SentencePiece model type", name: type == 3 ? "word" : "char")
        }
        isBPE = type == 2
      case (24, .number(let flag)): normalizer.isSuffix = flag != 0
      case (35, .number(let flag)): fallsBackToBytes = flag != 0
      case (44, .bytes(let bytes)): unknownSurface = String(decoding: bytes, as: UTF8.self)
      default: break
      }
    }
  }

  private mutating func readNormalizer(_ message: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(message)
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (2, .bytes(let bytes)): charactersBlob = Array(bytes)
      case (3, .number(let flag)): normalizer.addsPrefix = flag != 0
      case (4, .number(let flag)): normalizer.removesExtraSpaces = flag != 0
      case (5, .number(let flag)): normalizer.escapesSpaces = flag != 0
      default: break
      }
    }
  }

  private func parts() throws(TokenizerError) -> TokenizerCore.Parts {
    guard let unknown = entries.firstIndex(where: { $0.kind == .unknown }) else {
      throw Self.broken("it has no unknown piece")
    }
    let unknownID = Int32(unknown)
    let vocabulary = try Vocabulary(ordered: entries.map(\.bytes), kind: Self.kind)
    var bytes: [Int32] = []
    if fallsBackToBytes {
      bytes = (0..<256).compactMap { vocabulary.id(BPEModel.byteToken($0)) }
      guard bytes.count == 256 else { throw Self.broken("it lacks some of its byte pieces") }
    }
    let model = isBPE ? try bpe(vocabulary, unknownID) : unigram(unknownID, bytes)
    var parts = TokenizerCore.Parts(vocabulary: vocabulary, model: model)
    var normalizer = normalizer
    if !charactersBlob.isEmpty { normalizer.characters = try PrecompiledCharacters(charactersBlob) }
    let symbols = entries.enumerated().filter { $1.kind == .userDefined }
    if !symbols.isEmpty {
      normalizer.symbols = ByteTrie(symbols.map { ($1.bytes[...], Int32($0)) })
    }
    parts.normalizer = .sentencePiece(normalizer)
    parts.decoder = .sentencePiece(
      stripsFirst: normalizer.addsPrefix, stripsAll: normalizer.removesExtraSpaces)
    parts.unknownSurface = unknownSurface
    parts.unknownID = unknownID
    parts.specialIDs = Set(
      entries.indices.filter { entries[$0].kind == .control }.map { Int32($0) })
    parts.userDefined = Set(symbols.map { Int32($0.offset) })
    // Merging must not cross what the user defined; a likeliest split weighs it like any other.
    if isBPE { parts.symbols = symbols.map { (Int32($0), $1.bytes) } }
    return parts
  }

  private func unigram(_ unknownID: Int32, _ bytes: [Int32]) -> TokenModel {
    let usable = entries.filter { $0.kind == .normal }.map(\.score)
    let floor = usable.min() ?? 0
    let ceiling = usable.max() ?? 0
    var scores = entries.map { Double($0.score) }
    var spellings: [(bytes: ArraySlice<UInt8>, value: Int32)] = []
    for (id, entry) in entries.enumerated() {
      if entry.kind == .userDefined {
        scores[id] = Double(Float(UTF8Reading.count(entry.bytes)) * ceiling - 0.1)
      }
      if entry.kind == .normal || entry.kind == .userDefined {
        spellings.append((entry.bytes[...], Int32(id)))
      }
    }
    return .unigram(
      UnigramModel(
        scores: scores, spellings: spellings, unknownID: unknownID, floor: Double(floor),
        byteTokens: bytes, isSinglePrecision: true))
  }

  /// SentencePiece joins neighbours whose joined text is a piece, the best score first. As pairs:
  /// every way to cut a piece in two, ranked by the piece's score.
  private func bpe(_ vocabulary: Vocabulary, _ unknownID: Int32) throws(TokenizerError)
    -> TokenModel
  {
    let scores = Set(entries.map(\.score)).sorted(by: >)
    let ranks = Dictionary(uniqueKeysWithValues: scores.enumerated().map { ($1, UInt64($0)) })
    var settings = BPEModel.Settings()
    settings.fusesUnknown = true
    settings.fallsBackToBytes = fallsBackToBytes
    var usable: [[UInt8]: Int32] = [:]
    for (id, entry) in entries.enumerated()
    where entry.kind == .normal || entry.kind == .userDefined {
      usable[entry.bytes] = Int32(id)
    }
    // Characters that only occur inside pieces take part in merging all the same.
    var lone: [[UInt8]: Int32] = [:]
    func part(_ bytes: ArraySlice<UInt8>) -> Int32? {
      let bytes = Array(bytes)
      if let id = usable[bytes] { return id }
      guard let first = bytes.first, UTF8Reading.length(first) == bytes.count else { return nil }
      if let id = lone[bytes] { return id }
      let id = Int32(entries.count + lone.count)
      lone[bytes] = id
      return id
    }
    var table = PairTable(capacity: entries.count * 4)
    for (id, entry) in entries.enumerated() where entry.kind == .normal {
      guard entry.bytes.count <= 512, let rank = ranks[entry.score],
        usable[entry.bytes] == Int32(id)
      else { continue }
      var cut = UTF8Reading.length(entry.bytes.first ?? 0)
      while cut < entry.bytes.count {
        if let left = part(entry.bytes[..<cut]), let right = part(entry.bytes[cut...]) {
          table.set(left, right, rank << 32 | UInt64(id))
        }
        cut += UTF8Reading.length(entry.bytes[cut])
      }
    }
    var model = BPEModel(vocabulary, table: table, settings: settings, unknownID: unknownID)
    model.loneCharacters = lone
    return .bpe(model)
  }
}
