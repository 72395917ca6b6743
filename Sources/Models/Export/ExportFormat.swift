import Tokens

/// The libraries whose checkpoints a model can be written as.
package enum ExportFormat: String, Codable, Sendable, CaseIterable {
  /// Hugging Face's transformers.
  case huggingFace = "huggingface"
  /// open_clip.
  case openCLIP = "open_clip"

  /// What people call it.
  package var title: String {
    switch self {
    case .huggingFace: "transformers"
    case .openCLIP: "open_clip"
    }
  }
}

/// Why a model cannot be written as another library's checkpoint.
package enum ExportError: Error, Equatable, CustomStringConvertible {
  /// The library has no tower that computes the same.
  case noCounterpart(format: ExportFormat, part: String, reason: String, possible: String)
  case oneSided(model: String, side: String)
  case tokenizer(model: String, reason: String)
  case placeTaken(path: String)

  package var description: String { words.asErrorLine }

  private var words: String {
    switch self {
    case .noCounterpart(let format, let part, let reason, let possible):
      "\(format.title) has no equivalent of \(part): \(reason). It can load \(possible)."
    case .oneSided(let model, let side):
      "\(model) has no tower for \(side); what other libraries load has both."
    case .tokenizer(let model, let reason):
      "The tokenizer of \(model) cannot be exported: \(reason)."
    case .placeTaken(let path): "\(path) already exists; choose another --out, or remove it."
    }
  }
}
