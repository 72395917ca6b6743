package import Torch

// Embedding in one go, or in its two halves: what a frozen tower gives never changes, so that it can
// be kept, and only the projection behind it runs each time.

extension DualEncoder {
  /// Embeddings of length one, float32; there must be an image tower.
  ///
  /// - Shapes: `[batch, 3, height, width] → [batch, width]`
  package func embed(images pixels: Tensor) -> Tensor {
    embed(imageFeatures: imageFeatures(of: pixels))
  }

  /// Embeddings of images of which parts are named; a tower that sees images as a whole ignores
  /// them.
  ///
  /// - Parameters:
  ///   - boxes: The parts of each picture; nil where none are named.
  /// - Shapes: `[batch, 3, height, width] → [batch, width]`
  package func embed(images pixels: Tensor, boxes: [[ImageBox]?]) -> Tensor {
    embed(imageFeatures: imageFeatures(of: pixels, boxes: boxes))
  }

  /// Embeddings of length one, float32; there must be a text tower.
  ///
  /// - Shapes: ids `[batch, length]` → `[batch, width]`
  package func embed(texts batch: TokenBatch) -> Tensor {
    embed(textFeatures: textFeatures(of: batch))
  }

  /// What the image tower gives, before it is projected; there must be one.
  ///
  /// - Shapes: `[batch, 3, height, width] → [batch, tower's width]`
  package func imageFeatures(of pixels: Tensor) -> Tensor {
    guard let images else { preconditionFailure("This encoder has no image tower.") }
    return images(pixels)
  }

  /// The same of images of which parts are named; towers that see an image as a whole ignore them.
  ///
  /// - Shapes: `[batch, 3, height, width] → [batch, tower's width]`
  package func imageFeatures(of pixels: Tensor, boxes: [[ImageBox]?]) -> Tensor {
    guard let images else { preconditionFailure("This encoder has no image tower.") }
    return images(pixels, boxes: boxes)
  }

  /// What the text tower gives, before it is projected; there must be one.
  ///
  /// - Shapes: ids `[batch, length]` → `[batch, tower's width]`
  package func textFeatures(of batch: TokenBatch) -> Tensor {
    guard let texts else { preconditionFailure("This encoder has no text tower.") }
    return texts(batch)
  }

  /// Embeddings of length one, float32, of what the image tower gave before.
  ///
  /// - Shapes: `[batch, tower's width] → [batch, width]`
  package func embed(imageFeatures features: Tensor) -> Tensor {
    projected(imageFeatures: features).normalized()
  }

  /// Embeddings of length one, float32, of what the text tower gave before.
  ///
  /// - Shapes: `[batch, tower's width] → [batch, width]`
  package func embed(textFeatures features: Tensor) -> Tensor {
    projected(textFeatures: features).normalized()
  }

  /// Vectors in the shared space of any length, as teacher learning compares them.
  ///
  /// - Shapes: `[…, tower's width] → […, width]`
  package func projected(imageFeatures features: Tensor) -> Tensor { imageProjection(features) }

  /// Vectors in the shared space of any length, as teacher learning compares them.
  ///
  /// - Shapes: `[…, tower's width] → […, width]`
  package func projected(textFeatures features: Tensor) -> Tensor { textProjection(features) }
}
