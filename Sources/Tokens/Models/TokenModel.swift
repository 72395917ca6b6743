/// What turns one piece of text into numbers.
enum TokenModel: Sendable {
  case bpe(BPEModel)
  case unigram(UnigramModel)
  case wordPiece(WordPieceModel)
  case wordLevel(Vocabulary, unknownID: Int32?)

  /// Whether a token is called by the text it covers, and not by its own spelling.
  var namesTokensBySurface: Bool {
    if case .unigram = self { true } else { false }
  }

  /// Splits one piece and appends the ids.
  ///
  /// `lengths` gets the bytes that each token covers, if that is wanted.
  @inline(__always)
  func encode(
    _ piece: UnsafeBufferPointer<UInt8>, _ scratch: inout ModelScratch, into ids: inout [Int32],
    lengths: inout [Int32], wantsLengths: Bool
  ) {
    switch self {
    case .bpe(let model):
      model.encode(piece, &scratch.bpe, into: &ids, lengths: &lengths, wantsLengths: wantsLengths)
    case .unigram(let model):
      model.encode(
        piece, &scratch.unigram, into: &ids, lengths: &lengths, wantsLengths: wantsLengths)
    case .wordPiece(let model):
      model.encode(piece, into: &ids, lengths: &lengths, wantsLengths: wantsLengths)
    case .wordLevel(let vocabulary, let unknownID):
      guard let id = vocabulary.id(piece) ?? unknownID else { return }
      ids.append(id)
      if wantsLengths { lengths.append(Int32(piece.count)) }
    }
  }
}

/// The working memory of the models.
struct ModelScratch {
  var bpe = BPEScratch()
  var unigram = UnigramScratch()
}
