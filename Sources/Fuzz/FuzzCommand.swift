import ArgumentParser
import Foundation

/// `swift run -c release Fuzz safetensors --inputs 200000 --seed 1`
@main
struct FuzzCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Fuzz",
    abstract: "Try the readers of files from outside with broken ones.",
    discussion: """
      Files of the tests are changed in places, with some respect for their format. Each must be \
      read or refused by one clear error, in bounded time and memory. What breaks a reader is kept. \
      The same seed makes the same inputs.
      """)

  @Argument(help: "The readers to try: “all”, names that “--list” shows, or their beginnings.")
  var targets: [String] = ["all"]

  @Option(help: "Inputs for each reader.")
  var inputs = 10_000

  @Option(help: "Where the random changes begin.")
  var seed: UInt64 = 1

  @Option(help: "The first input, to make one again.")
  var first = 0

  @Option(help: "Seconds that one input may take.")
  var seconds = 10.0

  @Option(help: "Megabytes of memory that a reader may fill, on Linux.")
  var megabytes = 1500

  @Option(help: "A folder for the inputs that broke something.")
  var keep = "fuzz-findings"

  @Option(help: "The folder of the tests' files.")
  var fixtures = "Tests/Fixtures"

  @Flag(help: "Show the names of all readers.")
  var list = false

  @Option(help: .hidden)
  var work: String?

  func validate() throws {
    guard inputs > 0, first >= 0 else { throw ValidationError("--inputs must be at least 1.") }
  }

  func run() throws {
    let all =
      try FuzzTarget.checkpoints(fixtures) + FuzzTarget.tokens(fixtures)
      + FuzzTarget.models(fixtures)
    if list { return print(all.map(\.name).joined(separator: "\n")) }
    if let name = targets.first(where: { name in !all.contains { $0.answers(to: name) } }) {
      throw ValidationError("There is no reader “\(name)”; see --list.")
    }
    let chosen = all.filter { target in targets.contains { target.answers(to: $0) } }
    if let work {
      guard let target = all.first(where: { $0.name == targets[0] }) else { return }
      try Worker(target: target, seed: seed, folder: work, findings: Findings(folder: keep))
        .run(first..<first + inputs)
      return
    }
    var faults = 0
    for target in chosen {
      let watch = Watch(
        target: target, findings: Findings(folder: keep), seconds: seconds, megabytes: megabytes)
      faults += try watch.run(first..<first + inputs, seed: seed, fixtures: fixtures)
    }
    if faults > 0 { throw ExitCode.failure }
  }
}
