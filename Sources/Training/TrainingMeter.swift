/// Sums up steps between two reports.
struct TrainingMeter {
  private var loss = 0.0
  private var notes: [String: Double] = [:]
  private var norm = 0.0
  private var steps = 0
  private var pictures = 0
  private var captions = 0
  private var waited = 0.0
  /// Of the one step that was looked at closely.
  private var observation: GradientStep.Observation?
  private(set) var seconds = 0.0

  /// Whether the next step should be looked at closely: one of each report.
  var wantsObservation: Bool { observation == nil }

  mutating func add(
    _ outcome: GradientStep.Outcome, norm: Double, pictures: Int, captions: Int, seconds: Double,
    waited: Double
  ) {
    loss += outcome.loss
    for (name, value) in outcome.notes { notes[name, default: 0] += value }
    self.norm += norm
    steps += 1
    self.pictures += pictures
    self.captions += captions
    self.seconds += seconds
    self.waited += waited
    if let observed = outcome.observation { observation = observed }
  }

  func report(
    step: Int, progress: Double, epochs: Double, rate: Double, scale: Double, seconds total: Double
  ) -> TrainingReport {
    let count = Double(max(1, steps))
    let time = max(seconds, 1e-9)
    return TrainingReport(
      step: step, progress: progress, epochs: epochs, loss: loss / count, learningRate: rate,
      scale: scale, gradientNorm: norm / count, picturesPerSecond: Double(pictures) / time,
      captionsPerSecond: Double(captions) / time, dataWait: waited / time, seconds: total,
      secondsLeft: progress > 0 ? total * (1 - progress) / progress : 0,
      notes: notes.isEmpty ? nil : notes.mapValues { $0 / count },
      languageLoss: observation?.pairs?.languageLoss,
      falseNegatives: observation?.pairs?.falseNegatives,
      // The steps of a report are alike.
      flops: observation.map { (Double($0.operations) * count / time).rounded() })
  }
}
