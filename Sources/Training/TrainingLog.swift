import Foundation

/// One report of a run; a line of `log.jsonl`.
package struct TrainingReport: Codable, Sendable, Equatable {
  /// Steps done.
  package var step: Int
  /// Share of the run done, 0…1.
  package var progress: Double
  /// Times every picture has been seen.
  package var epochs: Double
  /// Mean loss since the last report, nats.
  package var loss: Double
  package var learningRate: Double
  /// 1/τ.
  package var scale: Double
  /// Mean norm of the gradients before clipping.
  package var gradientNorm: Double
  package var picturesPerSecond: Double
  package var captionsPerSecond: Double
  /// Share of the time spent waiting for batches.
  package var dataWait: Double
  /// Seconds of training so far, interruptions not counted.
  package var seconds: Double
  /// Seconds left, as things go.
  package var secondsLeft: Double
  /// Recalls on the validation part, where this report has them: `{"en": 0.31, "mean": 0.2}`.
  package var validation: [String: Double]?
  /// What the recipe notes besides the loss, such as its parts.
  package var notes: [String: Double]?
  /// Of each language's captions the mean contrastive loss, text to picture, in nats, in one step of
  /// the report: `{"en": 2.1, "ko": 3.1}`. For recipes of pairs; see ``PairStatistics``.
  package var languageLoss: [String: Double]?
  /// Of that step, the share of the pairs of a caption and another's picture that are of one concept,
  /// which a loss without concepts would push away.
  package var falseNegatives: Double?
  /// Floating-point operations of matrix products, convolutions and attention a second, forward and
  /// backward; counted in that step.
  package var flops: Double?
}

/// The file `log.jsonl` of a run, and the same for TensorBoard.
struct TrainingLog {
  private let lines: AppendedFile
  private let events: EventFile

  /// Opens the log, dropping what an interrupted run wrote after its last checkpoint, so that the
  /// log of a resumed run reads as if it had never stopped.
  ///
  /// - Throws: ``TrainingError/file(_:)``
  init(folder: RunFolder, keepingSteps last: Int) throws(TrainingError) {
    let known = (FileManager.default.contents(atPath: folder.log) ?? Data()).split(
      separator: UInt8(ascii: "\n"))
    let decoder = JSONDecoder()
    let kept = known.compactMap { line -> (line: Data, report: TrainingReport)? in
      let report = try? decoder.decode(TrainingReport.self, from: Data(line))
      return report.flatMap { $0.step <= last ? (Data(line), $0) : nil }
    }
    events = try EventFile(folder: folder.path, keeping: kept.map(\.report))
    lines = try AppendedFile(
      folder.log, beginning: Data(kept.map { $0.line + [UInt8(ascii: "\n")] }.joined()))
  }

  /// Adds a report to both files.
  ///
  /// - Returns: Why one of them lacks it for now; it is written with the next one.
  func append(_ report: TrainingReport) -> TrainingError? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var fault: TrainingError?
    do throws(TrainingError) { try events.append(report) } catch { fault = error }
    // Numbers and words alone cannot fail to be encoded.
    let line = (try? encoder.encode(report)).map { $0 + Data("\n".utf8) } ?? Data()
    do throws(TrainingError) { try lines.append(line) } catch { fault = error }
    return fault
  }
}
