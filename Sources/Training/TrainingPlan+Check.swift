import Corpora
import Layers
import Pictures
package import Recipes
package import Torch
package import Towers

extension TrainingPlan {
  /// Refuses settings with which no run is possible; unwise ones are allowed.
  ///
  /// - Throws: ``TrainingError/badSetting(key:value:need:)`` for the first such setting.
  package func check() throws(TrainingError) {
    func require(
      _ key: String, _ value: some CustomStringConvertible, _ isRight: Bool, _ need: String
    ) throws(TrainingError) {
      if !isRight {
        throw .badSetting(key: "training.\(key)", value: value.description, need: need)
      }
    }
    if let steps { try require("steps", steps, steps >= 1, "at least 1") }
    if let minutes { try require("minutes", minutes, minutes > 0, "more than 0") }
    if let steps, let minutes {
      throw .badSetting(
        key: "training.minutes", value: "\(minutes)",
        need: "null where training.steps is set (to \(steps))")
    }
    try require("batch", batch, batch >= 1, "at least 1")
    try require("captionsPerPicture", captionsPerPicture, captionsPerPicture >= 1, "at least 1")
    try require("tokenDropout", tokenDropout, (0..<1).contains(tokenDropout), "from 0 to below 1")
    try require("chunk", chunk, chunk >= 0, "0 or more")
    try require("lengthBuckets", lengthBuckets, lengthBuckets >= 1, "at least 1")
    try checkHardNegatives()
    try require(
      "distillation", distillation, distillation >= 0 && distillation.isFinite, "0 or more")
    if let distillationScale {
      try require(
        "distillationScale", distillationScale,
        distillationScale > 0 && distillationScale.isFinite, "more than 0")
    }
    try require("cachedSide", cachedSide, cachedSide >= 1, "at least 1")
    for small in smallPictures {
      try require("smallPictures.until", small.until, (0...1).contains(small.until), "from 0 to 1")
      try require("smallPictures.size", small.size, small.size >= 1, "at least 1")
    }
    for crop in crops {
      try require("crops.size", crop.size, crop.size >= 1, "at least 1")
      try require("crops.count", crop.count, crop.count >= 1, "at least 1")
      try require("crops.weight", crop.weight, crop.weight >= 0, "0 or more")
      let isRange =
        crop.scale.count == 2 && crop.scale[0] > 0 && crop.scale[0] <= crop.scale[1]
        && crop.scale[1].isFinite
      try require("crops.scale", "\(crop.scale)", isRange, "two numbers above 0, the smaller first")
    }
    try require(
      "crops", "without weight", crops.isEmpty || crops.contains { $0.weight > 0 },
      "at least one of a weight above 0")
    try require("cachedViews", cachedViews, (1...64).contains(cachedViews), "from 1 to 64")
    try require("rate", rate, rate > 0 && rate.isFinite, "more than 0")
    try require("warmup", warmup, (0...1).contains(warmup), "from 0 to 1")
    try require("warmupSteps", warmupSteps, warmupSteps >= 0, "0 or more")
    try require("finalRate", finalRate, (0...1).contains(finalRate), "from 0 to 1")
    try require("weightDecay", weightDecay, weightDecay >= 0, "0 or more")
    for (name, scale) in rateScales.sorted(by: { $0.key < $1.key }) {
      try require("rateScales.\(name)", scale, scale >= 0, "0 or more")
    }
    try require("beta1", beta1, (0..<1).contains(beta1), "from 0 to below 1")
    try require("beta2", beta2, (0..<1).contains(beta2), "from 0 to below 1")
    try require("epsilon", epsilon, epsilon > 0, "more than 0")
    try require("clip", clip, clip >= 0, "0 or more")
    try require(
      "maximumScale", maximumScale,
      maximumScale == 0 || maximumScale >= 1 && maximumScale.isFinite,
      "at least 1, or 0 for no limit")
    try require("average", average, (0..<1).contains(average), "from 0 to below 1")
    try require(
      "explosion", explosion, explosion == 0 || explosion > 1, "more than 1, or 0 for off")
    try require(
      "rollbackRate", rollbackRate, rollbackRate > 0 && rollbackRate <= 1, "above 0 and at most 1")
    try require("rollbacks", rollbacks, rollbacks >= 1, "at least 1")
    try require("checkpointSteps", checkpointSteps, checkpointSteps >= 0, "0 or more")
    try require("checkpointMinutes", checkpointMinutes, checkpointMinutes > 0, "more than 0")
    try require("validationMinutes", validationMinutes, validationMinutes >= 0, "0 or more")
  }
}

extension TrainingPlan {
  private func checkHardNegatives() throws(TrainingError) {
    guard (0..<1).contains(hardNegatives) else {
      throw .badSetting(
        key: "training.hardNegatives", value: "\(hardNegatives)", need: "from 0 to below 1")
    }
    guard hardNegativeNeighbours >= 1 else {
      throw .badSetting(
        key: "training.hardNegativeNeighbours", value: "\(hardNegativeNeighbours)",
        need: "at least 1")
    }
    guard hardNegatives > 0 else { return }
    let brought = HardNegativeOrder.brought(by: hardNegatives, of: batch)
    let drawn = batch - brought
    guard brought >= 1, drawn >= 1, brought <= drawn * hardNegativeNeighbours else {
      throw .badSetting(
        key: "training.hardNegatives", value: "\(hardNegatives)",
        need:
          "0, or a share of training.batch (\(batch)) that is at least one picture, and at most "
          + "training.hardNegativeNeighbours (\(hardNegativeNeighbours)) for each of the others")
    }
  }
}

extension TrainingPlan {
  /// Refuses images of a size that a tower of patches does not take.
  ///
  /// - Throws: ``TrainingError/badSetting(key:value:need:)``
  package func check(_ tower: ImageTowerSettings?) throws(TrainingError) {
    guard let tower = tower?.settings, let patch = tower.patchSide else { return }
    guard preprocessing.size == tower.size else {
      throw .badSetting(
        key: "training.preprocessing.size", value: "\(preprocessing.size)",
        need: "the image tower's size, \(tower.size) (or set model.image.size, too)")
    }
    let sizes =
      crops.map { ("crops.size", $0.size) } + smallPictures.map { ("smallPictures.size", $0.size) }
    for (key, size) in sizes where patch > 0 && size % patch != 0 {
      throw .badSetting(
        key: "training.\(key)", value: "\(size)",
        need: "a multiple of the image tower's patch, \(patch)")
    }
  }

  /// What is allowed and probably not meant, a line each.
  ///
  /// - Parameters:
  ///   - parameters: All of the recipe's, those of the encoder among them.
  ///   - isDrawn: Whether the image tower starts from random weights.
  ///   - pictures: How many there are to learn from.
  package func doubts(
    about encoder: DualEncoder, parameters: [Parameter], isDrawn: Bool, pictures: Int
  ) -> [String] {
    var doubts: [String] = []
    let tower = encoder.parameters.filter { $0.role == .imageTower }
    if isDrawn, !tower.isEmpty, tower.allSatisfy(freezes) {
      doubts.append(
        "The image tower is locked at random weights, so it cannot learn to see: give "
          + "--image-from, or set training.frozen=[].")
    }
    if batch > pictures {
      doubts.append(
        "training.batch is \(batch), but there are \(pictures) pictures: each step sees them all.")
    }
    if chunk > 0, !tower.allSatisfy(freezes), tower.contains(where: \.isStatistic) {
      doubts.append(
        "The image tower has batch norms, which training.chunk applies to each chunk alone: losses "
          + "and gradients differ from those of the whole batch.")
    }
    if let doubt = encoder.images?.doubt(aboutImagesOfSide: preprocessing.size) {
      doubts.append(doubt)
    }
    let scale = encoder.scale.item
    if encoder.logScale.isTrainable, maximumScale > 0, scale > maximumScale * 1.001 {
      doubts.append(
        "The scale starts at \((scale * 10).rounded() / 10), and the first step clips it to "
          + "training.maximumScale (\(maximumScale)): set training.maximumScale=0 to keep it."
      )
    }
    let used = Set(
      parameters.filter { $0.isTrainable && !freezes($0) }.map { rateScalePrefix(of: $0.name) })
    for name in rateScales.keys.sorted() where !used.contains(name) {
      doubts.append(
        "training.rateScales names “\(name)”, but no trained parameter has a name that begins so.")
    }
    return doubts
  }

  /// Whether the image tower's outputs can stand in for it: it learns nothing, and every step shows
  /// a picture as it is used, or one of a few views that are kept.
  package func cachesFeatures(of encoder: DualEncoder, views: [View]) -> Bool {
    guard cachesFeatures, views.count == 1, views[0].count == 1, encoder.images != nil else {
      return false
    }
    return encoder.parameters.filter { $0.role == .imageTower }.allSatisfy(freezes)
  }

  /// What the rate of a parameter is multiplied with.
  func rateScale(of name: String) -> Double {
    rateScalePrefix(of: name).flatMap { rateScales[$0] } ?? 1
  }

  /// The longest key of ``rateScales`` with which a parameter's name begins; no two of one length do.
  private func rateScalePrefix(of name: String) -> String? {
    rateScales.keys.filter { name.hasPrefix($0) }.max { $0.utf8.count < $1.utf8.count }
  }

  /// Whether the plan names a parameter among those that are not learned.
  func freezes(_ parameter: Parameter) -> Bool {
    frozen.contains { parameter.name.hasPrefix($0) }
      && !learned.contains { parameter.name.hasPrefix($0) }
  }
}
