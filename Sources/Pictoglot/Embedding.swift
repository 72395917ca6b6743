/// A picture or a text as a direction in a model's space.
///
/// Embeddings of one model can be compared whatever they came from: a picture lies near the texts
/// that describe it, in every language that the model has learned.
public struct Embedding: Sendable, Equatable {
  /// The coordinates; their squares add up to one.
  public let values: [Float]

  init(_ values: [Float]) { self.values = values }

  /// The cosine of the angle between two embeddings of one model, from −1 to 1.
  ///
  /// What counts as near differs between models and between pairs of text and picture and pairs of
  /// two pictures: compare similarities with each other, not with a fixed number.
  public func similarity(to other: Embedding) -> Float {
    zip(values, other.values).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
