import Corpora
import Foundation
import Pictoglot

/// Opens a collection and says, line by line, what of it was left out.
func openCorpus(_ path: String, common: CommonOptions, keepsUncaptioned: Bool = false) throws
  -> Corpus
{
  let corpus = try Corpus(
    opening: path, options: CorpusOptions(keepsPicturesWithoutCaptions: keepsUncaptioned))
  let shown = 20
  for problem in corpus.problems.prefix(shown) { Console.note("\(problem)") }
  if corpus.problems.count > shown {
    Console.note("… and \(corpus.problems.count - shown) more; “pictoglot data check” lists all.")
  }
  if !corpus.problems.isEmpty {
    Console.note("\(corpus.problems.count) problems; \(corpus.samples.count) samples are used.")
  }
  return corpus
}

/// Refuses to write where something is that this program did not make.
func requireWritable(_ path: String, force: Bool = false) throws {
  guard FileManager.default.fileExists(atPath: path), !force else { return }
  throw CommandError("\(path) exists already. Give another name, or remove it first.")
}

/// A failure that only a command can find.
struct CommandError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
