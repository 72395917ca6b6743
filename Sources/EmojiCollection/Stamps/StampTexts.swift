internal import Corpora
internal import Foundation
import Languages

/// The sentences of a Tux Paint stamp, by BCP 47 tag.
///
/// The first line of the file is English; the others are `LOCALE.utf8=TEXT`.
enum StampTexts {
  /// Reads the sentences of one stamp; texts that cannot be right are reported and left out.
  ///
  /// - Parameters:
  ///   - bytes: The `.txt` file.
  ///   - id: The name of the stamp.
  ///   - problems: Gets a line for each text that is left out.
  /// - Returns: One text for each language.
  static func read(
    _ bytes: [UInt8], of id: String, reporting problems: inout [CorpusProblem]
  ) -> [String: [String]] {
    var captions: [String: [String]] = [:]
    var english = ""
    for (number, line) in textLines(bytes).enumerated() {
      let text: String
      switch TextEncoding.decoded(line) {
      case .success(let decoded): text = decoded
      case .failure(let fault):
        problems.append(CorpusProblem(.wrongEncoding, "\(id) line \(number + 1)", fault.reason))
        continue
      }
      if number == 0 {
        english = Annotations.cleaned(text)
        if !english.isBlank { captions["en"] = [english] }
        continue
      }
      guard let equals = text.firstIndex(of: "=") else { continue }
      let locale = text[..<equals].split(separator: ".").first.map(String.init) ?? ""
      // Composed, since some of these files hold letters and accents apart.
      let caption = Annotations.cleaned(String(text[text.index(after: equals)...]))
        .precomposedStringWithCanonicalMapping
      guard !locale.isEmpty, !caption.isBlank else { continue }
      let tag = tag(of: locale)
      if !tag.hasPrefix("en"), caption == english {
        problems.append(CorpusProblem(.copiedText, id, "the text in “\(tag)” is the English one"))
      } else if !ScriptRule.fits(caption, tag) {
        problems.append(
          CorpusProblem(.wrongScript, id, "the text in “\(tag)” is not in that language's script"))
      } else {
        captions[tag] = [caption]
      }
    }
    return captions
  }

  /// The language of a POSIX locale without its encoding, as the stamps use them.
  static func tag(of locale: String) -> String {
    let known = [
      "pt": "pt-PT", "sr": "sr-Cyrl", "sr@latin": "sr-Latn", "zh_CN": "zh-Hans",
      "zh_TW": "zh-Hant",
    ]
    return known[locale]
      ?? String(locale.map { $0 == "_" || $0 == "@" ? "-" : $0 })
  }
}

/// Whether a text is written in the script that its language uses.
enum ScriptRule {
  /// `false` if `text` has letters and none of them is of the language's script.
  ///
  /// Languages in Latin script, and those not listed, fit any text; one or two basic letters may be
  /// a sign, such as the letter “A”, and fit everywhere.
  static func fits(_ text: String, _ tag: String) -> Bool {
    let subtags: [Substring] = tag.split(separator: "-")
    guard let language = subtags.first, !subtags.contains("Latn"),
      let ranges = scripts[String(language)]
    else { return true }
    var basicLetters = 0
    var hasForeignLetters = false
    for scalar in text.unicodeScalars where scalar.properties.isAlphabetic || scalar.value > 0x2E7F
    {
      if ranges.contains(where: { $0.contains(scalar.value) }) { return true }
      if !scalar.isASCII { hasForeignLetters = true }
      basicLetters += 1
    }
    return basicLetters < 3 && !hasForeignLetters
  }

  private static let cyrillic: [ClosedRange<UInt32>] = [0x400...0x52F]
  private static let arabic: [ClosedRange<UInt32>] = [
    0x600...0x6FF, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFF,
  ]
  private static let han: [ClosedRange<UInt32>] = [
    0x2E80...0x2FDF, 0x3400...0x9FFF, 0xF900...0xFAFF,
  ]
  private static let devanagari: [ClosedRange<UInt32>] = [0x900...0x97F]
  private static let ethiopic: [ClosedRange<UInt32>] = [0x1200...0x139F]

  private static let scripts: [String: [ClosedRange<UInt32>]] = [
    "am": ethiopic, "ti": ethiopic,
    "ar": arabic, "fa": arabic, "ps": arabic, "sd": arabic, "ug": arabic, "ur": arabic,
    "be": cyrillic, "bg": cyrillic, "kk": cyrillic, "ky": cyrillic, "mk": cyrillic,
    "mn": cyrillic, "ru": cyrillic, "sr": cyrillic, "tg": cyrillic, "uk": cyrillic,
    "bn": [0x980...0x9FF], "as": [0x980...0x9FF],
    "chr": [0x13A0...0x13FF, 0xAB70...0xABBF],
    "el": [0x370...0x3FF, 0x1F00...0x1FFF],
    "gu": [0xA80...0xAFF],
    "he": [0x590...0x5FF],
    "hi": devanagari, "kok": devanagari, "mr": devanagari, "ne": devanagari,
    "hy": [0x530...0x58F],
    "iu": [0x1400...0x167F],
    "ja": han + [0x3040...0x30FF, 0xFF66...0xFF9F],
    "ka": [0x10A0...0x10FF, 0x1C90...0x1CBF],
    "km": [0x1780...0x17FF],
    "kn": [0xC80...0xCFF],
    "ko": han + [0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7AF],
    "lo": [0xE80...0xEFF],
    "ml": [0xD00...0xD7F],
    "my": [0x1000...0x109F],
    "or": [0xB00...0xB7F],
    "si": [0xD80...0xDFF],
    "ta": [0xB80...0xBFF],
    "te": [0xC00...0xC7F],
    "th": [0xE00...0xE7F],
    "yue": han, "zh": han,
  ]
}
