import ArgumentParser
import Files
import Foundation
import Settings
import Training

/// The commands; where everything meets.
@main
struct PictoglotCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pictoglot",
    abstract: "Teach pictures and the world's languages to share one space, and search in it.",
    discussion: """
      MODEL is the folder of a run, or the name of a published model that was pulled. DATA is a folder of tar shards, a JSONL, TSV, CSV or Parquet file, or a \
      folder of pictures.

      Results go to standard output, progress and messages to standard error. Exit status: 0 done, \
      1 failed, 2 wrong usage, 130 interrupted.
      """,
    version: "0.1.0",
    subcommands: [
      DataCommand.self, TokenizerCommand.self, TokenizeCommand.self, PictureCommand.self,
      TrainCommand.self, CompareCommand.self, EvaluateCommand.self, EmbedCommand.self,
      IndexCommand.self, SearchCommand.self, AnalogyCommand.self, LensCommand.self,
      ClassifyCommand.self, PatchesCommand.self, MatchCommand.self, ScoreCommand.self,
      ServeCommand.self,
      PullCommand.self, ModelsCommand.self, DoctorCommand.self, ExportCommand.self,
      ImportCommand.self,
    ])

  /// Runs the command of the arguments and exits with its status.
  static func main() async {
    // A reader that went away (| head) must end a write with an error, not the program.
    signal(SIGPIPE, SIG_IGN)
    // So must a file that grows beyond what the shell allows (ulimit -f).
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot(arguments())
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      exit(for: error)
    }
  }

  /// The words after the program's name, also those that are names of files and no UTF-8.
  private static func arguments() -> [String] {
    (1..<max(1, Int(Swift.CommandLine.argc))).compactMap { place in
      Swift.CommandLine.unsafeArgv[place].map { word in
        String(
          fileName: UnsafeBufferPointer(start: word, count: strlen(word)).map {
            UInt8(bitPattern: $0)
          })
      }
    }
  }

  /// Ends the program with the one line that the error says, and the right status.
  private static func exit(for error: any Error) -> Never {
    if error is Interrupted { Foundation.exit(130) }
    // A command that has already said what was wrong.
    if let code = error as? ExitCode { Foundation.exit(code.rawValue) }
    let code = exitCode(for: error)
    if code == .success || code == .validationFailure {
      if code == .validationFailure, let hint = suggestion() {
        Console.error(hint)
        Foundation.exit(2)
      }
      if code == .success { Self.exit(withError: error) }
      Console.error(fullMessage(for: error).replacing("Error: ", with: "", maxReplacements: 1))
      Foundation.exit(2)
    }
    Console.error("pictoglot: \(words(for: error).printable)")
    Foundation.exit(1)
  }

  /// One line; what Foundation throws describes itself in many words, of which few are for people.
  private static func words(for error: any Error) -> String {
    guard let error = error as? CocoaError else { return "\(error)" }
    let path = error.filePath ?? error.url?.path
    return (path.map { $0 + ": " } ?? "") + systemReason(of: error) + "."
  }

  /// The parser calls a mistyped command an unexpected argument; say which one was meant.
  private static func suggestion() -> String? {
    let words = Swift.CommandLine.arguments.dropFirst()
    guard let word = words.first, !word.hasPrefix("-") else { return nil }
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard !names.contains(word) else { return nil }
    let closest = names.min { distance($0, word) < distance($1, word) }
    return "pictoglot: there is no command “\(word)”."
      + (closest.map { distance($0, word) <= 3 ? " Did you mean “\($0)”?" : "" } ?? "")
      + " “pictoglot --help” lists them all."
  }

  private static func distance(_ a: String, _ b: String) -> Int { editDistance(a, b) }
}
