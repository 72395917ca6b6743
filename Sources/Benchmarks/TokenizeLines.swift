import ArgumentParser
import Foundation
import Tokens

/// Texts to ids on one thread.
struct TokenizeLines: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize", abstract: "Time the lines of a file to ids, on one thread.")

  @Argument(help: "A tokenizer's file or folder.") var tokenizer: String
  @Argument(help: "Texts, one a line.") var texts: String
  @Option(help: "Rounds; the best counts.") var rounds = 3

  func run() throws {
    let engine = try Tokenizer(contentsOf: tokenizer)
    let lines = try String(contentsOfFile: texts, encoding: .utf8).split(separator: "\n").map(
      String.init)
    var best = Double.infinity
    var count = 0
    for _ in 0..<rounds {
      count = 0
      best = min(best, seconds { for line in lines { count += engine.ids(line).ids.count } })
    }
    print("pictoglot \(tokenizer): \(Int(Double(lines.count) / best)) texts/s, \(count) ids")
  }
}
