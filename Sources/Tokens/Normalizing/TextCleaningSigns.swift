/// The signs of wrongly decoded text: neighbours that people hardly ever write.
///
/// - Source: ftfy 6.3.1, whose heuristic (`badness`) this restates; what counts as a sign decides
///   what a text becomes, so the kinds of characters and the rules are the same.
enum MojibakeSigns {
  /// Whether any sign is in a text.
  static func areIn(_ text: [PlacedScalar]) -> Bool {
    // Most texts of most scripts have no character of the old tables at all.
    guard text.contains(where: { $0.scalar >= 0x80 && CharacterKinds.of($0.scalar) != [] }) else {
      return false
    }
    let kinds = text.map { CharacterKinds.described($0.scalar) }
    for at in text.indices {
      for rule in rules where rule.matches(text, kinds, at) { return true }
    }
    return false
  }

  /// One place of a rule: a character of one of these kinds, or one of these characters.
  private struct Place: Sendable {
    var kinds: CharacterKinds = []
    var characters: Set<UInt32> = []
    var isNegated = false

    func matches(_ scalar: UInt32, _ found: CharacterKinds) -> Bool {
      let isIn = !kinds.isDisjoint(with: found) || characters.contains(scalar)
      return isIn != isNegated
    }
  }

  private struct Rule: Sendable {
    let places: [Place]
    var isAtStart = false

    func matches(_ text: [PlacedScalar], _ kinds: [CharacterKinds], _ at: Int) -> Bool {
      guard at + places.count <= text.count, !isAtStart || at == 0 else { return false }
      return places.indices.allSatisfy { place in
        places[place].matches(text[at + place].scalar, kinds[at + place])
      }
    }
  }

  private static func some(_ kinds: CharacterKinds, _ characters: String = "") -> Place {
    Place(kinds: kinds, characters: Set(characters.unicodeScalars.map(\.value)))
  }

  private static func one(of characters: String) -> Place { some([], characters) }

  private static let rules: [Rule] = {
    let accented: CharacterKinds = [.small, .capital]
    let marks: CharacterKinds = [.box, .opening, .closing, .currency, .numeric, .legal]
    let around: CharacterKinds = [.bad, .opening, .closing, .currency]
    let arabic = some(
      [.common, .currency, .bad, .numeric, .opening], "ŸŠ®°µ»")
    let spaceLike = "\u{A0}\u{AD}"
    let neighbours: [[Place]] = [
      [some(.control)],
      [some(accented.union(marks).union(.bad)), some(.bad)],
      [some(.latin), some([.smallCommon, .capitalCommon]), some(.bad)],
      [some(.bad), some(accented.union(marks))],
      [some([.small, .smallCommon, .box, .closing, .currency, .numeric]), some(.capital)],
      [some([.box, .closing, .currency, .numeric]), some(.small)],
      [some([.small, .box, .closing]), some(.currency)],
      [some(.space), some(.capital), some(.currency)],
      [some([.capital, .box]), some([.numeric, .legal])],
      [some(accented.union([.box, .currency, .closing])), some(.opening), some(.numeric)],
      [
        some(accented.union([.currency, .numeric, .box, .legal])), some(.closing), some(.opening),
      ],
      [some([.currency, .numeric, .box]), some(.opening)],
      [some(.smallLatin), some(.capital), some([.opening, .currency])],
      [some(.box), some(.face)],
      [some(accented.union(marks).subtracting(.box)), some(.box)],
      [some(.box), some(.closing)],
      [some(accented), some([.opening, .closing]), some(.word)],
    ]
    let particular: [[Place]] = [
      [one(of: "Œœ"), Place(kinds: .latin, isNegated: true)],
      [some(.capital), one(of: "°")],
      [one(of: "ÂÃÎÐ"), some([.opening, .closing], "€œŠš¢£Ÿž®©°·»–—´" + spaceLike)],
      [one(of: "×"), one(of: "²³")],
      [one(of: "ØÙ"), arabic, one(of: "ØÙ"), arabic],
      [one(of: "à"), one(of: "²µ¹¼½¾")],
      // Macintosh.
      [one(of: "√"), one(of: "±∂†≠®™´≤≥¥µø")],
      [one(of: "≈"), one(of: "°¢")],
      [one(of: "‚"), one(of: "Ä"), one(of: "ìîïòôúùû†°¢π")],
      [one(of: "‚"), one(of: "âó"), one(of: "àä°ê")],
      // Cyrillic.
      [one(of: "в"), one(of: "Ђ")],
      [one(of: "ВГРС"), some(around.union(.control), "°µ"), one(of: "ВГРС")],
      "ГўВЂВ".unicodeScalars.map { one(of: String($0)) }
        + [Place(characters: [0x0A], isNegated: true), some(.latin, " ")],
      [one(of: "Ã"), one(of: "\u{A0}¡")],
      [some(.smallLatin), one(of: "ÃÂ"), one(of: " ")],
      [some(.smallLatin), some(.space), one(of: "ÃÂ"), one(of: " ")],
      [some([.smallLatin, .closing], ".,?!"), one(of: "Â"), some([.opening, .closing], " ")],
      // Greek and Baltic.
      [one(of: "β"), one(of: "€"), one(of: "™Ά®°" + spaceLike)],
      [one(of: "ΒΓΞΟ"), some(around.union(.control), "°"), one(of: "ΒΓΞΟ")],
      [one(of: "ā"), one(of: "€")],
    ]
    return (neighbours + particular).map { Rule(places: $0) }
      + [Rule(places: [one(of: "ÃÂ"), one(of: " ")], isAtStart: true)]
  }()
}
