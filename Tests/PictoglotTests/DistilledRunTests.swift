import Foundation
import Models
import Pictoglot
import Pictures
import Synchronization
import TestSupport
import Testing
import Torch
import Towers
import Training
import Vectors

@Suite("A run that follows a stored teacher", .serialized)
struct DistilledRunTests {
  private let collection: TinyCollection

  init() throws { collection = try TinyCollection() }

  /// Trains, and says of how many pictures and texts the teacher made vectors.
  private func train(
    _ out: String, _ assignments: [String] = [], seed: UInt64 = 0, teacher: String? = nil,
    cache: String? = nil
  ) throws -> Int {
    var request = TrainingRun.Request(
      recipe: "concepts", data: collection.path, out: collection.folder.path + "/" + out)
    request.assignments = TinyCollection.assignments(steps: 30) + assignments
    request.seed = seed
    request.device = "cpu"
    request.teacher = teacher.map { collection.folder.path + "/" + $0 }
    request.featureCache = cache.map { collection.folder.path + "/" + $0 }
    let taught = Mutex(0)
    let outcome = try StepClock().train(request) { event in
      if case .preparing("pictures and texts for the teacher", let done, _) = event {
        taught.withLock { $0 = done }
      }
    }
    #expect(outcome == .finished)
    return taught.withLock { $0 }
  }

  /// The logarithms of what each picture makes of all names, as the model tells probabilities.
  private func probabilities(_ out: String) throws -> [Float] {
    let path = collection.folder.path
    let model = try Model(folder: path + "/" + out)
    let names = ["red", "green", "blue", "yellow", "black", "white", "pink", "cyan"]
    let pixels = try names.flatMap {
      model.card.preprocessing(try Picture(contentsOf: path + "/\($0).png"))
    }
    let width = model.encoder.width
    let images = Tensor(try model.embed(pixels: pixels, count: 8).values, shape: [8, width])
    let texts = Tensor(try model.embed(texts: names).values, shape: [8, width])
    let logits = matmul(images, texts.transposed()) * model.encoder.scale.item
    return logits.logSoftmax(axis: 1).floats
  }

  @Test("Comes nearer to the teacher's similarities than a run that does not, and reads it once")
  func followsTeacher() throws {
    _ = try train("teacher", seed: 1)
    let alone = try train("alone", seed: 2)
    let followed = ["training.distillation=20"]
    let first = try train("taught", followed, seed: 2, teacher: "teacher", cache: "vectors")
    let second = try train("again", followed, seed: 3, teacher: "teacher", cache: "vectors")
    let third = try train("other", followed, seed: 3, teacher: "alone", cache: "vectors")
    #expect(alone == 0 && first == 8 + 24 && second == 0 && third == 8 + 24)
    let target = try probabilities("teacher")
    func divergence(_ out: String) throws -> Float {
      zip(try probabilities(out), target).reduce(0) { $0 + exp($1.1) * ($1.1 - $1.0) } / 8
    }
    let (taught, untaught) = (try divergence("taught"), try divergence("alone"))
    #expect(taught < 0.5 * untaught, "\(taught) of \(untaught)")
    let log = try RunFolder(collection.folder.path + "/taught").reports()
    #expect(log.allSatisfy { ($0.notes?["distillation"] ?? -1) > 0 })
  }
}
