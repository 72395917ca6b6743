import ArgumentParser
import Layers
import Losses
import Torch
import Towers

/// Training steps of a CLIP-sized model: forward, loss, backward, clipping, AdamW.
struct TrainStep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-step",
    abstract: "Time training steps, and tell their share of the device's matrix rate.")

  /// Sizes that the peers have, too.
  enum Size: String, ExpressibleByArgument, CaseIterable {
    /// `Benchmarks/learning/train_step.py`.
    case vitS16 = "vit-s-16"
    /// open_clip's ViT-B-16, `Benchmarks/learning/open_clip_step.py`.
    case vitB16 = "vit-b-16"
    case vitB32 = "vit-b-32"
  }

  @Option(help: "vit-s-16, vit-b-16 or vit-b-32.") var model = Size.vitS16
  @Option(help: "Pictures and captions of a step.") var batch = 32
  @Option(help: "Steps measured, after one that is not.") var steps = 5
  @Option(help: "Threads, on a processor.") var threads = 2
  @Option(help: "float32 or bfloat16.") var precision = "float32"
  @Option(help: "cpu, cuda, cuda:N or mps.") var device = "cpu"

  private var settings: DualEncoder.Settings {
    let (patch, image, text, heads) =
      switch model {
      case .vitS16: (16, 384, 384, 6)
      case .vitB16: (16, 768, 512, 12)
      case .vitB32: (32, 768, 512, 12)
      }
    return DualEncoder.Settings(
      image: .vit(
        ViT.Settings(
          size: 224, patch: patch, width: image, depth: 12, heads: heads, pooling: .classToken)),
      text: .transformer(
        TextTransformer.Settings(
          vocabulary: 49_408, contextLength: 77, width: text, depth: 12, heads: text / 64,
          pooling: .last)),
      width: text)
  }

  func run() throws {
    let device = try Device(named: device)
    Engine.threads = threads
    Engine.keepMemory()
    let kernel = device == .cpu ? Engine.chooseLinearKernel().rawValue : "\(device)"
    let scope = Scope(RandomSource(seed: 0))
    let encoder = try DualEncoder(settings, in: scope)
    if device != .cpu { for parameter in scope.parameters { parameter.move(to: device) } }
    let optimizer = AdamW([AdamW.Group(scope.parameters, weightDecay: 0.2)])
    let images = Tensor.normal([batch, 3, 224, 224], using: Generator(seed: 1)).to(device)
    let ids: [[Int32]] = (0..<batch).map { (row: Int) -> [Int32] in
      (0..<77).map { (column: Int) -> Int32 in
        Int32(1 + (row * 7919 + column * 104_729) % 49_000)
      }
    }
    let texts = TokenBatch(ids, padding: 0, on: device)
    let rows = Tensor.range(0..<batch)
    let positives = rows.insertingAxis(1).isEqual(to: rows).to(.float32).to(device)
    let type: DType = precision == "bfloat16" ? .bfloat16 : .float32
    var losses: [Double] = []
    func step() throws {
      optimizer.clearGradients()
      let (i, t) = withAutocast(type, on: device) {
        (encoder.embed(images: images), encoder.embed(texts: texts))
      }
      let loss = contrastiveLoss(images: i, texts: t, positives: positives, scale: encoder.scale)
      try loss.backward()
      _ = try optimizer.clipGradients(to: 1)
      try optimizer.step(rate: 5e-4)
      // Reading the number waits for the device.
      losses.append(loss.item)
    }
    // The first step also finds its memory.
    let operations = try Engine.countingWork(step).operations
    let times = try (0..<steps).map { _ in try seconds(step) }
    let median = times.sorted()[times.count / 2]
    let matrixRate = matrixRate(type, on: device)
    let millions = scope.parameters.reduce(0) { $0 + $1.count } / 1_000_000
    print(
      "pictoglot train step, \(model.rawValue), \(millions) M parameters, batch \(batch), \(precision), "
        + "\(threads) threads, linear layers by \(kernel): \(summary(times)), "
        + "\(rounded(Double(batch) / median)) samples a second, "
        + "\(rounded(Double(operations) / median / 1e9)) GFLOP/s, "
        + "\(Int(100 * Double(operations) / median / matrixRate)) % of the matrix rate "
        + "\(rounded(matrixRate / 1e9)); losses \(losses.map { rounded($0 * 1000) / 1000 })")
  }

  /// Operations a second of the product of two large square matrices, the best of ten.
  private func matrixRate(_ type: DType, on device: Device) -> Double {
    let side = device == .cpu ? 1024 : 8192
    let generator = Generator(seed: 2)
    let (a, b) = (
      Tensor.normal([side, side], using: generator).to(device).to(type),
      Tensor.normal([side, side], using: generator).to(device).to(type)
    )
    let best = withoutGradient {
      (0..<10).map { _ in
        seconds { _ = matmul(a, b).narrowed(0, to: 0..<1).to(.float32).sum().item }
      }.min()
    }
    return 2 * Double(side * side * side) / (best ?? .infinity)
  }

  private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
