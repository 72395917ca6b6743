import Settings

/// How the score of a picture and a text becomes a probability, as a model has learned it.
package enum PairScoring: String, Choice {
  /// One of several texts belongs to a picture: softmax over scale · cosine.
  case softmax
  /// Each text is asked about on its own: sigmoid of scale · cosine + bias.
  case sigmoid
}
