import ArgumentParser
import Layers
import Losses
import Torch
import Towers

/// One training step of a ViT-S-sized model: forward, loss, backward, clipping, AdamW.
struct TrainStep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-step", abstract: "Time training steps of a ViT-S-sized model.")

  @Option(help: "Pictures and captions of a step.") var batch = 32
  @Option(help: "Steps measured, after one that is not.") var steps = 5
  @Option(help: "Threads.") var threads = 2
  @Option(help: "float32 or bfloat16.") var precision = "float32"

  func run() throws {
    Engine.threads = threads
    Engine.keepMemory()
    let kernel = Engine.chooseLinearKernel()
    let scope = Scope(RandomSource(seed: 0))
    let encoder = try DualEncoder(
      DualEncoder.Settings(
        image: .vit(
          ViT.Settings(size: 224, patch: 16, width: 384, depth: 12, heads: 6, pooling: .classToken)),
        text: .transformer(
          TextTransformer.Settings(
            vocabulary: 49_408, contextLength: 77, width: 384, depth: 12, heads: 6, pooling: .last)),
        width: 384), in: scope)
    let optimizer = AdamW([AdamW.Group(scope.parameters, weightDecay: 0.2)])
    let generator = Generator(seed: 1)
    let images = Tensor.normal([batch, 3, 224, 224], using: generator)
    let ids: [[Int32]] = (0..<batch).map { (row: Int) -> [Int32] in
      (0..<77).map { (column: Int) -> Int32 in
        Int32(1 + (row * 7919 + column * 104_729) % 49_000)
      }
    }
    let texts = TokenBatch(ids, padding: 0)
    let rows = Tensor.range(0..<batch)
    let positives = rows.insertingAxis(1).isEqual(to: rows).to(.float32)
    let type: DType = precision == "bfloat16" ? .bfloat16 : .float32
    var losses: [Double] = []
    var times: [Double] = []
    for _ in 0...steps {
      times.append(
        try seconds {
          optimizer.clearGradients()
          let (i, t) = withAutocast(type, on: .cpu) {
            (encoder.embed(images: images), encoder.embed(texts: texts))
          }
          let loss = contrastiveLoss(
            images: i, texts: t, positives: positives, scale: encoder.scale)
          try loss.backward()
          _ = try optimizer.clipGradients(to: 1)
          try optimizer.step(rate: 5e-4)
          losses.append(loss.item)
        })
    }
    let millions = scope.parameters.reduce(0) { $0 + $1.count } / 1_000_000
    print(
      "pictoglot train step, \(millions) M parameters, batch \(batch), \(precision), "
        + "\(threads) threads, linear layers by \(kernel.rawValue): \(summary(Array(times.dropFirst()))); "
        + "losses \(losses.map { Double(Int($0 * 1e4)) / 1e4 })")
  }
}
