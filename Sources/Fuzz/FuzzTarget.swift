import Foundation

/// A reader of files from outside, and what is needed to try it with broken ones.
struct FuzzTarget {
  /// What became of a broken file; both are right.
  enum Outcome {
    case accepted
    case refused
  }

  /// What must not be.
  struct Fault: Error { let reason: String }

  let name: String
  let mutator: Mutator
  /// What the reader expects its file to be called.
  var fileName = "input"
  /// Files beside it that stay whole.
  var companions: [String: [UInt8]] = [:]
  /// Reads the file at a path and uses what it holds.
  ///
  /// - Throws: ``Fault``
  let read: (_ path: String) throws -> Outcome

  /// An error of the type that the reader promises, in one line that is not too long.
  static func check(_ error: any Error, isPromised: Bool, names words: String = "") throws {
    let text = "\(error)"
    guard isPromised else { throw Fault(reason: "throws \(type(of: error)): \(text.prefix(200))") }
    let isOneLine = !text.isEmpty && text.utf8.count < 2000 && !text.contains("\n")
    guard isOneLine, words.isEmpty || text.contains(words) else {
      throw Fault(reason: "explains itself badly: \(text.prefix(400))")
    }
  }

  /// Whether `choice` is its name or the beginning of it up to a hyphen.
  func answers(to choice: String) -> Bool {
    choice == "all" || name == choice || name.hasPrefix(choice + "-")
  }

  /// Files of the tests, to begin with.
  static func seeds(_ folder: String, where isWanted: (String) -> Bool) throws -> [[UInt8]] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let seeds = try names.filter(isWanted).sorted().map {
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)))
    }
    guard !seeds.isEmpty else { throw Fault(reason: "\(folder) has no files to begin with") }
    return seeds
  }
}
