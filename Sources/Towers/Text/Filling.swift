import Torch

/// Texts that are filled up to one length, where what fills them is read like any other token.
///
/// SigLIP and BriVL have learned this way: the vector of a text depends on the filling.
package struct Filling: Codable, Sendable, Equatable {
  /// Tokens that each text is given.
  package var length: Int
  /// The id that fills up short texts.
  package var padding: Int32

  package init(length: Int, padding: Int32) {
    self.length = length
    self.padding = padding
  }

  /// The same texts, each of ``length`` ids.
  func fill(_ texts: TokenBatch, on device: Device) -> TokenBatch {
    TokenBatch(texts.texts, padding: padding, length: length, on: device)
  }
}
