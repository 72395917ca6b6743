import Languages

/// What a character of the old encodings is mostly used for, where that tells damage from sense.
struct CharacterKinds: OptionSet, Sendable {
  let rawValue: UInt32

  private init(place: UInt32) { rawValue = 1 << place }
  init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Met everywhere; no sign by itself.
  static let common = CharacterKinds(place: 0)
  /// The controls from 0x80 to 0x9F.
  static let control = CharacterKinds(place: 1)
  /// Hardly ever written on purpose.
  static let bad = CharacterKinds(place: 2)
  static let legal = CharacterKinds(place: 3)
  static let currency = CharacterKinds(place: 4)
  /// Marks that stand before words.
  static let opening = CharacterKinds(place: 5)
  /// Marks that stand after words.
  static let closing = CharacterKinds(place: 6)
  static let numeric = CharacterKinds(place: 7)
  /// Letters and marks that faces are drawn with.
  static let face = CharacterKinds(place: 8)
  /// Accented Latin letters.
  static let capital = CharacterKinds(place: 9)
  static let small = CharacterKinds(place: 10)
  /// Letters of other alphabets, which may well end or begin a word.
  static let capitalCommon = CharacterKinds(place: 11)
  static let smallCommon = CharacterKinds(place: 12)
  /// Lines and blocks of drawn frames.
  static let box = CharacterKinds(place: 13)
  static let smallLatin = CharacterKinds(place: 14)
  static let capitalLatin = CharacterKinds(place: 15)
  static let space = CharacterKinds(place: 16)
  /// Letters, digits and the underscore.
  static let word = CharacterKinds(place: 17)

  static let latin: CharacterKinds = [.smallLatin, .capitalLatin]

  /// The kinds that only characters of the old tables are of.
  static func of(_ scalar: UInt32) -> CharacterKinds { table[scalar] ?? [] }

  /// All kinds of a scalar.
  static func described(_ scalar: UInt32) -> CharacterKinds {
    var kinds = of(scalar)
    if scalar &- 97 < 26 { kinds.insert(.smallLatin) }
    if scalar &- 65 < 26 { kinds.insert(.capitalLatin) }
    if scalar.isPythonSpace { kinds.insert(.space) }
    let flags = UnicodeTables.Flag.letter | UnicodeTables.Flag.number
    if scalar == 0x5F || scalar.unicodeFlags & flags != 0 { kinds.insert(.word) }
    return kinds
  }

  private static let table: [UInt32: CharacterKinds] = {
    var table: [UInt32: CharacterKinds] = [:]
    func add(_ kind: CharacterKinds, _ scalars: some Sequence<UInt32>) {
      for scalar in scalars { table[scalar, default: []].insert(kind) }
    }
    func add(_ kind: CharacterKinds, _ characters: String) {
      add(kind, characters.unicodeScalars.map(\.value))
    }
    add(.control, 0x80...0x9F)
    add(.common, "\u{A0}\u{AD}·´–—―…’")
    add(.bad, "¤¦¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊\u{FFFD}ªº")
    add(.legal, "§¶")
    add(.currency, "¢£¥₧€")
    add(.opening, "¡«¿©΄΅‘‚“„•‹\u{F8FF}")
    add(.closing, "®»˝”›™")
    add(.numeric, "¹²³±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№")
    add(.face, "ÒÓÔÕÖÙÚÛÜòóôõöøùúûüŐŌŪŲ°")
    add(.capital, 0xC0...0xD1)
    add(.capital, "ØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ")
    add(.small, 0xE0...0xF1)
    add(.small, "ßăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ")
    add(.capitalCommon, "ÞΆΈΉΊΌΎΏΪΫ")
    add(.capitalCommon, 0x391...0x3A9)
    add(.capitalCommon, 0x401...0x42F)
    add(.smallCommon, "άέήίΰ")
    add(.smallCommon, 0x3B1...0x3C9)
    add(.smallCommon, 0x430...0x45F)
    // Without the plain horizontal line, which faces are drawn with.
    add(.box, "│┌┐┘├┤┬┼▀▄█▌▐░▒▓")
    add(.box, 0x2550...0x256C)
    return table
  }()
}
