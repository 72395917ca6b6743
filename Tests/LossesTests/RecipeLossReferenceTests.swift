import Checkpoints
import Losses
import TestSupport
import Testing
import Torch

@Suite("Losses of the published recipes against float64 references")
struct RecipeLossReferenceTests: LossReferences {
  let file: SafetensorsFile

  init() throws {
    file = try SafetensorsFile(path: fixture("learning/losses_of_recipes.safetensors"))
  }

  @Test(
    "BriVL's queue loss: plain, without its own concept, with neighbours as positives, with both",
    arguments: [
      ("queue_plain", false, nil), ("queue_same", true, nil),
      ("queue_neighbours", false, "neighbours"),
      ("queue_both", true, "neighbours_of_3"),
    ])
  func queue(name: String, leavesOut: Bool, neighbours: String?) throws {
    let (queries, keys) = (try parameter("queries"), try parameter("keys"))
    let queue = try parameter("queue")
    let same = leavesOut ? try tensor("same").to(.bool) : nil
    let positives = try neighbours.map { try tensor($0) }
    try expectEqual(name, [queries, keys, queue]) {
      queueContrastiveLoss(
        queries: queries.value, keys: keys.value, queue: queue.value, temperature: 0.07,
        leavingOut: same, positives: positives)
    }
  }

  @Test("Neighbours by picture and by text are those of the released code", arguments: [1, 3])
  func neighbours(count: Int) throws {
    let found = sharedNeighbours(
      images: try tensor("keys"), imageQueue: try tensor("queue"),
      texts: try tensor("other_keys"), textQueue: try tensor("other_queue"), count: count)
    let expected = try tensor(count == 1 ? "neighbours" : "neighbours_of_3")
    #expect(found.floats == expected.floats)
  }

  @Test("The contrastive loss where some pairs are not compared")
  func leftOut() throws {
    let (images, texts) = (try parameter("images"), try parameter("texts"))
    let (scale, positives) = (try parameter("scale"), try tensor("positives"))
    let apart = try tensor("apart").to(.bool)
    try expectEqual("left_out", [images, texts, scale]) {
      contrastiveLoss(
        images: images.value, texts: texts.value, positives: positives, scale: scale.value,
        leavingOut: apart)
    }
  }

  @Test("The contrastive loss where captions lack a picture, and what each text adds")
  func hardNegatives() throws {
    let (images, texts) = (try parameter("images"), try parameter("texts"))
    let (scale, positives) = (try parameter("scale"), try tensor("positives"))
    try expectEqual("hard_negatives", [images, texts, scale]) {
      contrastiveLoss(
        images: images.value, texts: texts.value, positives: positives, scale: scale.value)
    }
    let terms = contrastiveTerms(
      images: images.value, texts: texts.value, positives: positives, scale: scale.value)
    for (found, name) in [(terms.images, "images"), (terms.texts, "texts")] {
      let expected = try tensor("hard_negatives.terms.\(name)").array(of: Double.self)
      let numbers = try found.array(of: Double.self)
      #expect(!expected.isEmpty && isClose(expected, numbers, tolerance: 1e-12))
    }
    let sigmoid = sigmoidTerms(
      images: images.value, texts: texts.value, positives: positives, scale: scale.value,
      bias: Tensor([-3.0], shape: []))
    let expected = try tensor("sigmoid.terms.texts").array(of: Double.self)
    #expect(!expected.isEmpty)
    #expect(isClose(expected, try sigmoid.array(of: Double.self), tolerance: 1e-12))
  }

  @Test(
    "Matryoshka's mean over widths, evenly and weighted",
    arguments: [("matryoshka", nil), ("matryoshka_weighted", [1, 2, 0.5])])
  func matryoshka(name: String, weights: [Double]?) throws {
    let images = try parameter("long_images")
    let texts = try parameter("long_texts")
    let eye = Tensor([1, 0, 0, 0, 1, 0, 0, 0, 1] as [Double], shape: [3, 3])
    try expectEqual(name, [images, texts]) {
      matryoshkaLoss(
        images: images.value, texts: texts.value, widths: [6, 4, 2], weights: weights
      ) {
        contrastiveLoss(images: $0, texts: $1, positives: eye, scale: Tensor([9.0], shape: []))
      }
    }
  }

  @Test("SimCLR's loss over two views")
  func simCLR() throws {
    let (first, second) = (try parameter("first"), try parameter("second"))
    try expectEqual("simclr", [first, second]) { selfSupervisedLoss(first.value, second.value) }
  }

  @Test("The loss of hidden patches: pixels from −1 to 1, normalized patches, and all patches")
  func maskedPatches() throws {
    let (pixels, hidden) = (try tensor("pixels"), try tensor("hidden"))
    func predictions() throws -> Parameter { try parameter("predictions") }
    let unit = pixelPatches(
      of: unitPixels(
        pixels.to(.float64), mean: [0.5, 0.4375, 0.40625],
        standardDeviation: [0.25, 0.28125, 0.3125]),
      side: 2, order: .channelsFirst)
    let last = pixelPatches(of: pixels, side: 2, order: .channelsLast)
    let cases = [
      ("masked_unit", unit, hidden.to(.bool)),
      ("masked_normalized", normalizedPatches(last), hidden),
      ("masked_all", last, nil),
    ]
    for (name, targets, hidden) in cases {
      let predictions = try predictions()
      try expectEqual(name, [predictions]) {
        maskedPatchLoss(predictions: predictions.value, targets: targets, hidden: hidden)
      }
    }
  }

  @Test("Teacher learning by vectors, and by similarities in a space of another width")
  func teachers() throws {
    let (students, teachers) = (try parameter("students"), try parameter("teachers"))
    try expectEqual("teacher", [students]) {
      teacherLoss(students: students.value, teachers: teachers.value)
    }
    #expect(teachers.gradient == nil)
    let (images, texts) = (try parameter("images"), try parameter("texts"))
    let scale = try parameter("scale")
    try expectEqual("similarity", [images, texts, scale]) {
      similarityDistillationLoss(
        images: images.value, texts: texts.value, scale: scale.value,
        teacherImages: try tensor("teacher_images"), teacherTexts: try tensor("teacher_texts"),
        teacherScale: Tensor([20.0], shape: []))
    }
  }
}
