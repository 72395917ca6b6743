/// A script, by its number in the Unicode tables of this program.
struct Script: Hashable, Sendable {
  let number: UInt8

  private init?(_ name: String) {
    guard let place = UnicodeTables.shared.scriptNames.firstIndex(of: name) else { return nil }
    number = UInt8(place)
  }

  init(number: UInt8) { self.number = number }

  private static func named(_ name: String) -> Script { Script(name) ?? Script(number: 255) }

  static let latin = named("Latin")
  static let han = named("Han")
  private static let hiragana = named("Hiragana")
  private static let katakana = named("Katakana")
  private static let bopomofo = named("Bopomofo")
  private static let hangul = named("Hangul")
  private static let nothing = [named("Common"), named("Inherited"), named("Unknown")]

  /// Both syllabaries.
  static let japanese = hiragana

  /// A script by its four letters in BCP 47, of those that several languages share.
  static func shared(_ code: Substring) -> Script {
    let names: [Substring: String] = [
      "Latn": "Latin", "Cyrl": "Cyrillic", "Arab": "Arabic", "Deva": "Devanagari",
      "Beng": "Bengali", "Hebr": "Hebrew", "Ethi": "Ethiopic",
    ]
    return named(names[code] ?? "")
  }

  /// The script that a scalar's letters count for; nil for what is common to all.
  init?(of scalar: UInt32) {
    var script = Script(number: UnicodeTables.shared.script(scalar))
    if Self.nothing.contains(script) { return nil }
    if script == Self.katakana { script = Self.japanese }
    if script == Self.bopomofo { script = Self.han }
    self = script
  }

  /// How much a letter of this script says of a text, next to letters of others.
  ///
  /// An ideograph is a word and a syllable block half of one, and Latin words stand in texts of all
  /// scripts.
  var weight: Double {
    if self == Self.latin { return 0.6 }
    return [Self.han, Self.japanese, Self.hangul].contains(self) ? 2 : 1
  }

  /// Languages that have their script for themselves, or nearly so: the usual one first.
  static let languages: [Script: [LanguageTag]] = {
    let rows = """
      Armenian=hy Balinese=ban-Bali Buginese=bug-Bugi Canadian_aboriginal=iu Chakma=ccp \
      Cherokee=chr Coptic=cop Adlam=ff-Adlm Georgian=ka Gothic=got Greek=el Gujarati=gu \
      Gurmukhi=pa Hangul=ko Javanese=jv-Java Kannada=kn Khmer=km Lao=lo Malayalam=ml \
      Meetei_mayek=mni-Mtei Mongolian=mn-Mong Myanmar=my Nko=nqo Ol_chiki=sat Oriya=or Osage=osa \
      Sinhala=si Sundanese=su-Sund Syriac=syr Tamil=ta Telugu=te Thaana=dv Thai=th Tibetan=bo \
      Tifinagh=tzm Vai=vai Yi=ii
      """
    var languages: [Script: [LanguageTag]] = [:]
    for row in rows.split(separator: " ") {
      let parts = row.split(separator: "=").map(String.init)
      let tag = parts[1].split(separator: "-").map(String.init)
      languages[named(parts[0])] = [
        LanguageTag(language: tag[0], script: tag.count > 1 ? tag[1] : nil)
      ]
    }
    languages[Script(number: 255)] = nil
    return languages
  }()
}

/// The letters of a text, counted by script.
struct Letters {
  /// All scalars that belong to a script, in their order.
  let scalars: [UInt32]
  /// The script that the text is in, if it has letters.
  let main: Script?

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    var scalars: [UInt32] = []
    var weights: [Script: Double] = [:]
    var at = 0
    var asciiLetters = 0
    while at < bytes.count {
      let (scalar, length) = UTF8Reading.scalar(bytes, at)
      at += length
      if scalar < 0x80 {
        if (scalar | 32) &- 97 < 26 { asciiLetters += 1 }
        continue
      }
      guard scalar.unicodeFlags & (UnicodeTables.Flag.letter | UnicodeTables.Flag.mark) != 0,
        let script = Script(of: scalar)
      else { continue }
      scalars.append(scalar)
      weights[script, default: 0] += script.weight
    }
    if asciiLetters > 0 {
      weights[.latin, default: 0] += Double(asciiLetters) * Script.latin.weight
    }
    // A Japanese text is known by its syllables, however many ideographs are among them.
    if let syllables = weights[.japanese], let ideographs = weights[.han],
      syllables * 8 >= ideographs
    {
      weights[.japanese] = syllables + ideographs
      weights[.han] = nil
    }
    self.scalars = scalars
    main = weights.max { ($0.value, $1.key.number) < ($1.value, $0.key.number) }?.key
  }
}
