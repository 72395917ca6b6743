import ArgumentParser
import Corpora
import Foundation
import Pictures

/// Seconds to find every sample's near captions, as hard negatives need them once a run.
///
/// The captions are made up: words are drawn as often as Zipf's law has them, which is harder than
/// real captions, of which few are near to any other.
struct NearCaptions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "near-captions", abstract: "Time the search for near captions.")

  @Option(help: "Samples.") var samples = 100_000
  @Option(help: "Languages of each sample's captions.") var languages = 1
  @Option(help: "Tokens of a caption.") var tokens = 12
  @Option(help: "Different tokens of a language.") var vocabulary = 32_768

  func run() throws {
    var random = RandomStream(seed: 1)
    func token() -> Int32 {
      // The inverse of the logarithmic distribution function that Zipf's law comes near to.
      Int32(pow(Double(vocabulary), random.uniform())) - 1
    }
    let captions = (0..<samples).map { _ in
      (0..<languages).map { language in
        (language: "\(language)", ids: (0..<tokens).map { _ in token() })
      }
    }
    var found = 0
    let start = clock()
    let time = seconds {
      found = CaptionNeighbours(of: captions, groups: Array(0..<samples), count: 16).neighboured
    }
    let processor = Double(clock() - start) / Double(CLOCKS_PER_SEC)
    print(
      "\(samples) samples with captions of \(tokens) tokens in \(languages) languages: "
        + "\(Int(time.rounded())) s, \(Int(processor.rounded())) s of processor time; "
        + "\(found) have near ones")
  }
}
