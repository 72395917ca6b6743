/// What a text of Chinese characters is written in.
enum Ideographs {
  static let languages = ["ja", "yue", "zh-Hans", "zh-Hant"].map(tag)

  private static func tag(_ text: String) -> LanguageTag {
    let parts = text.split(separator: "-").map(String.init)
    return LanguageTag(language: parts[0], script: parts.count > 1 ? parts[1] : nil)
  }

  private static func set(_ text: String) -> Set<UInt32> {
    Set(text.unicodeScalars.map(\.value))
  }

  private static let simplified = set(IdeographData.simplified)
  private static let traditional = set(IdeographData.traditional)
  private static let japanese = set(IdeographData.japanese)
  /// Characters that only Cantonese is written with.
  private static let cantonese = set("嘅咗喺哋佢冇嚟啲嘢咁唔睇嗰嘥冚攞揾瞓咩㗎囉喎")

  /// - Parameter letters: Of a text whose main script is Han, or that has Japanese syllables.
  static func detect(_ letters: Letters) -> Detection {
    func count(_ set: Set<UInt32>) -> Double {
      Double(letters.scalars.count { set.contains($0) })
    }
    if letters.main == .japanese { return detection([("ja", 0.99)]) }
    if count(cantonese) > 0 { return detection([("yue", 0.9), ("zh-Hant", 0.1)]) }
    let (hans, hant, kanji) = (count(simplified), count(traditional), count(japanese))
    // Japanese shares many of the characters of either written form; these few it has for itself.
    if kanji > 0, kanji * 3 >= hans + hant {
      return detection([("ja", 0.85), ("zh-Hant", 0.1), ("zh-Hans", 0.05)])
    }
    if hans == 0, hant == 0 {
      // Written alike in all three.
      return detection([("zh-Hans", 0.5), ("zh-Hant", 0.35), ("ja", 0.15)])
    }
    let isSimplified = hans >= hant
    let share = max(hans, hant) / (hans + hant)
    let other = 1 - 0.97 * share
    return isSimplified
      ? detection([("zh-Hans", 0.97 * share), ("zh-Hant", other * 0.6), ("ja", other * 0.4)])
      : detection([("zh-Hant", 0.97 * share), ("zh-Hans", other * 0.6), ("yue", other * 0.4)])
  }

  private static func detection(_ found: [(String, Double)]) -> Detection {
    Detection(candidates: found.map { .init(tag: tag($0.0), confidence: $0.1) })
  }
}
