import ArgumentParser
import Corpora
import Foundation
import Languages

/// How often detection finds the right language of a collection's captions, by language.
///
/// A caption is right if its language is; where one language is written in two scripts, as Chinese
/// is, the script must be, too. Norwegian counts as Bokmål.
struct DetectLanguages: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect-languages",
    abstract: "Count how often detection finds the right language of captions.")

  @Argument(help: "A collection with captions.") var data: String
  @Option(help: "Its part; “all” for everything.") var split = "test"

  private struct Count {
    var captions = 0
    var right = 0
    var taken: [String: Int] = [:]
  }

  func run() throws {
    let corpus = try Corpus(opening: data)
    let samples = split == "all" ? corpus.samples : corpus.split(split).samples
    let detector = LanguageDetector.shared
    _ = detector.detect("warm")
    var counts: [String: Count] = [:]
    var detected = 0
    let start = ContinuousClock.now
    for sample in samples {
      for (tag, texts) in sample.captions {
        let truth = Self.written(try LanguageTag(tag))
        for text in texts {
          let found = detector.detect(text).tag.map(Self.written)
          counts[tag, default: Count()].captions += 1
          detected += 1
          if found == truth {
            counts[tag, default: Count()].right += 1
          } else {
            counts[tag, default: Count()].taken[found ?? "none", default: 0] += 1
          }
        }
      }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print("| language | captions | right | mostly taken for |\n|---|---|---|---|")
    for (tag, count) in counts.sorted(by: { $0.key < $1.key }) {
      let others = count.taken.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
        .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      let name = (try? LanguageTag(tag).englishName) ?? tag
      print(
        "| \(tag) \(name) | \(count.captions) | \(percent(count.right, count.captions)) | \(others) |"
      )
    }
    let mean =
      counts.values.reduce(0) { $0 + Double($1.right) / Double($1.captions) }
      / Double(max(1, counts.count))
    print(
      "mean of \(counts.count) languages \(String(format: "%.1f", mean * 100)) %, \(detected) "
        + "captions, \(String(format: "%.1f", seconds / Double(max(1, detected)) * 1e6)) µs each")
  }

  /// What counts as one written language.
  private static func written(_ tag: LanguageTag) -> String {
    switch tag.language {
    case "no", "nb": return "nb"
    case "fil", "tl": return "fil"
    case "zh":
      let isTraditional = tag.script == "Hant" || ["TW", "HK", "MO"].contains(tag.region)
      return isTraditional ? "zh-Hant" : "zh-Hans"
    case "sr": return tag.script == "Latn" ? "sr-Latn" : "sr"
    default: return tag.language
    }
  }

  private func percent(_ part: Int, _ whole: Int) -> String {
    String(format: "%.1f %%", Double(part) / Double(max(1, whole)) * 100)
  }
}
