import Checkpoints
import Foundation
import Pictoglot
import Pictures
import Synchronization
import TestSupport
import Testing
import Torch
import Training

/// A recipe with towers so small that a run takes a fraction of a second, all by `--set`.
struct TinyRun: Sendable, CustomTestStringConvertible {
  let name: String
  let recipe: String
  let assignments: [String]
  var needsTeacher = false

  var testDescription: String { name }

  private static let image =
    #"model.image={"kind":"vit","size":16,"patch":4,"width":16,"depth":1,"heads":2,"pooling":"class"}"#
  private static let text =
    #"model.text={"kind":"transformer","vocabulary":0,"contextLength":16,"width":16,"depth":1,"heads":2,"pooling":"last"}"#
  private static let common = [
    "training.steps=6", "training.batch=4", "training.vocabulary=400", "training.cachedSide=24",
    "training.preprocessing.size=16", "training.validationMinutes=0", "training.rate=0.002",
    "model.width=16",
  ]

  private init(
    _ name: String, _ recipe: String, _ assignments: [String], needsTeacher: Bool = false
  ) {
    self.name = name
    self.recipe = recipe
    self.assignments = Self.common + assignments
    self.needsTeacher = needsTeacher
  }

  static let clip = TinyRun(
    "clip, averaged, in chunks, tokens dropped", "clip",
    [
      image, text, "training.average=0.5", "training.chunk=3", "training.tokenDropout=0.2",
      "training.captionsPerPicture=2",
    ])
  static let nllb = TinyRun(
    "nllb-clip from a cache of two views", "nllb-clip",
    [
      image, "model.text.width=16", "model.text.depth=1", "model.text.heads=2",
      "model.text.inner=32", "training.cachedViews=2", "widths=[8,16]",
    ])

  static let brivl = TinyRun(
    "brivl with its own towers, averaged", "brivl",
    [
      "model.image.network.size=32", "model.image.network.widthFactor=0.1",
      "model.image.network.depthFactor=0.1", "model.image.parts=1", "model.image.points=2",
      "model.image.depth=1", "model.image.heads=2", "model.image.inner=16",
      #"model.image.head={"inner":16,"width":16,"activation":"relu","hasBias":true}"#,
      "model.text.bert.width=16", "model.text.bert.depth=1", "model.text.bert.heads=2",
      "model.text.bert.inner=32", "model.text.length=12", "model.text.depth=1",
      "model.text.heads=2", "model.text.inner=16",
      #"model.text.head={"inner":16,"width":16,"activation":"relu","hasBias":true}"#,
      "training.preprocessing.size=32", "queueLength=10", "neighbours=1",
      #"training.frozen=["image.network.stem.","text.bert.tokens."]"#, "training.average=0.5",
    ])

  /// All that composes, on a locked tower's cache.
  static let everything = TinyRun(
    "nllb-clip with everything at once", "nllb-clip",
    nllb.assignments + composed + [
      "training.chunk=1", "training.captionsPerPicture=2", "training.average=0.5",
      "training.lengthBuckets=8", "training.tokenDropout=0.2", "training.distillationScale=15",
      "training.distillationLanguage=en",
    ], needsTeacher: true)

  /// What any recipe of pairs takes.
  private static let composed = [
    "training.vocabulary=270", "training.hardNegatives=0.5", "training.distillation=0.7",
  ]

  /// The run with hard negatives and a teacher, where there are pairs.
  var composed: TinyRun {
    TinyRun(name + ", composed", recipe, assignments + Self.composed, needsTeacher: true)
  }
  var learnsFromPairs: Bool { recipe != "m-clip" && !assignments.contains("stage=mae") }

  static let all = [
    clip,
    TinyRun("siglip", "siglip", [image, text, "model.imageProjection=linear"]),
    TinyRun(
      "koclip", "koclip",
      [
        image, "model.text.width=16", "model.text.depth=1", "model.text.heads=2",
        "model.text.inner=32", "model.text.positions=32",
      ]),
    TinyRun(
      "kelip, first stage", "kelip",
      [
        image, "stage=mae", "model.text=null", "decoder.width=16", "decoder.depth=1",
        "decoder.heads=2",
      ]),
    TinyRun(
      "kelip, two sizes and views of SimCLR", "kelip",
      [
        image, text, "model.image.resampling=scale", "selfSupervision=1", "selfSupervisionInner=16",
        "selfSupervisionWidth=8", "training.average=0.5",
        #"training.crops=[{"size":16,"count":1,"scale":[0.4,1],"weight":1},{"size":8,"count":2,"scale":[0.1,0.4],"weight":0.5}]"#,
      ]),
    nllb,
    brivl,
    TinyRun(
      "m-clip", "m-clip", [text, "model.text.pooling=mean", "training.captionsPerPicture=2"],
      needsTeacher: true),
  ]

  func request(in collection: TinyCollection, out: String) -> TrainingRun.Request {
    var request = TrainingRun.Request(
      recipe: recipe, data: collection.path, out: collection.folder.path + "/" + out)
    request.assignments = assignments
    request.device = "cpu"
    return request
  }
}

/// Counts the steps of a run, so that a test can interrupt it at one; preparations do not count.
final class StepClock: Sendable {
  private let state = Mutex((steps: 0, isRunning: false))

  /// Makes the run, then runs it.
  func train(
    _ request: TrainingRun.Request, interruptAt step: Int? = nil,
    on event: @escaping @Sendable (TrainingRun.Event) -> Void = { _ in }
  ) throws -> Trainer.Outcome {
    let run = try TrainingRun(request, on: event, isInterrupted: { self.next() == step })
    state.withLock { $0 = (0, true) }
    return try run.run()
  }

  private func next() -> Int {
    state.withLock { state in
      if state.isRunning { state.steps += 1 }
      return state.steps
    }
  }
}

@Suite("Every recipe's run, interrupted and resumed", .serialized)
struct RecipeRunTests {
  @Test(
    "Ends with the same numbers to the bit",
    arguments: TinyRun.all + TinyRun.all.filter(\.learnsFromPairs).map(\.composed) + [.everything])
  func resumesExactly(_ run: TinyRun) throws {
    let collection = try TinyCollection()
    var whole = run.request(in: collection, out: "whole")
    var halted = run.request(in: collection, out: "halted")
    if run.needsTeacher {
      let teacher = TinyRun.clip.request(in: collection, out: "teacher")
      #expect(try StepClock().train(teacher) == .finished)
      whole.teacher = teacher.out
      halted.teacher = teacher.out
    }
    #expect(try StepClock().train(whole) == .finished)
    var stream = RandomStream(seed: 9, path: run.name.utf8.map(UInt64.init))
    #expect(try StepClock().train(halted, interruptAt: 1 + stream.below(5)) == .interrupted)
    halted.assignments = []
    halted.resumes = true
    #expect(try StepClock().train(halted) == .finished)
    for file in ["checkpoint.safetensors", "model.safetensors"] {
      let (expected, found) = (
        try TensorBytes(whole.out + "/" + file), try TensorBytes(halted.out + "/" + file)
      )
      #expect(expected.tensors.count > 10, "\(run.name) \(file)")
      #expect(found.differences(from: expected) == [], "\(run.name) \(file)")
    }
  }

  @Test("KELIP's second stage begins with the image tower of its first")
  func secondStage() throws {
    let collection = try TinyCollection()
    let first = try #require(TinyRun.all.first { $0.name == "kelip, first stage" })
    var painter = first.request(in: collection, out: "first")
    // As published, without a word about the text tower that the stage has no use for.
    painter.assignments.removeAll { $0 == "model.text=null" }
    #expect(try StepClock().train(painter) == .finished)
    let second = try #require(TinyRun.all.first { $0.name.hasPrefix("kelip, two sizes") })
    var request = second.request(in: collection, out: "second")
    request.imageFrom = painter.out
    request.assignments += ["training.steps=1", "training.rate=1e-12", "training.weightDecay=0"]
    #expect(try StepClock().train(request) == .finished)
    let (begun, painted) = (
      try tensor("image.blocks.0.attention.qkv.weight", of: request.out),
      try tensor("image.blocks.0.attention.qkv.weight", of: painter.out)
    )
    #expect(!painted.isEmpty && painted.contains { $0 != 0 })
    #expect(zip(begun, painted).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  private func tensor(_ name: String, of run: String) throws -> [Float] {
    try openTensors(run + "/model.safetensors").tensor(name).array(of: Float.self)
  }

  @Test("What is remembered besides the weights is in the checkpoint, and none of it averaged")
  func checkpoint() throws {
    let collection = try TinyCollection()
    let run = try #require(TinyRun.all.first { $0.recipe == "brivl" })
    let request = run.request(in: collection, out: "run")
    #expect(try StepClock().train(request) == .finished)
    let names = Set(try TensorBytes(request.out + "/checkpoint.safetensors").tensors.keys)
    #expect(names.contains { $0.hasPrefix("momentum.image.network.") })
    #expect(names.contains("image_queue.embeddings") && names.contains("text_queue.concepts"))
    #expect(!names.contains { $0.hasPrefix("average.momentum.") || $0.contains("average.image_q") })
    #expect(!names.contains("average.text.bert.tokens.weight"), "a frozen table needs no average")
    #expect(names.contains { $0.hasPrefix("average.") && $0.hasSuffix(".running_mean") })
    // Frozen numbers and running statistics are part of the model all the same.
    let model = Set(try TensorBytes(request.out + "/model.safetensors").tensors.keys)
    #expect(model.contains("text.bert.tokens.weight"))
    #expect(model.contains { $0.hasSuffix(".running_mean") })
    #expect(!model.contains { $0.hasPrefix("momentum.") || $0.contains("queue") })
  }
}
