import Layers

extension DualEncoder.Settings {
  /// - Throws: ``CheckpointError/impossible(setting:reason:)`` for towers that nothing can be
  ///   computed with.
  func check() throws(CheckpointError) {
    try require("model.width", 1...1_000_000, width)
    switch image {
    case .vit(let tower):
      try checkBlocks("model.image", width: tower.width, heads: tower.heads, depth: tower.depth)
      try require("model.image.patch", 1...100_000, tower.patch)
      try require("model.image.size", tower.patch...100_000, tower.size)
    case .some(let tower): try require("model.image.size", 1...100_000, tower.size)
    case nil: break
    }
    try checkDropout()
    guard let text else { return }
    try require("model.text.contextLength", 1...1_000_000, text.contextLength)
    try require("model.text.vocabulary", 0...1_000_000_000, text.vocabulary)
    switch text {
    case .transformer(let tower):
      try checkBlocks("model.text", width: tower.width, heads: tower.heads, depth: tower.depth)
    case .bert(let tower):
      try checkBlocks("model.text", width: tower.width, heads: tower.heads, depth: tower.depth)
    case .nllb(let tower):
      try checkBlocks("model.text", width: tower.width, heads: tower.heads, depth: tower.depth)
    case .brivl(let tower):
      let bert = tower.bert
      try checkBlocks("model.text.bert", width: bert.width, heads: bert.heads, depth: bert.depth)
    case .bag(let tower):
      try require("model.text.width", 1...1_000_000, tower.width)
      try require("model.text.depth", 0...10_000, tower.depth)
    }
  }

  /// Refuses rates outside 0…1, and rates of parts that the tower does not have.
  private func checkDropout() throws(CheckpointError) {
    let (inBlocks, inBags) = (
      ["hidden", "attention", "activation", "path"], ["hidden", "activation", "path"]
    )
    switch image {
    case .vit(let tower): try check("model.image", tower.dropout, inBlocks + ["patches"])
    case .resNet(let tower): try check("model.image", tower.dropout, ["path"])
    case .efficientNet(let tower): try check("model.image", tower.dropout, ["path"])
    case .brivl(let tower):
      try check("model.image", tower.dropout, inBlocks)
      try check("model.image.network", tower.network.dropout, ["path"])
    case nil: break
    }
    switch text {
    case .transformer(let tower): try check("model.text", tower.dropout, inBlocks)
    case .bert(let tower): try check("model.text", tower.dropout, inBlocks)
    case .nllb(let tower): try check("model.text", tower.dropout, inBlocks)
    case .bag(let tower): try check("model.text", tower.dropout, inBags)
    case .brivl(let tower):
      try check("model.text", tower.dropout, inBlocks)
      try check("model.text.bert", tower.bert.dropout, inBlocks)
    case nil: break
    }
  }

  private func check(_ tower: String, _ dropout: DropoutRates, _ known: [String])
    throws(CheckpointError)
  {
    for (key, rate) in dropout.byKey where rate != 0 {
      let setting = "\(tower).dropout.\(key)"
      guard known.contains(key) else {
        throw .impossible(
          setting: setting,
          reason: "this tower drops nothing of that kind; it has \(known.joined(separator: ", "))")
      }
      guard (0..<1).contains(rate) else {
        throw .impossible(setting: setting, reason: "\(rate) is not from 0 to below 1")
      }
    }
  }

  private func checkBlocks(_ tower: String, width: Int, heads: Int, depth: Int)
    throws(CheckpointError)
  {
    try require(tower + ".width", 1...1_000_000, width)
    try require(tower + ".heads", 1...width, heads)
    try require(tower + ".depth", 0...10_000, depth)
    guard width.isMultiple(of: heads) else {
      throw .impossible(
        setting: tower + ".heads", reason: "\(heads) heads do not divide a width of \(width)")
    }
  }

  private func require(_ setting: String, _ range: ClosedRange<Int>, _ value: Int)
    throws(CheckpointError)
  {
    guard range.contains(value) else {
      throw .impossible(
        setting: setting,
        reason: "\(value) is not from \(range.lowerBound) to \(range.upperBound)")
    }
  }
}
