import Checkpoints
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

@Suite("A run beside a locked image tower", .serialized)
struct LockedTowerTests {
  private let collection: TinyCollection

  init() throws { collection = try TinyCollection() }

  /// Trains, and says of how many pictures features were computed.
  private func train(_ out: String, _ assignments: [String], cache: String? = nil) throws -> Int {
    var request = TinyRun.nllb.request(in: collection, out: out)
    // The same pictures and captions each step, cached or not, and every one exactly.
    request.assignments += [
      "training.augmentation={}", "training.languages=all", "training.batch=8", "widths=[]",
      "training.precision=float32", "training.preprocessing.fit=pad", "training.cachedViews=1",
      "training.steps=12",
    ]
    request.assignments += assignments
    request.featureCache = cache.map { collection.folder.path + "/" + $0 }
    let computed = Mutex(0)
    let outcome = try StepClock().train(request) { event in
      if case .preparing("features of pictures", let done, _) = event {
        computed.withLock { $0 = done }
      }
    }
    #expect(outcome == .finished)
    return computed.withLock { $0 }
  }

  private func vectors(_ out: String) throws -> (texts: VectorRows, picture: VectorRows) {
    let path = collection.folder.path
    let model = try Model(
      folder: path + "/" + out, towers: .both, device: .cpu, companions: modelFolder)
    let texts = try model.embed(texts: ["red", "초록", "ein blue", "unknown"])
    let picture = try Picture(contentsOf: path + "/red.png")
    return (texts, try model.embed(pixels: model.card.preprocessing(picture), count: 1))
  }

  @Test("Learns the same from the cache as from the pictures, up to the cache's half precision")
  func learnsTheSame() throws {
    #expect(try train("cached", []) == 8)
    #expect(try train("plain", ["training.cachesFeatures=false"]) == 0)
    #expect(try train("untrained", ["training.rate=1e-9"]) == 8)
    let (cached, plain) = (try vectors("cached"), try vectors("plain"))
    let untrained = try vectors("untrained")
    #expect(cached.picture == plain.picture && cached.picture == untrained.picture)
    #expect(isClose(cached.texts, plain.texts, tolerance: 5e-3))
    #expect(!isClose(cached.texts, untrained.texts, tolerance: 5e-2))
  }

  @Test("Another run of the same tower and pictures takes the cache as it is")
  func isShared() throws {
    #expect(try train("first", [], cache: "shared") == 8)
    #expect(try train("second", ["training.rate=0.001"], cache: "shared") == 0)
    #expect(try train("third", ["training.preprocessing.filter=bilinear"], cache: "shared") == 8)
  }

  @Test("The last block of a locked tower can be left to learn, and then nothing is kept of it")
  func learnsLastBlock() throws {
    let open = [#"training.learned=["image.blocks.1."]"#, "model.image.depth=2"]
    #expect(try train("open", open) == 0)
    #expect(try train("begun", open + ["training.rate=1e-12", "training.weightDecay=0"]) == 0)
    func moved(_ name: String) throws -> Bool {
      let path = collection.folder.path
      let (before, after) = (
        try openTensors(path + "/begun/model.safetensors").tensor(name).array(of: Float.self),
        try openTensors(path + "/open/model.safetensors").tensor(name).array(of: Float.self)
      )
      return !isClose(after, before, tolerance: 1e-5)
    }
    #expect(try moved("image.blocks.1.attention.qkv.weight"))
    #expect(try !moved("image.blocks.0.attention.qkv.weight"))
    #expect(try !moved("image_projection.weight"))
  }
}
