package import Torch
package import Towers

/// What a recipe sees of one step: pictures, captions, and what belongs together.
///
/// It embeds what the recipe asks for, in one go or in chunks. In chunks, embeddings are computed
/// first without a graph, the loss's gradient with respect to them next, and then each chunk again
/// with a graph: the same gradients as at once, for the memory of one chunk. Batch norms normalize
/// each chunk by itself, and move their running statistics once a step.
///
/// - Source: Gao et al. 2021 (GradCache), arXiv:2101.06983.
package final class Step {
  /// Pictures of one size.
  package struct View {
    /// Normalized pixels, crop after crop of all pictures, `[crops · n, 3, size, size]`.
    package let pixels: Tensor
    package let crops: Int
    /// What a crop's loss counts beside the others'; 0 for views that a recipe asks for by itself.
    package let weight: Double

    package init(pixels: Tensor, crops: Int = 1, weight: Double = 1) {
      self.pixels = pixels
      self.crops = crops
      self.weight = weight
    }
  }

  /// What is given of a step.
  package struct Inputs {
    /// At least one where pictures are learned from, unless there are features.
    package var views: [View] = []
    /// The image tower's outputs, computed before, in place of pixels, `[n, tower width]`.
    package var features: Tensor?
    /// Captions in parts of like length, shortest first; `m` in all.
    package var texts: [TokenBatch] = []
    /// The concept of each picture as a number, `[n]`, int64.
    package var imageGroups: Tensor
    /// The concept of each caption, `[m]`, int64.
    package var textGroups: Tensor
    /// The place of each caption's own picture, m of them.
    package var textOwners: [Int] = []
    /// The language of each caption, as a BCP 47 tag.
    package var textLanguages: [String] = []
    /// What a teacher made of each caption, `[m, teacher's width]`.
    package var teacher: Tensor?
    /// What a teacher of pairs made of each picture, of length one, `[n, teacher's width]`.
    package var teacherImages: Tensor?
    /// And of each caption that it reads, `[taught, teacher's width]`.
    package var teacherTexts: Tensor?
    /// The places of those captions, `[taught]`, int64; nil where it reads all.
    package var taughtTexts: Tensor?
    /// That teacher's 1/τ.
    package var teacherScale = 1.0
    /// Steps done before this one.
    package var number = 0
    /// For everything that a step draws.
    package var seed: UInt64 = 0

    package init(imageGroups: Tensor, textGroups: Tensor) {
      self.imageGroups = imageGroups
      self.textGroups = textGroups
    }
  }

  package let inputs: Inputs
  package let device: Device
  private let precision: DType
  /// Pictures that go through a tower at once, captions coming in parts already; 0 for all.
  private let chunk: Int
  private var again: [() throws -> Void] = []
  /// What has been embedded so far: whoever asks again, gets the same.
  private var embeddings: [Key: Tensor] = [:]
  private var later: [() -> Void] = []
  /// What the recipe wants in the log besides the loss.
  package private(set) var notes: [(name: String, value: Tensor)] = []

  package init(_ inputs: Inputs, chunk: Int = 0, precision: DType = .float32, device: Device = .cpu)
  {
    self.inputs = inputs
    self.chunk = chunk
    self.precision = precision
    self.device = device
  }

  /// How many pictures there are, n.
  package var count: Int { inputs.imageGroups.shape[0] }

  /// 1 where picture and caption are of one concept, else 0, `[n, m]`.
  package var positives: Tensor {
    inputs.imageGroups.insertingAxis(1).isEqual(to: inputs.textGroups.insertingAxis(0))
      .to(.float32)
  }

  /// The place of each caption's own picture, `[m]`, and of each picture's first own caption, `[n]`,
  /// int64; every picture must have one.
  package var partners: (ofTexts: Tensor, ofImages: Tensor) {
    var first = [Int64](repeating: 0, count: count)
    for (text, picture) in inputs.textOwners.enumerated().reversed() {
      first[picture] = Int64(text)
    }
    return (Tensor(inputs.textOwners.map(Int64.init)).to(device), Tensor(first).to(device))
  }

  /// Embeddings of the pictures of a view, of length one, float32, crop after crop. Computed once a
  /// step, however often asked for.
  ///
  /// - Shapes: `[crops · n, width]`
  package func images(_ view: Int = 0, by encoder: DualEncoder) -> Tensor {
    once(Key(encoder, view: view)) { embeddedImages(view, by: encoder) }
  }

  private func embeddedImages(_ view: Int, by encoder: DualEncoder) -> Tensor {
    let learns = encoder.learns(images: true)
    if let features = inputs.features {
      return embedded([count], of: view, learns) { _ in encoder.embed(imageFeatures: features) }
    }
    let pixels = inputs.views[view].pixels
    let ranges = ranges(pixels.shape[0])
    let isLocked = encoder.locks(.imageTower)
    return embedded(ranges.map(\.count), of: view, learns) { index in
      let part = pixels.narrowed(0, to: ranges[index])
      guard isLocked else { return encoder.embed(images: part) }
      // What learns nothing is as it will be used, batch norms included, and as a cache has it.
      let features = withoutGradient { Phase.use { encoder.imageFeatures(of: part) } }
      return encoder.embed(imageFeatures: features)
    }
  }

  /// Embeddings of the captions, of length one, float32, `[m, width]`. Computed once a step, however
  /// often asked for.
  package func texts(by encoder: DualEncoder) -> Tensor {
    once(Key(encoder, view: nil)) {
      embeddedTexts(by: encoder) { encoder.embed(textFeatures: $0) }
    }
  }

  /// Vectors of the captions in the shared space, of any length, float32, `[m, width]`. Computed once
  /// a step, however often asked for.
  package func textVectors(by encoder: DualEncoder) -> Tensor {
    once(Key(encoder, view: nil, isScaled: false)) {
      embeddedTexts(by: encoder) { encoder.projected(textFeatures: $0).to(.float32) }
    }
  }

  private func embeddedTexts(
    by encoder: DualEncoder, _ projected: @escaping (Tensor) -> Tensor
  ) -> Tensor {
    let isLocked = encoder.locks(.textTower)
    let sizes = inputs.texts.map(\.texts.count)
    return embedded(sizes, of: nil, encoder.learns(images: false)) { [inputs] index in
      let part = inputs.texts[index]
      guard isLocked else { return projected(encoder.textFeatures(of: part)) }
      return projected(withoutGradient { Phase.use { encoder.textFeatures(of: part) } })
    }
  }

  /// The embeddings that the loss was computed from, cut off from it: the pictures' first crop,
  /// `[n, width]`, and the captions, `[m, width]`; nil if the recipe did not ask for both. To be asked
  /// before ``finish()``; nothing is computed for it.
  package func embeddedPairs(by encoder: DualEncoder) -> (images: Tensor, texts: Tensor)? {
    guard let images = embeddings[Key(encoder, view: 0)],
      let texts = embeddings[Key(encoder, view: nil)]
    else { return nil }
    return (images.narrowed(0, to: 0..<count).detached(), texts.detached())
  }

  /// What an embedding is of.
  private struct Key: Hashable {
    /// Told by a parameter that each encoder has.
    let encoder: ObjectIdentifier
    /// Nil for texts.
    let view: Int?
    /// Whether it is of length one.
    let isScaled: Bool
    let hasGradient: Bool

    init(_ encoder: DualEncoder, view: Int?, isScaled: Bool = true) {
      self.encoder = ObjectIdentifier(encoder.logScale)
      self.view = view
      self.isScaled = isScaled
      hasGradient = recordsGradients
    }
  }

  private func once(_ key: Key, _ compute: () -> Tensor) -> Tensor {
    if let known = embeddings[key] { return known }
    let new = compute()
    embeddings[key] = new
    return new
  }

  /// The mean of a loss over all crops of all views, each counting by its view's weight.
  ///
  /// One pass of a tower for all crops of a size.
  ///
  /// - Parameters:
  ///   - loss: A loss of one embedding of each picture, `[n, width]` → `[]`.
  /// - Source: Caron et al. 2020 (multi-crop), arXiv:2006.09882.
  package func meanOverCrops(by encoder: DualEncoder, _ loss: (Tensor) -> Tensor) -> Tensor {
    guard inputs.features == nil else { return loss(images(by: encoder)) }
    var sum: Tensor?
    var weights = 0.0
    for (index, view) in inputs.views.enumerated() where view.weight > 0 {
      let embeddings = images(index, by: encoder)
      for crop in 0..<view.crops {
        let rows = crop * count..<(crop + 1) * count
        let term = loss(embeddings.narrowed(0, to: rows)) * view.weight
        sum = sum.map { $0 + term } ?? term
        weights += view.weight
      }
    }
    guard let sum else { preconditionFailure("A step without pictures has no crops.") }
    return sum / weights
  }

  /// Runs a tower's forward pass in the precision of the run.
  package func computing<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withAutocast(precision, on: device, body)
  }

  /// Puts a number in the log beside the loss; its mean over the steps of a report is shown.
  package func note(_ name: String, _ value: Tensor) { notes.append((name, value.detached())) }

  /// Puts off what changes numbers that the loss was computed from, such as a queue, until the
  /// gradients are known.
  package func afterwards(_ body: @escaping () -> Void) { later.append(body) }

  /// Takes the gradients on from embeddings into the towers; to be called after the loss's own.
  ///
  /// - Throws: ``TorchError``
  package func finish() throws {
    for part in again { try part() }
    withoutGradient { for body in later { body() } }
    (again, later, embeddings) = ([], [], [:])
  }

  /// - Parameters:
  ///   - sizes: Pictures or captions of each part.
  ///   - view: The view that pictures are of; nil for captions.
  ///   - learns: Whether a gradient has anywhere to go behind these embeddings.
  private func embedded(
    _ sizes: [Int], of view: Int?, _ learns: Bool, _ part: @escaping (Int) -> Tensor
  ) -> Tensor {
    // The number of the first picture or caption of each part.
    let firsts = sizes.indices.map { sizes[..<$0].reduce(0, +) }
    let compute = { [precision, device] (index: Int, seen: Phase.Part) in
      Phase.drawing(group: view, from: firsts[index]) {
        Phase.seeing(seen) { withAutocast(precision, on: device) { part(index) } }
      }
    }
    func all() -> Tensor {
      .concatenated(sizes.indices.map { compute($0, Phase.Part($0, of: sizes)) }, axis: 0)
    }
    guard chunk > 0, recordsGradients, learns else { return all() }
    let leaf = Parameter("embeddings", withoutGradient(all))
    again.append {
      guard let gradient = leaf.gradient else { return }
      var start = 0
      for index in sizes.indices {
        let again = compute(index, .counted)
        let end = start + again.shape[0]
        try again.backward(from: gradient.narrowed(0, to: start..<end))
        start = end
      }
    }
    return leaf.value
  }

  private func ranges(_ count: Int) -> [Range<Int>] {
    let size = chunk == 0 ? count : chunk
    return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}

extension DualEncoder {
  /// Whether nothing of a tower is learned. A momentum copy is not locked: what it follows is
  /// learned, and its batch norms gather statistics of their own.
  fileprivate func locks(_ tower: ParameterRole) -> Bool {
    let own = parameters.filter { $0.role == tower }
    return !own.isEmpty && own.allSatisfy { !$0.isTrainable }
  }

  /// Whether anything is learned of what embeds one side.
  fileprivate func learns(images: Bool) -> Bool {
    let parts: [ParameterRole?] =
      images ? [.imageTower, .imageProjection] : [.textTower, .textProjection]
    return parameters.contains { $0.isTrainable && parts.contains($0.role) }
  }
}
