import Layers

extension DualEncoder.Settings {
  /// - Throws: ``CheckpointError/impossible(setting:reason:)`` for towers that nothing can be
  ///   computed with.
  func check() throws(CheckpointError) {
    try requireSize("model.width", 1...1_000_000, width)
    try image?.settings.check("model.image")
    try image?.settings.checkDropout("model.image")
    try text?.settings.checkDropout("model.text")
    guard let text = text?.settings else { return }
    try requireSize("model.text.contextLength", 1...1_000_000, text.contextLength)
    try requireSize("model.text.vocabulary", 0...1_000_000_000, text.vocabulary)
    try text.check("model.text")
  }
}

extension TowerKind {
  /// Refuses rates outside 0…1, and rates of parts that the tower does not have.
  fileprivate func checkDropout(_ name: String) throws(CheckpointError) {
    for dropout in dropouts {
      let known = dropout.known
      let part = dropout.part.map { "\(name).\($0)" } ?? name
      for (key, rate) in dropout.rates.byKey where rate != 0 {
        let setting = "\(part).dropout.\(key)"
        guard known.contains(key) else {
          throw .impossible(
            setting: setting,
            reason:
              "this tower drops nothing of that kind; it has \(known.joined(separator: ", "))")
        }
        guard (0..<1).contains(rate) else {
          throw .impossible(setting: setting, reason: "\(rate) is not from 0 to below 1")
        }
      }
    }
  }
}

/// Refuses sizes of transformer blocks that nothing can be computed with.
///
/// - Parameters:
///   - tower: The key of the settings that have the sizes.
func checkBlocks(_ tower: String, width: Int, heads: Int, depth: Int) throws(CheckpointError) {
  try requireSize(tower + ".width", 1...1_000_000, width)
  try requireSize(tower + ".heads", 1...width, heads)
  try requireSize(tower + ".depth", 0...10_000, depth)
  guard width.isMultiple(of: heads) else {
    throw .impossible(
      setting: tower + ".heads", reason: "\(heads) heads do not divide a width of \(width)")
  }
}

/// Refuses a size that is out of `range`.
func requireSize(_ setting: String, _ range: ClosedRange<Int>, _ value: Int)
  throws(CheckpointError)
{
  guard range.contains(value) else {
    throw .impossible(
      setting: setting,
      reason: "\(value) is not from \(range.lowerBound) to \(range.upperBound)")
  }
}
