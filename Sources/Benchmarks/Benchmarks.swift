import ArgumentParser

/// Measurements of one part each; the scripts in `Benchmarks/` run them beside their peers.
@main
struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Benchmarks",
    abstract: "Measure a part of Pictoglot; Benchmarks/ holds the peers and says how to run both.",
    subcommands: [
      TrainStep.self, EmbedPictures.self, EmbedTexts.self, TokenizeLines.self, PreparePictures.self,
      DetectLanguages.self, NearCaptions.self, TextStep.self,
    ])
}

/// The median and the smallest of some times, in milliseconds.
func summary(_ seconds: [Double]) -> String {
  let sorted = seconds.sorted()
  guard let best = sorted.first else { return "nothing measured" }
  let median = sorted[sorted.count / 2]
  return "median \(Int(median * 1000)) ms, best \(Int(best * 1000)) ms of \(sorted.count)"
}

/// Seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  try ContinuousClock().measure(body) / .seconds(1)
}
