import ArgumentParser
import Files
import Foundation
import Layers
import Pictures
import Torch
import Towers

/// Picture files to vectors with a ViT-B/32 of random weights.
///
/// Its peers: `CLIPModel` of transformers and `encode_image` of open_clip, batch 32, same threads.
struct EmbedPictures: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed-pictures", abstract: "Time picture files to vectors with a ViT-B/32.")

  @Argument(help: "A folder of pictures.") var folder: String
  @Option(help: "Pictures that go through the network at once.") var batch = 32
  @Option(help: "The most pictures.") var limit = 1000
  @Option(help: "Threads.") var threads = 2
  @Option(help: "float32, bfloat16 or int8.") var precision = InferencePrecision.float32

  func run() throws {
    Engine.threads = threads
    let kernel = Engine.chooseLinearKernel()
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().prefix(limit)
    let paths = names.map { folder + "/" + $0 }
    let scope = Scope(RandomSource(seed: 0))
    let tower = try ViT(
      .clip(size: 224, patch: 32, width: 768, depth: 12, heads: 12, activation: .gelu), in: scope)
    for parameter in scope.parameters { parameter.isTrainable = false }
    func embed(_ pixels: [Float], _ precision: InferencePrecision) -> Tensor {
      withPrecision(precision) {
        withoutGradient {
          tower(Tensor(pixels, shape: [pixels.count / (3 * 224 * 224), 3, 224, 224])).normalized()
        }
      }
    }
    let first = try read(Array(paths.prefix(batch)))
    var agreement = "the plain layers"
    if precision != .float32 {
      let cosines = (embed(first, .float32) * embed(first, precision)).sum(axis: 1).floats
      agreement = "float32: cosine at least \(cosines.min() ?? 0)"
    } else {
      let plain = tower(Tensor(first, shape: [first.count / (3 * 224 * 224), 3, 224, 224]))
      let cosines = (embed(first, .float32) * plain.normalized()).sum(axis: 1).floats
      agreement += ": cosine at least \(cosines.min() ?? 0)"
    }
    var reading = 0.0
    let time = try seconds {
      for start in stride(from: 0, to: paths.count, by: batch) {
        let part = Array(paths[start..<min(start + batch, paths.count)])
        var pixels: [Float] = []
        reading += try seconds { pixels = try read(part) }
        _ = embed(pixels, precision).floats
      }
    }
    print(
      "pictoglot ViT-B/32 \(precision.rawValue), \(threads) threads, other linear layers by "
        + "\(kernel.rawValue): \(paths.count) pictures, "
        + "\(Double(Int(Double(paths.count) / time * 10)) / 10) pictures/s, of the time "
        + "\(Int(100 * reading / time)) % reading and resizing; beside \(agreement)")
  }

  /// Pixels of pictures, one after another, on all threads.
  private func read(_ paths: [String]) throws -> [Float] {
    let preprocessing = Preprocessing.clip(size: 224)
    let pixels = concurrentMap(paths.count) { index in
      (try? Picture(contentsOf: paths[index])).map { preprocessing($0) } ?? []
    }.flatMap { $0 }
    guard pixels.count == paths.count * 3 * 224 * 224 else {
      throw ValidationError("\(folder) holds files that are not pictures.")
    }
    return pixels
  }
}

extension InferencePrecision: ExpressibleByArgument {}
