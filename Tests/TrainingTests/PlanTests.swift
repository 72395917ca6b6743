import Pictures
import Recipes
import Testing

@testable import Training

@Suite("A training plan")
struct PlanTests {
  private let plan = TrainingPlan(
    preprocessing: .plain(size: 16), augmentation: Concepts.published.training.augmentation)

  @Test("Is fit to train with as it comes")
  func acceptsDefaults() throws {
    try plan.check()
    try Concepts.published.training.check()
  }

  @Test("Is refused by the name of what no run can be made of")
  func refusesNonsense() throws {
    let mistakes: [(String, (inout TrainingPlan) -> Void)] = [
      ("training.batch” must be at least 1, not 0", { $0.batch = 0 }),
      ("training.steps” must be at least 1, not -5", { $0.steps = -5 }),
      ("training.minutes” must be more than 0, not 0.0", { $0.minutes = 0 }),
      ("training.captionsPerPicture” must be", { $0.captionsPerPicture = -1 }),
      ("training.chunk” must be 0 or more", { $0.chunk = -1 }),
      ("training.smallPictures.size”", { $0.smallPictures = [.init(until: 1, size: 0)] }),
      ("training.lengthBuckets” must be at least 1, not 0", { $0.lengthBuckets = 0 }),
      ("training.hardNegatives” must be from 0 to below 1, not 1.0", { $0.hardNegatives = 1 }),
      ("training.hardNegativeNeighbours” must be at least 1", { $0.hardNegativeNeighbours = 0 }),
      (
        "share of training.batch (128) that is at least one picture", { $0.hardNegatives = 0.003 }
      ),
      (
        "at most training.hardNegativeNeighbours (2) for each of the others, not 0.7",
        { ($0.hardNegatives, $0.hardNegativeNeighbours) = (0.7, 2) }
      ),
      ("training.distillation” must be 0 or more, not -1.0", { $0.distillation = -1 }),
      ("training.distillation” must be 0 or more, not inf", { $0.distillation = .infinity }),
      ("training.distillationScale” must be more than 0, not 0.0", { $0.distillationScale = 0 }),
      ("training.rate” must be more than 0, not nan", { $0.rate = .nan }),
      ("training.warmup” must be from 0 to 1, not 2.0", { $0.warmup = 2 }),
      ("training.beta2” must be from 0 to below 1, not 1.0", { $0.beta2 = 1 }),
      ("training.explosion” must be more than 1, or 0", { $0.explosion = 0.5 }),
      ("training.rollbackRate” must be", { $0.rollbackRate = 0 }),
      ("training.rollbacks” must be at least 1", { $0.rollbacks = 0 }),
      ("training.average” must be", { $0.average = 1 }),
      ("training.rateScales.text.” must be", { $0.rateScales = ["text.": -1] }),
    ]
    for (words, mistake) in mistakes {
      var plan = plan
      mistake(&plan)
      let error = #expect(throws: TrainingError.self) { try plan.check() }
      #expect(error?.description.contains(words) == true, "\(words): \(error as Any)")
    }
  }

  @Test("A rate scale is that of the longest beginning of a parameter's name")
  func rateScales() {
    var plan = plan
    plan.rateScales = [
      "text.": 2, "text.blocks.": 3, "text.blocks.1.": 5, "text.blocks.11.": 7, "image": 0.5,
    ]
    let names = ["text.tokens.weight", "text.blocks.2.x", "text.blocks.1.x", "text.blocks.11.x"]
    #expect(names.map(plan.rateScale) == [2, 3, 5, 7])
    #expect(
      ["image.norm", "image_projection.weight", "bias"].map(plan.rateScale) == [0.5, 0.5, 1])
    plan.rateScales[""] = 9
    #expect(plan.rateScale(of: "bias") == 9)
  }
}
