import ArgumentParser
import Foundation
import Tokens

/// Texts a second of processor time on one thread: the way to ids, as training and serving take it.
///
/// Processor time, for other programs may keep the machine busy. "cold" begins with an empty cache
/// of words; "warm" goes over the same texts again.
struct TokenizeLines: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize", abstract: "Time the lines of a file to ids, on one thread.")

  @Argument(help: "A tokenizer's file or folder.") var tokenizer: String
  @Argument(help: "Texts, one a line.") var texts: String

  func run() throws {
    let lines = try String(contentsOfFile: texts, encoding: .utf8)
      .split(separator: "\n").map(String.init)
    let tokenizer = try Tokenizer(contentsOf: tokenizer)
    func measure(_ name: String, _ count: (String) -> Int) {
      var tokens = 0
      let start = clock()
      for line in lines { tokens += count(line) }
      let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
      print("\(name)\t\(Int(Double(lines.count) / seconds)) texts/s\t\(tokens) tokens")
    }
    measure("pictoglot cold") { tokenizer.ids($0).ids.count }
    measure("pictoglot warm") { tokenizer.ids($0).ids.count }
    measure("pictoglot with offsets") { tokenizer.encode($0).count }
  }
}
