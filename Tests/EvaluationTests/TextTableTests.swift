import Evaluation
import Testing

@Suite("Tables for terminals")
struct TextTableTests {
  @Test(
    "A text is as wide as a terminal shows it",
    arguments: [
      ("apple", 5), ("", 0), ("사과", 4), ("\u{1109}\u{1161}\u{1100}\u{116A}", 4), ("苹果", 4),
      ("りんご", 6), ("हिन्दी", 5), ("ไทย", 3), ("🇰🇷", 2), ("👍🏽", 2), ("e\u{301}", 1), ("🍎", 2), ("👨‍👩‍👧", 2),
      ("❤️", 2), ("a\u{200B}b", 2),
      ("ＡＢ", 4), ("ﾘﾝｺﾞ", 4), ("العربية", 7),
    ])
  func textIsAsWideAsShown(text: String, width: Int) {
    #expect(text.displayWidth == width)
  }

  @Test("A text is cut so that it fits, never through a character")
  func textIsCut() {
    #expect("빨간 사과".truncated(toDisplayWidth: 9) == "빨간 사과")
    #expect("빨간 사과".truncated(toDisplayWidth: 6) == "빨간 …")
    #expect("빨간 사과".truncated(toDisplayWidth: 4) == "빨…")
    #expect("e\u{301}e\u{301}e\u{301}".truncated(toDisplayWidth: 2).unicodeScalars.count == 3)
  }

  @Test("Columns stand below each other in every script")
  func columnsStandBelowEachOther() {
    var table = TextTable([
      .init("language", alignment: .left), .init("R@1", group: "text → image"),
      .init("R@5", group: "text → image"),
    ])
    table.append(["한국어", "9.5", "100.0"])
    table.append(["English\n", "10.0", "7.5"])
    table.appendRule()
    table.append(["mean"])
    #expect(
      table.rendered() == """
                  text → image
        language   R@1    R@5
        ────────  ────  ─────
        한국어     9.5  100.0
        English   10.0    7.5
        ────────  ────  ─────
        mean

        """)
  }

  @Test("A report's table has a line for each language, the mean and chance")
  func reportTableHasAllLines() {
    let data = RetrievalData.random(images: 20, captions: [20, 5], noise: 0)
    var options = RetrievalOptions(minimumCaptions: 6, resamples: 20)
    let table = evaluateRetrieval(data, options: options).table(languageNames: ["x0": "ქართული"])
    #expect(
      table == """
                                      text → image                            image → text
        language            captions    R@1    R@5   R@10         95 %  rank    R@1    R@5   R@10         95 %  rank
        ─────────  ───────  ────────  ─────  ─────  ─────  ───────────  ────  ─────  ─────  ─────  ───────────  ────
        x0         ქართული        20  100.0  100.0  100.0  100.0–100.0     1  100.0  100.0  100.0  100.0–100.0     1
        ─────────  ───────  ────────  ─────  ─────  ─────  ───────────  ────  ─────  ─────  ─────  ───────────  ────
        x1 ·                       5  100.0  100.0  100.0  100.0–100.0     1  100.0  100.0  100.0  100.0–100.0     1
        ─────────  ───────  ────────  ─────  ─────  ─────  ───────────  ────  ─────  ─────  ─────  ───────────  ────
        mean of 1                     100.0  100.0  100.0  100.0–100.0     1  100.0  100.0  100.0  100.0–100.0     1
        chance                          5.0   25.0   50.0                       5.0   25.0   50.0
        20 pictures of 20 concepts, 25 captions. · fewer than 6 captions, not in the mean (1).

        """)
    options.minimumCaptions = 100
    #expect(!evaluateRetrieval(data, options: options).table().contains("mean of"))
  }
}
