import Files
import Foundation

extension Tokenizer {
  /// Reads a `tokenizer.json` from memory.
  ///
  /// - Throws: ``TokenizerError`` for what is broken or not supported.
  package init(json: [UInt8]) throws(TokenizerError) {
    self.init(try TokenizerJSON.parts(json))
  }

  /// Reads a SentencePiece `.model` from memory.
  ///
  /// - Throws: ``TokenizerError`` for what is broken or not supported.
  package init(sentencePiece model: [UInt8]) throws(TokenizerError) {
    self.init(try SentencePieceModel.parts(model))
  }

  /// Reads a tokenizer from a file, or from a folder that holds one.
  ///
  /// - Throws: ``TokenizerError`` that says what is wrong with the path or with what lies there.
  package init(contentsOf path: String) throws(TokenizerError) {
    let file = try Self.file(at: path)
    let bytes = try Self.bytes(file)
    let name = (file as NSString).lastPathComponent
    let folder = (file as NSString).deletingLastPathComponent
    switch true {
    case Self.isM2M100(file): try self.init(json: try Self.m2m100(bytes, folder))
    case name.hasSuffix(".model"): try self.init(sentencePiece: bytes)
    case name == "vocab.json", name == "merges.txt":
      let parts = try VocabularyFiles.pair(
        vocabulary: try Self.bytes(folder + "/vocab.json"),
        merges: try Self.bytes(folder + "/merges.txt"))
      self.init(parts)
    case name.hasSuffix(".json"): try self.init(json: bytes)
    case name.hasSuffix(".txt.gz"), name.hasPrefix("bpe_simple_vocab"):
      self.init(try VocabularyFiles.clip(try Self.unpacked(bytes)))
    case name.hasSuffix(".txt"):
      self.init(try VocabularyFiles.bert(bytes, options: Self.options(beside: folder)))
    default: throw .notATokenizer(path: path)
    }
  }

  /// The bytes of a `tokenizer.json` that reads texts as the tokenizer in a file, or in a folder, does.
  ///
  /// - Returns: Nil if it is of another kind than `tokenizer.json`, M2M-100's two files and BERT's
  ///   `vocab.txt`.
  /// - Throws: ``TokenizerError`` that says what is wrong with the path or with what lies there.
  package static func json(at path: String) throws(TokenizerError) -> [UInt8]? {
    let file = try Self.file(at: path)
    let name = (file as NSString).lastPathComponent
    if name.hasSuffix(".json"), name != "vocab.json" { return try Self.bytes(file) }
    let folder = (file as NSString).deletingLastPathComponent
    if isM2M100(file) { return try m2m100(try bytes(file), folder) }
    guard name.hasPrefix("vocab"), name.hasSuffix(".txt") else { return nil }
    return try WordListJSON.bytes(try Self.bytes(file), options: Self.options(beside: folder))
  }

  /// The name of M2M-100's pieces, whose numbers are in a `vocab.json` beside them.
  package static let m2m100Name = "sentencepiece.bpe.model"

  private static func isM2M100(_ path: String) -> Bool {
    let folder = (path as NSString).deletingLastPathComponent
    return (path as NSString).lastPathComponent == m2m100Name
      && FileManager.default.fileExists(atPath: folder + "/vocab.json")
  }

  private static func m2m100(
    _ model: [UInt8], _ folder: String
  ) throws(TokenizerError) -> [UInt8] {
    try SentencePieceModel.m2m100(model, vocabulary: try bytes(folder + "/vocab.json"))
  }

  /// The file itself, or the best of those in a folder.
  static func file(at path: String) throws(TokenizerError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .unreadable(path: path, reason: "there is no such file")
    }
    guard isFolder.boolValue else { return path }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    let found =
      names.first { $0 == "tokenizer.json" } ?? names.first { $0.hasSuffix(".model") }
      ?? names.first { $0.hasPrefix("bpe_simple_vocab") }
      ?? (names.contains("merges.txt") ? names.first { $0 == "vocab.json" } : nil)
      ?? names.first { $0.hasPrefix("vocab") && $0.hasSuffix(".txt") }
    guard let found else { throw .notATokenizer(path: path) }
    return path + "/" + found
  }

  static func bytes(_ path: String) throws(TokenizerError) -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .unreadable(path: path, reason: "there is no such file, or it may not be read")
    }
  }

  private static func unpacked(_ bytes: [UInt8]) throws(TokenizerError) -> [UInt8] {
    guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
    do {
      return try Inflate.gunzip(bytes)
    } catch {
      throw .malformed(kind: "gzip file", reason: error.reason)
    }
  }

  /// What a `tokenizer_config.json` says about a `vocab.txt`.
  private static func options(beside folder: String) -> VocabularyFiles.BERTOptions {
    var options = VocabularyFiles.BERTOptions()
    guard let bytes = try? bytes(folder + "/tokenizer_config.json"),
      let root = try? JSONDocument(bytes).root
    else { return options }
    options.lowercases = root["do_lower_case"]?.bool
    options.stripsAccents = root["strip_accents"]?.bool
    options.separatesIdeographs = root["tokenize_chinese_chars"]?.bool
    return options
  }
}
