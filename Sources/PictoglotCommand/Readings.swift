import Languages
import Pictoglot
import Search

extension Console {
  /// Says how a model took the texts of a question: in which language, and what it did not read.
  static func note(_ readings: [TextReading]) {
    for reading in readings {
      if let line = line(for: reading) { note(line) }
      // What a person asked for and did not get must not be missed.
      if let warning = reading.note { error(warning) }
    }
  }

  /// “빨간 사과” read as Korean, 99 % sure; nothing where the asker named the language.
  private static func line(for reading: TextReading) -> String? {
    guard let sureness = reading.sureness, let tag = reading.language else { return nil }
    return "“\(reading.text.prefix(40))” read as \(tag.englishName) (\(tag)), "
      + "\(Int((sureness * 100).rounded(.down))) % sure; --language names another."
  }
}
