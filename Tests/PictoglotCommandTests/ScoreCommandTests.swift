import Foundation
import TestSupport
import Testing

@Suite("pictoglot score")
struct ScoreCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(_ name: String, _ text: String) throws -> String {
    let path = folder.path + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test("Scores lines, and prints how each score was computed")
  func scoresLines() throws {
    let german = try file(
      "h",
      """
      Ein Mann mit einem orangefarbenen Hut starrt etwas an.
      Ein Boston Terrier läuft über grünes Gras vor einem weißen Zaun.
      Ein Mädchen in einem Karate-Outfit bricht ein Brett mit einem Tritt.

      """)
    let reference = try file(
      "r",
      """
      Ein Mann mit einem orangefarbenen Hut, der etwas anstarrt.
      Ein Boston Terrier läuft über saftig-grünes Gras vor einem weißen Zaun.
      Ein Mädchen in einem Karateanzug bricht ein Brett mit einem Tritt.

      """)
    let words = ["score", "--hypotheses", german, "--references", reference]
    let found = try runProgram("pictoglot", words + ["--metric", "sacrebleu,chrf++", "--json"])
    #expect(found.status == 0, "\(found.errors)")
    #expect(found.objects.count == 2)
    let bleu = try #require(found.objects.first)
    #expect(abs((bleu["score"] as? Double ?? 0) - 0.664138) < 1e-6)
    #expect(
      bleu["signature"] as? String
        == "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0")
    #expect((bleu["details"] as? String ?? "").hasSuffix("hyp_len = 34 ref_len = 35)"))
    #expect(abs((found.objects.last?["score"] as? Double ?? 0) - 0.828667) < 1e-6)
    let table = try runProgram(
      "pictoglot", words + ["--metric", "sacrebleu", "--tokenize", "intl", "--resamples", "0"])
    #expect(table.output.contains("65.50  nrefs:1|case:mixed|eff:no|tok:intl"))
  }

  @Test("Says in one line what cannot be scored")
  func refuses() throws {
    let one = try file("one", "a\n")
    let two = try file("two", "a\nb\n")
    let result = try runProgram("pictoglot", ["score", "--hypotheses", one, "--references", two])
    #expect(result.status == 1)
    #expect(
      result.errors
        == "pictoglot: \(two) has 2 lines and \(one) has 1: line by line they must belong together.\n"
    )
    let metric = try runProgram(
      "pictoglot", ["score", "--hypotheses", one, "--references", one, "--metric", "meteor"])
    #expect(metric.status == 2)
    #expect(metric.errors.contains("--metric takes bleu, sacrebleu"))
    let program = try runProgram(
      "pictoglot", ["score", "--hypotheses", one, "--references", one, "--meteor-jar", two + "x"])
    #expect(program.status == 1)
    #expect(program.errors.contains("give the path of meteor-1.5.jar"))
  }
}
