/// The abbreviations that keep their points, found by giving the tokenizer all words of up to four
/// letters and a list of longer ones.
enum PTBAbbreviations {
  /// Whether a point after the word belongs to it.
  ///
  /// - Parameter precedesDigit: Whether a digit comes after the point, at most one blank between.
  static func keepsPoint(_ word: ArraySlice<Unicode.Scalar>, precedesDigit: Bool) -> Bool {
    guard word.count <= 7 else { return false }
    let text = String(String.UnicodeScalarView(word))
    let lower = String(String.UnicodeScalarView(Array(word).lowercased))
    if always.contains(lower) { return true }
    if precedesDigit, beforeDigits.contains(lower) { return true }
    if capitalized.contains(lower) { return text != lower }
    return notInCapitals.contains(lower) && text != text.uppercased()
  }

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  private static let always = words(
    """
    al cf co ct dr ft ga jr ky lt md mo mr ms mt ph rd rt sq sr st va vs vt wm adj adm adv ala apr
    aug ave bhd cie col cos cpl dak dec det drs ens esq est etc ext feb fla fri gen gov hon inc ind
    jan jos jul jun kan ltd maj mar mme mon mrs neb nev nov oct pfc plc pvt rep rev sen sep seq sfc
    sgt spc ste sys tel thu tue wed wis wyo alex ariz assn asst atty bldg blvd brig bros capt cmdr
    colo conn corp dept elec govs insp intl invt kans mich minn mlle mont msgr natl okla penn pres
    prof reps sens sept supt tenn tues univ wisc assoc attys calif comdr lieut messrs thurs treas
    """)

  /// Words without a capital are meant otherwise, as in “a mass.”.
  private static let capitalized = words("az la pa ark del ill ore tex mass miss wash")
  private static let beforeDigits = words("ca no op pp art fig nos figs prop")
  private static let notInCapitals = words("mfg mtg pte pty ppte ppty ptes ptys")

  /// Words that begin a sentence: before them a single letter's point ends one, as in “plan A. The”.
  static func beginsSentence(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let first = word.first, first.isCapital, word.count <= 9 else { return false }
    let rest = word.dropFirst()
    guard word.count <= 2 || rest.allSatisfy({ $0.isASCIILetter && !$0.isCapital }) else {
      return false
    }
    return starters.contains(String(String.UnicodeScalarView(Array(word).lowercased)))
  }

  private static let starters = words(
    """
    a an as at he if in it so we but her now one our she the yet you here last many more once some
    such that then they this what when about according after however other since their there these
    while
    """)
}
