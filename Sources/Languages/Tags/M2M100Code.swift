/// The languages of the translation model M2M-100, each named by a token before the text: `__ko__`.
///
/// - Source: Fan et al. 2020, arXiv:2010.11125; the order is that of huggingface/transformers
///   `tokenization_m2m_100.py`, and the ids are those behind the pieces.
package enum M2M100Code {
  package static let all = list.split(separator: " ").map(String.init)

  package static func token(_ code: String) -> String { "__\(code)__" }

  /// The token before a text in a language; nil for a language that M2M-100 was not trained on.
  ///
  /// A member of a macrolanguage goes by that (`arb` is `ar`), and both Norwegians are `no`.
  package static func token(for tag: LanguageTag) -> String? {
    let language = FloresCode.members[tag.language] ?? tag.language
    let code = spellings[language] ?? language
    return all.contains(code) ? token(code) : nil
  }

  /// Languages that it calls otherwise.
  private static let spellings = ["nb": "no", "nn": "no", "fil": "tl", "nso": "ns"]

  private static let list = """
    af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu ha he \
    hi hr ht hu hy id ig ilo is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms my ne nl no \
    ns oc or pa pl ps pt ro ru sd si sk sl so sq sr ss su sv sw ta th tl tn tr uk ur uz vi wo xh yi yo \
    zh zu
    """
}
