import ArgumentParser
import Foundation
import Pictoglot
import Pictures
import Synchronization
import Torch

/// What every command takes.
struct CommonOptions: ParsableArguments {
  @Flag(help: "Print JSON on standard output, one object a line.")
  var json = false

  @Flag(help: "Print only results and errors.")
  var quiet = false

  @Option(help: ArgumentHelp("Threads of one computation.", valueName: "count"))
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads must be at least 1, not \(threads).")
    }
  }

  /// Takes effect for the whole program.
  func apply() {
    Engine.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    Engine.chooseLinearKernel()
    Console.isQuiet.store(quiet, ordering: .relaxed)
  }
}

/// The option of commands that read pictures.
struct PictureLimitOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The most pixels a picture may have in memory; larger JPEGs are read at a fraction of their "
        + "size.", valueName: "count"))
  var maxPixels = PictureLimits.usualPixels

  func validate() throws {
    guard maxPixels >= 1 else {
      throw ValidationError("--max-pixels must be at least 1, not \(maxPixels).")
    }
  }

  /// Takes effect for the whole program.
  func apply() { PictureLimits.setStandard(maximumPixels: maxPixels) }
}

/// The option of commands that compute with a model.
struct DeviceOption: ParsableArguments {
  @Option(help: ArgumentHelp("auto, cpu, cuda, cuda:N or mps.", valueName: "device"))
  var device = "auto"
}

/// The option of commands that embed.
struct PrecisionOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "float32, bfloat16 (twice as fast) or int8 (faster still, less exact).", valueName: "type"),
    transform: { text in
      guard let precision = ImageTextModel.Precision(rawValue: text) else {
        throw ValidationError("--precision is float32, bfloat16 or int8, not “\(text)”.")
      }
      return precision
    })
  var precision = ImageTextModel.Precision.float32
}

/// The option of commands that reproduce published numbers.
struct LanguageCodesOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Language codes for models that take one with each text: standard, or published for those "
        + "behind NLLB-CLIP's published results (zh as traditional Chinese, no as Nynorsk).",
      valueName: "mapping"),
    transform: { text in
      guard let codes = ImageTextModel.LanguageCodes(rawValue: text) else {
        throw ValidationError("--language-codes is standard or published, not “\(text)”.")
      }
      return codes
    })
  var languageCodes = ImageTextModel.LanguageCodes.standard
}

/// Standard output for results, standard error for everything else.
enum Console {
  static let isQuiet = Atomic(false)
  private static let isTerminal = isatty(STDERR_FILENO) == 1

  /// Prints a result.
  static func print(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

  /// Prints a result as one line of JSON; what is no number, such as a loss that diverged, as a word.
  static func print(json value: some Encodable) throws { print(try line(of: value)) }

  /// Says how far a command is, as one line of JSON, unless the person asked for quiet.
  static func note(json value: some Encodable) {
    if let text = try? line(of: value) { note(text) }
  }

  /// A value as one line of JSON.
  private static func line(of value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Says something to the person, unless they asked for quiet.
  static func note(_ line: String) {
    guard !isQuiet.load(ordering: .relaxed) else { return }
    error(line)
  }

  /// Says something that must not be missed.
  static func error(_ line: String) {
    write((isTerminal ? "\r\u{1B}[K" : "") + line + "\n", to: STDERR_FILENO)
  }

  /// Shows a line that the next one replaces; nothing where there is no terminal. What does not fit
  /// the terminal's width is cut off: a line that went on below would stay there.
  static func transient(_ line: String) {
    guard isTerminal, !isQuiet.load(ordering: .relaxed) else { return }
    write("\r\u{1B}[K" + line.prefix(width), to: STDERR_FILENO)
  }

  /// Characters that fit a line on standard error; without end where it is no terminal.
  static var width: Int {
    var size = winsize()
    guard isTerminal, ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else {
      return .max
    }
    return Int(size.ws_col) - 1
  }

  static var showsTransient: Bool { isTerminal && !isQuiet.load(ordering: .relaxed) }

  /// Writes all of a text to a file descriptor; ends the program if standard output is closed.
  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        // Nobody reads the results any more: there is nothing left to do.
        if descriptor == STDOUT_FILENO { exit(errno == EPIPE ? 0 : 1) }
        return
      }
      bytes = bytes.dropFirst(count)
    }
  }
}

/// Shows how far long work is, how fast it goes and how long it will take.
///
/// On a terminal one line that changes; elsewhere a line every tenth of the way; with `--json` an
/// object a second on standard error.
final class ProgressLine: Sendable {
  /// When the work started, and what was shown last.
  private struct State {
    var begun: ContinuousClock.Instant?
    var shown: ContinuousClock.Instant?
    var tenth = -1
  }
  /// The JSON that --json prints once a second.
  private struct Line: Encodable {
    let event = "progress"
    let what: String
    let done: Int
    let total: Int
    let perSecond: Double
    let secondsLeft: Double
  }

  private let what: String
  private let unit: String
  private let json: Bool
  private let state = Mutex(State())

  init(_ what: String, unit: String, json: Bool) {
    self.what = what
    self.unit = unit
    self.json = json
  }

  /// Shows that `done` of `total` items are done, if it is time to.
  func show(_ done: Int, of total: Int) {
    let now = ContinuousClock.now
    let (elapsed, isDue, isNewTenth) = state.withLock { state in
      let begun = state.begun ?? now
      state.begun = begun
      let tenth = total > 0 ? done * 10 / total : 0
      let isNewTenth = tenth != state.tenth
      let isDue = state.shown.map { now - $0 >= .milliseconds(json ? 1000 : 100) } ?? true
      if isDue { state.shown = now }
      state.tenth = tenth
      return ((now - begun) / .seconds(1), isDue, isNewTenth)
    }
    let rate = elapsed > 0 ? Double(done) / elapsed : 0
    let left = rate > 0 ? Double(total - done) / rate : 0
    let text =
      "\(what): \(done) of \(total) \(unit)"
      + (elapsed > 0.5
        ? ", \(Int(rate)) a second" + (done < total ? ", \(duration(left)) left" : "") : "")
    if json {
      guard isDue || done == total, !Console.isQuiet.load(ordering: .relaxed) else { return }
      Console.note(
        json: Line(what: what, done: done, total: total, perSecond: rate, secondsLeft: left))
    } else if Console.showsTransient {
      if done >= total { Console.note(text) } else if isDue { Console.transient(text) }
    } else if isNewTenth {
      Console.note(text)
    }
  }
}

/// Seconds as a person says them: `12 s`, `3 min 20 s`, `2 h 5 min`.
func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e7 else { return "long" }
  let whole = Int(seconds.rounded())
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
  return "\(whole / 3600) h \(whole % 3600 / 60) min"
}
