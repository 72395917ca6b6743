import Evaluation
import Foundation

/// METEOR 1.5, which is computed by its authors' own program: a score is called METEOR only if this
/// has made it.
///
/// - Source: Denkowski and Lavie 2014; called as pycocoevalcap 1.2 calls it (`-stdio -l en -norm`).
struct MeteorProgram {
  let jar: String

  /// METEOR of all texts together, which is no mean of the texts' own; without an interval.
  ///
  /// - Throws: `CommandError` if Java or the program is missing or gives no number.
  func score(_ texts: SegmentedTexts) throws -> TextScoreReport.Score {
    guard FileManager.default.isReadableFile(atPath: jar) else {
      throw CommandError("\(jar) cannot be read; give the path of meteor-1.5.jar.")
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["java", "-Xmx2G", "-jar", jar, "-", "-", "-stdio", "-l", "en", "-norm"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }
    var lines = ReadLines(output.fileHandleForReading)
    func ask(_ line: String) throws {
      do { try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8)) } catch {
        throw failure
      }
    }
    var statistics = "EVAL"
    for place in texts.indices {
      let references = texts.references[place].map(words).joined(separator: " ||| ")
      try ask("SCORE ||| \(references) ||| \(words(texts.hypotheses[place]))")
      guard let line = lines.next() else { throw failure }
      statistics += " ||| " + line
    }
    try ask(statistics)
    // The texts' own scores come first.
    for _ in texts.indices { guard lines.next() != nil else { throw failure } }
    guard let value = lines.next().flatMap(Double.init) else { throw failure }
    return .init(
      name: "METEOR", value: Estimate(value),
      signature: "tok:\(texts.segmentation.name)|meteor:1.5|l:en|norm")
  }

  private var failure: CommandError {
    CommandError("\(jar) gave no score. Is it meteor-1.5.jar, and is Java installed?")
  }

  /// A text in the program's protocol, which has a separator of its own.
  private func words(_ text: Scalars) -> String {
    String(String.UnicodeScalarView(text)).replacing("|||", with: "").replacing("  ", with: " ")
  }
}

/// The lines that a program writes, one by one.
private struct ReadLines {
  private let handle: FileHandle
  private var rest = Data()

  init(_ handle: FileHandle) { self.handle = handle }

  /// The next line without white space at its ends, or `nil` at the end.
  mutating func next() -> String? {
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[..<end], as: UTF8.self).trimmingCharacters(in: .whitespaces)
      }
      let more = handle.availableData
      if more.isEmpty { return nil }
      rest += more
    }
  }
}
