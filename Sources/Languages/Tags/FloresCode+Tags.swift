extension FloresCode {
  /// Which code a tag becomes where there is a choice.
  package enum Mapping: String, Sendable, Codable, CaseIterable {
    /// What the text is: `zh` is `zho_Hans`, `no` is `nob_Latn`.
    case standard
    /// What NLLB-CLIP's published numbers were measured with: `zh` is `zho_Hant` even for
    /// simplified text, `no` is `nno_Latn`.
    case published
  }

  /// The code that a text with this tag needs.
  ///
  /// A region chooses the script where its habit is known (`zh-TW`, `pa-PK`), a macrolanguage
  /// stands for the member that NLLB was trained on (`ar` for `arb_Arab`), and a member for its
  /// macrolanguage (`quz` for `quy_Latn`).
  ///
  /// - Throws: ``FloresCodeError`` for a language, or a script of it, that NLLB does not have.
  package static func code(
    for tag: LanguageTag, mapping: Mapping = .standard
  ) throws(FloresCodeError) -> FloresCode {
    let isBare = tag.script == nil && tag.region == nil
    if mapping == .published, isBare, let code = published(tag.language) { return code }
    let language = members[tag.language] ?? tag.language
    let script = tag.script ?? tag.region.flatMap { regionalScripts[language]?[$0] }
    if language == "fa", tag.region == "AF", let dari = FloresCode("prs_Arab") { return dari }
    guard let codes = usualCodes[language]?.compactMap({ FloresCode($0) }), let usual = codes.first
    else {
      throw .missing(tag, closest: closest(to: language))
    }
    guard let script else { return usual }
    let wanted = sameScripts[script] ?? script
    guard let code = codes.first(where: { $0.script == wanted }) else {
      throw .missing(tag, closest: closest(to: language) + codes.map(\.tag))
    }
    return code
  }

  /// The code that NLLB-CLIP's authors took for a language of a benchmark.
  ///
  /// - Parameter name: What the benchmark calls the language, be it a tag or not: `jp`, `cn`.
  /// - Returns: Nil if they had no rule for it; FLORES codes stand for themselves.
  package static func published(_ name: String) -> FloresCode? {
    FloresCode(publishedCodes[name] ?? name)
  }

  // - Source: github.com/visheratin/nllb-clip, test/, and CLIP_benchmark's lang_map.
  private static let publishedCodes = [
    "ar": "arb_Arab", "bn": "ben_Beng", "cn": "zho_Hant", "cs": "ces_Latn", "da": "dan_Latn",
    "de": "deu_Latn", "el": "ell_Grek", "en": "eng_Latn", "es": "spa_Latn", "fa": "pes_Arab",
    "fi": "fin_Latn", "fil": "tgl_Latn", "fr": "fra_Latn", "he": "heb_Hebr", "hi": "hin_Deva",
    "hr": "hrv_Latn", "hu": "hun_Latn", "id": "ind_Latn", "it": "ita_Latn", "ja": "jpn_Jpan",
    "jp": "jpn_Jpan", "ko": "kor_Hang", "mi": "mri_Latn", "nl": "nld_Latn", "no": "nno_Latn",
    "pl": "pol_Latn", "pt": "por_Latn", "quz": "quy_Latn", "ro": "ron_Latn", "ru": "rus_Cyrl",
    "sv": "swe_Latn", "sw": "swh_Latn", "te": "tel_Telu", "th": "tha_Thai", "tr": "tur_Latn",
    "uk": "ukr_Cyrl", "vi": "vie_Latn", "zh": "zho_Hant", "zhm": "yue_Hant",
  ]

  /// The tag of a code whose three letters have no shorter form, but whose macrolanguage does.
  static let preferredTags = [
    "als_Latn": "sq", "arb_Arab": "ar", "ayr_Latn": "ay", "azj_Latn": "az", "dik_Latn": "din",
    "fuv_Latn": "ff", "gaz_Latn": "om", "khk_Cyrl": "mn", "kmr_Latn": "ku", "knc_Arab": "kr",
    "knc_Latn": "kr", "lvs_Latn": "lv", "npi_Deva": "ne", "ory_Orya": "or", "pbt_Arab": "ps",
    "pes_Arab": "fa", "plt_Latn": "mg", "quy_Latn": "qu", "swh_Latn": "sw", "tgl_Latn": "fil",
    "uzn_Latn": "uz", "ydd_Hebr": "yi", "zsm_Latn": "ms",
  ]

  /// The codes of a language by its shortest tag, the usual script first.
  static let usualCodes: [String: [String]] = {
    var codes: [String: [String]] = [:]
    for code in all {
      let language =
        preferredTags[code] ?? LanguageRegistry.shared.canonical(String(code.prefix(3)))
      codes[language, default: []].append(code)
    }
    for usual in ["ace_Latn", "bjn_Latn", "knc_Latn"] {
      let language = preferredTags[usual] ?? String(usual.prefix(3))
      codes[language]?.sort { $0 == usual && $1 != usual }
    }
    codes["ku"]?.append("ckb_Arab")
    codes["az"]?.append("azb_Arab")
    return codes
  }()

  /// Languages that go by another tag here: members of a macrolanguage, and other codes for it.
  static let members = [
    "no": "nb", "tl": "fil", "tgl": "fil", "cmn": "zh", "hbs": "sh", "zgh": "tzm",
    "als": "sq", "aae": "sq", "aat": "sq", "aln": "sq",
    "arb": "ar", "ayr": "ay", "ayc": "ay", "azj": "az", "dik": "din", "dip": "din", "diw": "din",
    "ekk": "et", "fuv": "ff", "fub": "ff", "fuc": "ff", "ffm": "ff", "fuf": "ff", "fuh": "ff",
    "fui": "ff", "fuq": "ff", "gaz": "om", "hae": "om", "orc": "om", "gax": "om", "gug": "gn",
    "gui": "gn", "khk": "mn", "kmr": "ku", "knc": "kr", "kby": "kr", "krt": "kr", "kng": "kg",
    "kwy": "kg", "ldi": "kg", "lvs": "lv", "npi": "ne", "ory": "or", "spv": "or", "pbt": "ps",
    "pbu": "ps", "pst": "ps", "pes": "fa", "plt": "mg", "bhr": "mg", "bmm": "mg", "msh": "mg",
    "skg": "mg", "tdx": "mg", "tkg": "mg", "txy": "mg", "xmv": "mg", "xmw": "mg", "quy": "qu",
    "quz": "qu", "qug": "qu", "quc": "quc", "swh": "sw", "swc": "sw", "fat": "ak", "uzn": "uz",
    "ydd": "yi", "yih": "yi", "zsm": "ms", "zlm": "ms", "sro": "sc", "src": "sc", "sdc": "sc",
    "sdn": "sc", "esk": "ik",
  ]

  /// Names of scripts that are, or hold, the script of a code.
  private static let sameScripts = [
    "Aran": "Arab", "Hira": "Jpan", "Hrkt": "Jpan", "Kana": "Jpan", "Kore": "Hang", "Latf": "Latn",
    "Latg": "Latn", "Cyrs": "Cyrl",
  ]

  /// Regions that do not write a language in its usual script.
  ///
  /// - Source: CLDR 41, likely subtags; Kurdish and Azerbaijani as CLDR's names for their locales.
  private static let regionalScripts: [String: [String: String]] = {
    let rows = """
      az:Arab:IQ,IR az:Cyrl:RU ha:Arab:CM,SD kk:Arab:AF,CN,IR,MN ku:Arab:IQ,IR,LB ky:Arab:CN \
      ky:Latn:TR mn:Mong:CN ms:Arab:CC pa:Arab:PK sd:Deva:IN sr:Latn:ME,RO,RU,TR tg:Arab:PK \
      ug:Cyrl:KZ,MN uz:Arab:AF uz:Cyrl:CN yue:Hans:CN \
      zh:Hant:AU,BN,GB,GF,HK,ID,MO,PA,PF,PH,SR,TH,TW,US,VN
      """
    var scripts: [String: [String: String]] = [:]
    for row in rows.split(separator: " ") {
      let parts = row.split(separator: ":").map(String.init)
      for region in parts[2].split(separator: ",") {
        scripts[parts[0], default: [:]][String(region)] = parts[1]
      }
    }
    return scripts
  }()

  /// Relatives that NLLB has, of languages that it lacks.
  private static func closest(to language: String) -> [LanguageTag] {
    (relatives[language] ?? []).map { LanguageTag(language: $0, script: nil) }
  }

  private static let relatives: [String: [String]] = {
    let rows = """
      an:es,ca ang:en ach:luo ab:ka av:ru bal:fa,ur bar:de brx:as,hi bgc:hi br:cy,fr ce:ru chr:en \
      co:it,fr cop:ar cu:bg,ru cv:tt,ru doi:pa,hi dsb:pl,cs dv:si ext:es,ast frp:fr,it frr:de,nl \
      fy:nl,af gan:zh gag:tr gom:mr gsw:de,lb gv:ga,gd hak:zh,yue haw:mi,sm hsb:cs,pl hsn:zh \
      ia:it,es ie:es,it ik:en inh:ru io:eo,es iu:en jam:en jbo:en kbd:ru kl:da kok:mr krl:fi \
      ksh:de,li kv:ru kw:cy kum:tt,az la:it,es lad:es,he lah:pa,ur lez:az,ru liv:et,lv mfe:ht,fr \
      mhr:ru mdf:ru mwl:pt,ast myv:ru mzn:fa nan:zh,yue nap:it,scn nd:zu nds:de,nl nqo:dyu,bm \
      nr:zu nv:en os:ru,fa pcd:fr pcm:en pi:sa pms:lmo,it pnb:pa,ur raj:hi rgn:lmo,it rm:it,fur \
      rom:hi,ro rue:uk,sk sco:en se:fi,nb sh:hr,bs,sr shi:kab,tzm rif:kab,tzm shs:en skr:pa,sd \
      smn:fi smj:sv,nb sma:sv,nb sr:hr,bs stq:de,nl syr:ar tet:id,pt tig:ti to:sm,mi trv:en ty:mi,sm \
      tyv:ky,kk udm:ru,tt ve:ts vep:fi,et vls:nl,li vo:en vot:et,fi vro:et wa:fr,lmo wuu:zh,yue \
      xal:mn yrl:pt,gn za:zh zea:nl,li sah:kk,ky son:ff,bm sjn:en crs:ht,fr gcr:ht,fr gez:ti,am \
      mni:bn,as pa:ur,ks sd:hi uz:kk,tg az:tr ff:wo yue:zh
      """
    var relatives: [String: [String]] = [:]
    for row in rows.split(separator: " ") {
      let parts = row.split(separator: ":").map(String.init)
      relatives[parts[0]] = parts[1].split(separator: ",").map(String.init)
    }
    return relatives
  }()
}

/// Why a text's language has no code in NLLB.
package enum FloresCodeError: Error, Equatable {
  /// NLLB was not trained on the language, or not in this script; the nearest it has come first.
  case missing(LanguageTag, closest: [LanguageTag])
}

extension FloresCodeError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let tag, let closest):
      "NLLB has no code for \(tag) (\(tag.englishName))."
        + (closest.isEmpty
          ? " Give the tag of another language, such as en."
          : " The closest it has: " + closest.map(\.text).joined(separator: ", ") + ".")
    }
  }
}
