import Languages

/// Why a file cannot become a tokenizer.
package enum TokenizerError: Error, Equatable {
  /// The file or folder could not be read at all.
  case unreadable(path: String, reason: String)
  /// The path is none of the kinds of file that tokenizers come in.
  case notATokenizer(path: String)
  /// The file is of a known kind, and breaks that kind's rules.
  case malformed(kind: String, reason: String)
  /// The file asks for something that this engine does not do.
  case unsupported(part: String, name: String)
}

extension TokenizerError: CustomStringConvertible {
  /// The error as one line for a user.
  package var description: String { words.asErrorLine }

  private var words: String {
    switch self {
    case .unreadable(let path, let reason):
      "The tokenizer \(path) cannot be read: \(reason)."
    case .notATokenizer(let path):
      "\(path) is not a tokenizer: give a tokenizer.json, a SentencePiece .model, a vocab.txt, "
        + "a vocab.json beside its merges.txt, CLIP's bpe_simple_vocab_16e6.txt.gz, "
        + "or a folder that holds one of these."
    case .malformed(let kind, let reason):
      "The \(kind) is broken: \(reason). Fetch it again or take another."
    case .unsupported(let part, let name):
      "The tokenizer's \(part) “\(name)” is not supported."
    }
  }
}

extension String {
  /// This as one line of at most 1500 bytes, whatever a file from outside calls its parts.
  package var asErrorLine: String {
    var line = ""
    var size = 0
    for scalar in unicodeScalars {
      let isControl = [.control, .lineSeparator, .paragraphSeparator]
        .contains(scalar.properties.generalCategory)
      let seen = isControl ? "\u{FFFD}" : scalar
      size += seen.value.utf8Length
      guard size <= 1500 else { return line + "…" }
      line.unicodeScalars.append(seen)
    }
    return line
  }
}
