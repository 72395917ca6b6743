import Foundation

// Many files have more tokens than their tower has rows: T5's sentinels `<extra_id_0>` and other
// tokens that were added to the pieces, which no text of the authors' ever had.

extension Tokenizer {
  /// Reads a tokenizer for a text tower whose table has so many rows.
  ///
  /// Added tokens, sentinels and user-defined symbols beyond the table are left out: spelled in a
  /// text they are a text like any other. An ordinary token beyond it stays, and with it a
  /// ``vocabularySize`` of more than `rows`.
  ///
  /// - Throws: ``TokenizerError``, also if what is put around each text lies beyond the table.
  package init(contentsOf path: String, rows: Int) throws(TokenizerError) {
    let whole = try Tokenizer(contentsOf: path)
    let file = try Self.file(at: path)
    let name = (file as NSString).lastPathComponent
    switch true {
    case !whole.canLose(from: rows): self = whole
    case name.hasSuffix(".model"):
      self.init(try SentencePieceModel.parts(try Self.bytes(file), rows: rows))
    case name.hasSuffix(".json") && name != "vocab.json":
      try self.init(json: try Self.json(try Self.bytes(file), rows: rows))
    default: self = whole
    }
  }

  /// The bytes of a `tokenizer.json` without what ``init(contentsOf:rows:)`` leaves out.
  ///
  /// - Throws: ``TokenizerError``
  package static func json(_ json: [UInt8], rows: Int) throws(TokenizerError) -> [UInt8] {
    guard try Tokenizer(json: json).canLose(from: rows) else { return json }
    return try TokenRenumbering(kept: (0..<Int32(rows)).map { $0 }).apply(to: json)
  }

  /// Whether there are tokens beyond so many rows, and none of them is an ordinary one.
  private func canLose(from rows: Int) -> Bool {
    guard vocabularySize > rows else { return false }
    let added = Set(addedTokens.map(\.id)).union(core.parts.userDefined)
    return (Int32(rows)..<Int32(vocabularySize)).allSatisfy { id in
      added.contains(id) || token(of: id).map(Self.isSentinel) ?? true
    }
  }

  /// Whether a piece is one of T5's marks for what a text lacks: `<extra_id_99>`.
  private static func isSentinel(_ piece: String) -> Bool {
    var rest = Array(piece.utf8)[...]
    if rest.starts(with: "▁".utf8) { rest = rest.dropFirst(3) }
    guard rest.starts(with: "<extra_id_".utf8), rest.last == UInt8(ascii: ">") else { return false }
    return rest.dropFirst(10).dropLast().allSatisfy { (0x30...0x39).contains($0) }
  }
}
