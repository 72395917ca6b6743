import Checkpoints
import Foundation
import Layers
import Models
import Pictoglot
import Pictures
import Synchronization
import TestSupport
import Testing
import Torch
import Towers
import Training

/// A command of `Documentation/Training.md` with tiny towers in the layouts of the published ones:
/// `Tools/references/starts.py` and `families_image.py`.
struct StartedRun: Sendable, CustomTestStringConvertible {
  let recipe: String
  var image: String?
  var text: String?
  var assignments: [String] = []
  var teacher: String?

  var testDescription: String { "\(recipe) from \(image ?? "-") and \(text ?? "-")" }

  private static let brivl = [
    #"model.image.head={"inner":8,"width":8,"activation":"relu","hasBias":true}"#,
    #"model.text.head={"inner":8,"width":8,"activation":"relu","hasBias":true}"#,
    "model.width=8", "model.image.parts=1", "model.image.inner=8", "model.image.depth=1",
    "model.text.inner=8", "model.text.depth=1", "queueLength=8",
    #"training.frozen=["image.network.","text.bert."]"#,
    "model.image.network.size=64", "training.preprocessing.size=64",
  ]

  static let all = [
    StartedRun(recipe: "koclip", image: "families_image/clip", text: "starts/klue_roberta"),
    StartedRun(
      recipe: "koclip", image: "starts/vit_classifier", text: "starts/klue_roberta",
      assignments: ["model.image.hasTanhPooler=true"]),
    StartedRun(recipe: "nllb-clip", image: "families_image/clip", text: "starts/nllb"),
    StartedRun(
      recipe: "brivl", image: "starts/timm_efficientnet", text: "starts/chinese_roberta",
      assignments: brivl),
    StartedRun(
      recipe: "kelip", image: "families_image/kelip", text: "families_image/kelip",
      assignments: [#"training.crops=[{"size":16,"scale":[0.4,1]},{"size":8,"scale":[0.1,0.4]}]"#]),
    StartedRun(recipe: "m-clip", text: "starts/xlm_roberta", teacher: "families_image/clip"),
    StartedRun(recipe: "clip", image: "starts/timm_vit_clip", text: "starts/distilbert"),
    StartedRun(recipe: "clip", image: "families_image/clip", text: "families_image/clip"),
    StartedRun(recipe: "siglip", image: "starts/dinov2", text: "starts/mbert"),
    StartedRun(recipe: "siglip", image: "families_image/siglip", text: "families_image/siglip"),
    StartedRun(
      recipe: "concepts", image: "starts/timm_vit", text: "starts/xlm_roberta_classifier",
      assignments: ["training.smallPictures=[]"]),
  ]

  /// A run of one step so small that what it began with is what it ends with.
  func request(in collection: TinyCollection) -> TrainingRun.Request {
    var request = TrainingRun.Request(
      recipe: recipe, data: collection.path, out: collection.folder.path + "/run")
    request.assignments =
      [
        "training.steps=1", "training.batch=4", "training.rate=1e-12", "training.weightDecay=0",
        "training.warmup=0", "training.precision=float32", "training.validationMinutes=0",
        "training.captionsPerPicture=1", "training.cachedSide=24",
      ] + assignments
    request.device = "cpu"
    request.imageFrom = image.map { fixture($0) }
    request.textFrom = text.map { fixture($0) }
    request.teacher = teacher.map { fixture($0) }
    return request
  }
}

@Suite("Runs that begin with published towers", .serialized)
struct StartedRunTests {
  @Test(
    "Each recipe's command begins with what the reference computes", arguments: StartedRun.all)
  func begins(_ run: StartedRun) throws {
    let collection = try TinyCollection()
    let request = run.request(in: collection)
    #expect(try StepClock().train(request) == .finished)
    if let name = run.image { try expectPictures(of: request.out, toBeThoseOf: name) }
    if let name = run.text { try expectTexts(of: request.out, toBeThoseOf: name) }
    // What a run has made is a model that works.
    let model = try Model(folder: request.out)
    #expect(try model.embed(texts: ["red", "빨강"]).joined().allSatisfy(\.isFinite))
  }

  @Test("A missing pooler is reported, and starts random where the recipe wants one")
  func poolers() throws {
    let collection = try TinyCollection()
    let said = Mutex<[String]>([])
    let request = StartedRun.all[1].request(in: collection)
    let outcome = try StepClock().train(request) { event in
      if case .message(let line) = event { said.withLock { $0.append(line) } }
    }
    #expect(outcome == .finished)
    for side in ["image", "text"] {
      let line = "The starting model has no \(side).pooler; it starts from random weights"
      #expect(said.withLock { $0.contains(line) })
    }
  }

  @Test("A translation model's vocabulary is trimmed, and the captions keep their vectors")
  func trimmed() throws {
    let collection = try TinyCollection()
    var request = StartedRun.all[2].request(in: collection)
    #expect(try StepClock().train(request) == .finished)
    let whole = try Model(folder: request.out)
    request.out = collection.folder.path + "/trimmed"
    request.trimsVocabulary = true
    #expect(try StepClock().train(request) == .finished)
    let trimmed = try Model(folder: request.out)
    let texts = ["red", "초록", "ein blue"]
    #expect(isClose(try whole.embed(texts: texts), try trimmed.embed(texts: texts)))
    let sizes = [whole, trimmed].map { $0.card.encoder.text?.vocabulary ?? 0 }
    #expect(sizes[1] < sizes[0])
  }

  @Test("Trimming leaves what is set of the text tower as it is set")
  func trimmedSettings() throws {
    let collection = try TinyCollection()
    var request = StartedRun.all[0].request(in: collection)
    request.trimsVocabulary = true
    request.assignments.append("model.text.pooling=first")
    #expect(try StepClock().train(request) == .finished)
    let text = try ModelCard(folder: request.out).encoder.text
    guard let bert = text?.settings as? BERT.Settings else {
      Issue.record("the run has no BERT")
      return
    }
    #expect(bert.pooling == .first)
  }

  @Test("A ViT of another picture size is begun with; another patch is refused with advice")
  func sizes() throws {
    let collection = try TinyCollection()
    var request = StartedRun.all[0].request(in: collection)
    request.assignments += ["model.image.size=32", "training.preprocessing.size=32"]
    #expect(try StepClock().train(request) == .finished)
    #expect(try ModelCard(folder: request.out).preprocessing.size == 32)
    request.out += "2"
    request.assignments.append("model.image.patch=16")
    #expect {
      _ = try StepClock().train(request)
    } throws: { error in
      ["“model.image” is impossible", "the run starts from clip", "only size may be another"]
        .allSatisfy { "\(error)".contains($0) }
    }
  }

  private func expectPictures(of run: String, toBeThoseOf name: String) throws {
    let expected = try SafetensorsFile(path: fixture(name + "/expected.safetensors"))
    let pixels = try expected.tensor("pixels")
    if name == "starts/timm_efficientnet" {
      // Its statistics have moved with the step; its maps have not.
      let (made, begun) = (
        try openTensors(run + "/model.safetensors"),
        try openTensors(fixture(name + "/model.safetensors"))
      )
      for (ours, theirs) in [("stem", "conv_stem"), ("head", "conv_head")] {
        #expect(
          try made.tensor("image.network.\(ours).convolution.weight").floats
            == begun.tensor(theirs + ".weight").floats)
      }
      return
    }
    let isAlone = expected.entries["picture"] != nil
    let encoder = try network(of: run, .images, isAlone: isAlone)
    let vectors = withoutGradient { encoder.embed(images: pixels).floats }
    #expect(isClose(vectors, try expected.tensor(isAlone ? "picture" : "images").floats), "\(name)")
  }

  private func expectTexts(of run: String, toBeThoseOf name: String) throws {
    let expected = try SafetensorsFile(path: fixture(name + "/expected.safetensors"))
    let isAlone = expected.entries["ids"] != nil
    var ids: [[Int32]] = []
    if isAlone {
      var rest = try expected.tensor("ids").array(of: Int64.self)[...]
      for length in try expected.tensor("lengths").array(of: Int64.self) {
        ids.append(rest.prefix(Int(length)).map(Int32.init))
        rest = rest.dropFirst(Int(length))
      }
    } else {
      for index in 0..<5 {
        ids.append(try expected.tensor("ids.\(index)").array(of: Int32.self))
      }
    }
    let encoder = try network(of: run, .texts, isAlone: isAlone)
    let treatment = try ModelCard(folder: run).text
    let batch = TokenBatch(ids, padding: treatment.padding, length: treatment.paddedLength)
    let vectors = withoutGradient { encoder.embed(texts: batch).floats }
    #expect(isClose(vectors, try expected.tensor("texts").floats), "\(name)")
  }

  /// One side of what a run has made.
  ///
  /// - Parameters:
  ///   - isAlone: Whether what a recipe puts on top of a tower alone is left out: BriVL's attention, a
  ///     pooler, the projection.
  private func network(of run: String, _ side: DualEncoder.Towers, isAlone: Bool) throws
    -> DualEncoder
  {
    var settings = try ModelCard(folder: run).encoder
    var keys: KeyMap = ["%": "%"]
    if isAlone {
      (settings.imageProjection, settings.textProjection) = (.none, .none)
      if let tower = settings.image?.settings as? BriVLImage.Settings {
        settings.image = .efficientNet(tower.network)
        keys = ["image.%": "image.network.%"] + keys
      } else if var tower = settings.image?.settings as? ViT.Settings {
        tower.hasTanhPooler = false
        settings.image = .vit(tower)
      }
      if let tower = settings.text?.settings as? BriVLText.Settings {
        settings.text = .bert(tower.bert)
        keys = ["text.%": "text.bert.%"] + keys
      }
    }
    if var tower = settings.text?.settings as? BERT.Settings, isAlone {
      tower.pooling = .mean
      settings.text = .bert(tower)
    }
    let source = MappedSource([.init(try openTensors(run + "/model.safetensors"), keys)])
    return try DualEncoder(settings, towers: side, in: Scope(source))
  }
}
