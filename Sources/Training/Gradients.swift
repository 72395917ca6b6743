package import Recipes
package import Torch
package import Towers

/// One step's loss and gradients, for the whole batch at once or in chunks.
package struct GradientStep {
  private let encoder: DualEncoder
  private let device: Device
  private let precision: DType
  /// Pictures that go through the network at once; 0 for all.
  private let chunk: Int
  private let padding: Int32
  private let size: Int

  package init(
    encoder: DualEncoder, device: Device, precision: DType, chunk: Int, padding: Int32, size: Int
  ) {
    self.encoder = encoder
    self.device = device
    self.precision = precision
    self.chunk = chunk
    self.padding = padding
    self.size = size
  }

  /// Computes the loss and adds its gradients to the parameters.
  ///
  /// With chunks, embeddings are computed first without a graph, the loss's gradient with respect
  /// to them next, and then each chunk again with a graph: the same gradients as at once, for the
  /// memory of one chunk.
  ///
  /// - Parameters:
  ///   - pictureSize: Side to which the batch's pictures are shrunk first, in pixels.
  /// - Returns: The loss, in nats.
  /// - Throws: ``TorchError``.
  /// - Source: Gao et al. 2021 (GradCache), arXiv:2101.06983.
  package func callAsFunction(
    _ batch: TrainingData.Batch, pictureSize: Int? = nil, loss: (EmbeddedPairs) -> Tensor
  ) throws -> Double {
    try Phase.training { try gradients(batch, pictureSize ?? size, loss) }
  }

  private func gradients(
    _ batch: TrainingData.Batch, _ pictureSize: Int, _ loss: (EmbeddedPairs) -> Tensor
  ) throws -> Double {
    let count = batch.imageGroups.count
    let imageRanges = ranges(count, chunk == 0 ? count : chunk)
    // Captions come shortest first: a few chunks of like length compute hardly any padding. A tower
    // that does not pad would only pay for each chunk's own gradient of the whole vocabulary.
    let parts = encoder.texts?.pads == true ? 4 : 1
    let textChunk = chunk == 0 ? (batch.texts.count + parts - 1) / parts : chunk * 8
    let textRanges = ranges(batch.texts.count, max(64, textChunk))
    var pixels = Tensor(batch.pixels, shape: [count, 3, size, size]).to(device)
    if pictureSize < size { pixels = averagePool(pixels, height: pictureSize, width: pictureSize) }
    let textBatches = textRanges.map {
      TokenBatch(Array(batch.texts[$0]), padding: padding, on: device)
    }
    let imageGroups = Tensor(batch.imageGroups.map(Int64.init)).to(device)
    let textGroups = Tensor(batch.textGroups.map(Int64.init)).to(device)
    let positives = imageGroups.insertingAxis(1).isEqual(to: textGroups.insertingAxis(0)).to(
      .float32)

    let images = pixels
    func embedImages(_ range: Range<Int>) -> Tensor {
      withAutocast(precision, on: device) { encoder.embed(images: images.narrowed(0, to: range)) }
    }
    func embedTexts(_ texts: TokenBatch) -> Tensor {
      withAutocast(precision, on: device) { encoder.embed(texts: texts) }
    }
    func value(_ images: Tensor, _ texts: Tensor) -> Tensor {
      loss(
        EmbeddedPairs(images: images, texts: texts, positives: positives, textGroups: textGroups))
    }

    if chunk == 0 {
      let result = value(
        embedImages(0..<count), .concatenated(textBatches.map(embedTexts), axis: 0))
      try result.backward()
      return result.item
    }

    let imageLeaf = Parameter(
      "images", withoutGradient { .concatenated(imageRanges.map(embedImages), axis: 0) })
    let textLeaf = Parameter(
      "texts", withoutGradient { .concatenated(textBatches.map(embedTexts), axis: 0) })
    let result = value(imageLeaf.value, textLeaf.value)
    try result.backward()
    if let gradient = imageLeaf.gradient {
      for range in imageRanges {
        try embedImages(range).backward(from: gradient.narrowed(0, to: range))
      }
    }
    if let gradient = textLeaf.gradient {
      for (range, batch) in zip(textRanges, textBatches) {
        try embedTexts(batch).backward(from: gradient.narrowed(0, to: range))
      }
    }
    return result.item
  }

  private func ranges(_ count: Int, _ size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}
