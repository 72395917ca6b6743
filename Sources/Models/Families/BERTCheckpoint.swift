import Checkpoints
import Layers
import Towers

/// Where a BERT or one of its like lies in a file, whatever it was saved as.
///
/// transformers saves a class with heads (`RobertaForMaskedLM`) under a prefix (`roberta.`), beside the
/// heads. Files from before PyTorch had layer normalization call its weight and bias gamma and beta.
struct BERTCheckpoint {
  let keys: KeyMap
  /// What the file holds besides, as in ``KeyMap``: heads, and the pooler if nothing asks for it.
  let ignored: [String]
  /// Rows of the table of positions.
  let positions: Int

  /// - Parameters:
  ///   - kind: Which of ``PublishedSettings/bertKinds`` it is.
  /// - Throws: ``ModelError/unreadable(path:reason:)`` if it holds no such encoder.
  init(_ path: String, kind: String) throws(ModelError) {
    let file = try modelTensors(path)
    let table = "embeddings.word_embeddings.weight"
    guard let prefix = file.prefix(of: table) else {
      throw .unreadable(path: path, reason: "it has no “\(table)”")
    }
    let shapes = TensorShapes(file, prefix)
    positions = try shapes.size("embeddings.position_embeddings.weight", 0)
    var keys: KeyMap = kind == "distilbert" ? .huggingFaceDistilBERT : .huggingFaceBERT
    if shapes.has("embeddings.LayerNorm.gamma") { keys = .oldBERTNorms + keys }
    self.keys = keys.prefixed(theirs: prefix)
    ignored =
      file.keys(outside: prefix)
      + ["pooler.%", "embeddings.position_ids", "embeddings.token_type_ids"].map { prefix + $0 }
      + Self.heads.map { prefix + $0 }
  }

  /// Heads that stand beside an encoder without a prefix.
  private static let heads = ["lm_head.%", "cls.%", "classifier.%", "qa_outputs.%"]
}
