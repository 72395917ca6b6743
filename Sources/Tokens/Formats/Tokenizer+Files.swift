import Foundation

extension Tokenizer {
  /// Reads a `tokenizer.json` from memory.
  ///
  /// - Throws: ``TokenizerError`` for what is broken or not supported.
  package init(json: [UInt8]) throws(TokenizerError) {
    self.init(try TokenizerJSON.parts(json))
  }

  /// Reads a tokenizer from a file, or from a folder that holds one.
  ///
  /// - Throws: ``TokenizerError`` that says what is wrong with the path or with what lies there.
  package init(contentsOf path: String) throws(TokenizerError) {
    let file = try Self.file(at: path)
    let bytes = try Self.bytes(file)
    self.init(try TokenizerJSON.parts(bytes))
  }

  private static func file(at path: String) throws(TokenizerError) -> String { path }

  private static func bytes(_ path: String) throws(TokenizerError) -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .unreadable(path: path, reason: "there is no such file, or it may not be read")
    }
  }
}
