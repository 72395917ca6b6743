import ArgumentParser
import Foundation
import Layers
import Pictures
import Synchronization
import Torch
import Towers

/// Picture files to vectors with a ViT-B/32 of random weights.
struct EmbedPictures: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed-pictures", abstract: "Time picture files to vectors with a ViT-B/32.")

  @Argument(help: "A folder of pictures.") var folder: String
  @Option(help: "Pictures that go through the network at once.") var batch = 32
  @Option(help: "The most pictures.") var limit = 1000
  @Option(help: "Threads.") var threads = 2
  @Option(help: "float32 or bfloat16.") var precision = "float32"

  func run() throws {
    Engine.threads = threads
    let kernel = Engine.chooseLinearKernel()
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().prefix(limit)
    let paths = names.map { folder + "/" + $0 }
    let tower = try ViT(.base32, in: Scope(RandomSource(seed: 0)))
    let preprocessing = Preprocessing.clip(size: 224)
    let type: DType = precision == "bfloat16" ? .bfloat16 : .float32
    var decoding = 0.0
    let time = try seconds {
      for start in stride(from: 0, to: paths.count, by: batch) {
        let part = Array(paths[start..<min(start + batch, paths.count)])
        var pixels: [Float] = []
        decoding += try seconds {
          let decoded = Mutex<[Int: [Float]]>([:])
          DispatchQueue.concurrentPerform(iterations: part.count) { index in
            guard let picture = try? Picture(contentsOf: part[index]) else { return }
            let numbers = preprocessing(picture)
            decoded.withLock { $0[index] = numbers }
          }
          pixels = decoded.withLock { all in part.indices.flatMap { all[$0] ?? [] } }
          guard pixels.count == part.count * 3 * 224 * 224 else {
            throw ValidationError("\(folder) holds files that are not pictures.")
          }
        }
        _ = withoutGradient {
          withAutocast(type, on: .cpu) {
            tower(Tensor(pixels, shape: [part.count, 3, 224, 224])).normalized().floats
          }
        }
      }
    }
    print(
      "pictoglot ViT-B/32 \(precision), \(threads) threads, linear layers by \(kernel.rawValue): "
        + "\(paths.count) pictures, \(Double(Int(Double(paths.count) / time * 10)) / 10) pictures/s, "
        + "of the time \(Int(100 * decoding / time)) % reading and resizing")
  }
}
