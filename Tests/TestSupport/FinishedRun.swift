package import Foundation

/// What a training run left in its folder, but for what the clock says.
package struct FinishedRun: Sendable {
  /// The model's files, byte by byte.
  package let files: [String: Data]
  package let checkpoint: TensorBytes
  package let model: TensorBytes
  /// The sum of the losses of all steps: which of them make up one report, the clock tells.
  package let loss: Double
  /// The number of reports.
  package let reports: Int
  /// What the last report says of the end of the run, each by its name.
  package let last: [String]

  /// - Throws: If a file is missing or broken.
  package init(_ folder: String) throws {
    let names = ["model.safetensors", "model.json", "tokenizer.json"]
    files = try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)))
      })
    checkpoint = try TensorBytes(folder + "/checkpoint.safetensors")
    model = try TensorBytes(folder + "/model.safetensors")
    let log = try String(contentsOfFile: folder + "/log.jsonl", encoding: .utf8)
    let lines = try log.split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
    var (sum, done) = (0.0, 0)
    for line in lines {
      let step = line["step"] as? Int ?? done
      sum += (line["loss"] as? Double ?? .nan) * Double(step - done)
      done = step
    }
    (loss, reports) = (sum, lines.count)
    last = ["step", "progress", "epochs", "learningRate", "scale"].map { name in
      "\(name) \(lines.last?[name].map { "\($0)" } ?? "nothing")"
    }
  }
}
