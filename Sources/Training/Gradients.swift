import Recipes
import Torch
import Towers

/// One step's loss and gradients, for the whole batch at once or in chunks.
struct GradientStep {
  let encoder: DualEncoder
  let device: Device
  let precision: DType
  /// Pictures that go through the network at once; 0 for all.
  let chunk: Int
  let padding: Int32
  let size: Int

  /// Computes the loss and adds its gradients to the parameters.
  ///
  /// With chunks, embeddings are computed first without a graph, the loss's gradient with respect
  /// to them next, and then each chunk again with a graph: the same gradients as at once, for the
  /// memory of one chunk.
  ///
  /// - Returns: The loss in nats, and the share of picture–caption pairs outside of the diagonal
  ///   that are positives, which a plain contrastive loss would call negatives.
  /// - Throws: ``TorchError``.
  /// - Source: Gao et al. 2021 (GradCache), arXiv:2101.06983.
  func callAsFunction(
    _ batch: TrainingData.Batch, loss: (EmbeddedPairs) -> Tensor
  ) throws -> Double {
    let count = batch.imageGroups.count
    let imageRanges = ranges(count, chunk == 0 ? count : chunk)
    // Captions come shortest first: a few chunks of like length compute hardly any padding.
    let textChunk = chunk == 0 ? (batch.texts.count + 3) / 4 : chunk * 8
    let textRanges = ranges(batch.texts.count, max(64, textChunk))
    let pixels = Tensor(batch.pixels, shape: [count, 3, size, size]).to(device)
    let textBatches = textRanges.map {
      TokenBatch(Array(batch.texts[$0]), padding: padding, on: device)
    }
    let imageGroups = Tensor(batch.imageGroups.map(Int64.init)).to(device)
    let textGroups = Tensor(batch.textGroups.map(Int64.init)).to(device)
    let positives = imageGroups.insertingAxis(1).isEqual(to: textGroups.insertingAxis(0)).to(.float32)

    func embedImages(_ range: Range<Int>) -> Tensor {
      withAutocast(precision, on: device) { encoder.embed(images: pixels.narrowed(0, to: range)) }
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

    let images = Parameter(
      "images", withoutGradient { .concatenated(imageRanges.map(embedImages), axis: 0) })
    let texts = Parameter(
      "texts", withoutGradient { .concatenated(textBatches.map(embedTexts), axis: 0) })
    let result = value(images.value, texts.value)
    try result.backward()
    if let gradient = images.gradient {
      for range in imageRanges {
        try embedImages(range).backward(from: gradient.narrowed(0, to: range))
      }
    }
    if let gradient = texts.gradient {
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
