import Foundation
import TestSupport
import Testing

@testable import Languages

@Suite("Detecting languages")
struct LanguageDetectionTests {
  private let detector = LanguageDetector.shared

  private func found(_ text: String) -> String? { detector.detect(text).tag?.text }

  @Test(
    "Finds nothing where there are no letters",
    arguments: ["", " ", "2024", "🍎👍🏽", "?! … 100 %", "\u{200D}"])
  func nothing(text: String) {
    #expect(detector.detect(text) == .unknown)
    #expect(detector.detect(text).confidence == 0)
  }

  @Test(
    "Knows a language by its script",
    arguments: [
      ("탁자 위의 빨간 사과", "ko"), ("テーブルの上の赤いリンゴ", "ja"), ("ひらがな", "ja"), ("日本の電車", "ja"),
      ("ένα κόκκινο μήλο", "el"), ("แอปเปิลสีแดง", "th"), ("კარგი ვაშლი", "ka"),
      ("կարմիր խնձոր", "hy"),
      ("சிவப்பு ஆப்பிள்", "ta"), ("ఎరుపు ఆపిల్", "te"), ("ಕೆಂಪು ಸೇಬು", "kn"), ("ചുവന്ന ആപ്പിൾ", "ml"),
      ("લાલ સફરજન", "gu"), ("ਲਾਲ ਸੇਬ", "pa"), ("ဗမာစာ", "my"), ("ພາສາລາວ", "lo"), ("ផ្លែប៉ោម", "km"),
      ("한국어 iPhone 15 사진", "ko"), ("USB 충전기", "ko"), ("ᐃᓄᒃᑎᑐᑦ", "iu"), ("ᱥᱟᱱᱛᱟᱲᱤ", "sat"),
      ("ꯃꯤꯇꯩ", "mni-Mtei"), ("ދިވެހި", "dv"), ("ⵜⴰⵎⴰⵣⵉⵖⵜ", "tzm"), ("བོད་སྐད", "bo"), ("ᏣᎳᎩ", "chr"),
      ("ꆈꌠ", "ii"), ("𞤆𞤵𞤤𞤢𞤪", "ff-Adlm"), ("ߒߞߏ", "nqo"), ("ᮘᮞ", "su-Sund"), ("ꦗꦮ", "jv-Java"),
      ("ᬩᬮᬶ", "ban-Bali"), ("ⲙⲉⲧ", "cop"), ("ᠮᠣᠩᠭᠣᠯ", "mn-Mong"), ("ꓡꓲ", nil),
    ])
  func scripts(text: String, wanted: String?) {
    #expect(found(text) == wanted)
    #expect(wanted == nil || detector.detect(text).confidence > 0.9)
  }

  @Test(
    "Tells what Chinese characters write",
    arguments: [
      ("桌子上的红苹果和书", "zh-Hans"), ("桌上的紅蘋果和書", "zh-Hant"), ("鸟在树上", "zh-Hans"), ("鳥在樹上", "zh-Hant"),
      ("佢喺枱上面放咗個蘋果", "yue"), ("日本語の本", "ja"), ("渋谷駅", "ja"), ("電気自動車", "ja"),
    ])
  func ideographs(text: String, wanted: String) {
    #expect(found(text) == wanted)
  }

  @Test("Is unsure of characters that are written alike in Chinese and Japanese")
  func alike() {
    let detection = detector.detect("山")
    #expect(detection.confidence <= 0.5)
    #expect(detection.candidates.map(\.tag.text) == ["zh-Hans", "zh-Hant", "ja"])
  }

  @Test(
    "Tells near relatives apart, given a sentence",
    arguments: [
      ("Et barn leker med en hund på stranden mens moren ser på dem", "nb"),
      ("Et barn leger med en hund på stranden, mens moderen ser på dem", "da"),
      ("Ett barn leker med en hund på stranden medan mamman tittar på dem", "sv"),
      ("Eit barn leikar med ein hund på stranda medan mora ser på dei", "nn"),
      ("Un niño juega con un perro en la playa y su madre los mira", "es"),
      ("Uma criança brinca com um cão na praia e a mãe olha para eles", "pt"),
      ("Un neno xoga cun can na praia e a súa nai olla para eles", "gl"),
      ("Un nen juga amb un gos a la platja i la seva mare els mira", "ca"),
      ("Un bambino gioca con un cane sulla spiaggia e la madre li guarda", "it"),
      (
        "Seorang anak bermain dengan anjing di pantai karena dia sedang berlibur bersama keluarganya",
        "id"
      ),
      ("Dziecko bawi się z psem na plaży, a jego matka na nich patrzy", "pl"),
      ("Dítě si hraje se psem na pláži a jeho matka se na ně dívá", "cs"),
      ("Dieťa sa hrá so psom na pláži a jeho matka sa na nich pozerá", "sk"),
      ("Deklica se na plaži igra s svojim psom, njena mati pa ju opazuje", "sl"),
      ("Ребёнок играет с собакой на пляже, и его мать смотрит на них", "ru"),
      ("Дитина грається з собакою на пляжі, а її мати дивиться на них", "uk"),
      ("Дзіця гуляе з сабакам на пляжы, і яго маці глядзіць на іх", "be"),
      ("Детето играе с куче на плажа и майка му ги гледа", "bg"),
      ("Дете се игра са псом на плажи, а његова мајка их гледа", "sr"),
      ("Детето си игра со куче на плажата и мајка му ги гледа", "mk"),
      ("طفل يلعب مع كلب على الشاطئ وأمه تنظر إليهما", "ar"),
      ("کودکی با سگ در ساحل بازی می‌کند و مادرش به آنها نگاه می‌کند", "fa"),
      ("ایک بچہ ساحل پر کتے کے ساتھ کھیل رہا ہے اور اس کی ماں دیکھ رہی ہے", "ur"),
      ("एक बच्चा समुद्र तट पर कुत्ते के साथ खेल रहा है और उसकी माँ देख रही है", "hi"),
      ("एक मूल समुद्रकिनारी कुत्र्यासोबत खेळत आहे आणि त्याची आई पाहत आहे", "mr"),
      ("एउटा बच्चा समुद्र किनारमा कुकुरसँग खेलिरहेको छ र उसकी आमा हेरिरहेकी छिन्", "ne"),
      ("একটি শিশু সৈকতে কুকুরের সাথে খেলছে এবং তার মা দেখছে", "bn"),
      ("A child plays with a dog on the beach while the mother watches them", "en"),
      ("Ein Kind spielt mit einem Hund am Strand und die Mutter sieht zu", "de"),
      ("Een kind speelt met een hond op het strand en de moeder kijkt toe", "nl"),
      ("Un enfant joue avec un chien sur la plage et sa mère les regarde", "fr"),
      ("Bir çocuk sahilde köpekle oynuyor ve annesi onlara bakıyor", "tr"),
      ("Một đứa trẻ chơi với con chó trên bãi biển", "vi"),
      ("Lapsi leikkii koiran kanssa rannalla ja äiti katsoo heitä", "fi"),
      ("Laps mängib koeraga rannas ja ema vaatab neid", "et"),
      ("Egy gyerek játszik egy kutyával a tengerparton, és az anyja nézi őket", "hu"),
      ("Un copil se joacă cu un câine pe plajă și mama lui se uită la ei", "ro"),
      ("Mtoto anacheza na mbwa ufukweni na mama yake anawatazama", "sw"),
      ("ילד משחק עם כלב על החוף ואמו מסתכלת עליהם", "he"),
    ])
  func relatives(text: String, wanted: String) {
    let detection = detector.detect(text)
    #expect(detection.tag?.text == wanted, "\(detection.candidates)")
  }

  @Test(
    "Names the relatives that a text may as well be in",
    arguments: [
      ("Dijete se igra sa psom na plaži i njegova majka ih gleda", ["hr", "bs", "sr-Latn"]),
      ("Kanak-kanak itu bermain dengan anjing di pantai", ["ms", "id"]),
    ])
  func inseparable(text: String, languages: [String]) {
    let detection = detector.detect(text)
    #expect(languages.contains(detection.tag?.text ?? ""))
    #expect(detection.runnersUp.contains { languages.contains($0.tag.text) })
  }

  @Test("Does not depend on letters' composition, case, or what stands between the words")
  func spelling() {
    let text = "Ein schönes rotes Äpfelchen für die Großmutter"
    for other in [
      text.decomposedStringWithCanonicalMapping, text.uppercased().replacing("SS", with: "ß"),
      "  1) Ein — schönes, rotes/Äpfelchen (für) die… Großmutter!! 🍎",
    ] {
      #expect(detector.detect(other) == detector.detect(text))
    }
  }

  @Test("Gives confidences in order that are at most one in sum")
  func confidences() {
    for text in ["casa", "a", "hello world", "Ω", "красивая", "ñ", "zzzz", "q̃̃"] {
      let confidences = detector.detect(text).candidates.map(\.confidence)
      #expect(confidences == confidences.sorted(by: >))
      #expect((0.0...1.0001).contains(confidences.reduce(0, +)))
      #expect(confidences.count <= 5)
    }
  }

  /// The share that was right when the model was made, less two points.
  private static let expectedOnNames = 0.75

  @Test("Names of things that it did not learn are found as often as when it was made")
  func names() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: fixture("languages/names.tsv")))
    var right: [String: (found: Int, of: Int)] = [:]
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
      let isRight = found(parts[1]) == parts[0]
      right[parts[0], default: (0, 0)].of += 1
      right[parts[0], default: (0, 0)].found += isRight ? 1 : 0
    }
    let mean =
      right.values.reduce(0.0) { $0 + Double($1.found) / Double($1.of) } / Double(right.count)
    #expect(right.count > 100)
    #expect(mean > Self.expectedOnNames)
  }

  @Test("Survives any text, however long")
  func survives() {
    #expect(found(String(repeating: "Der Hund läuft über die Wiese. ", count: 20_000)) == "de")
    #expect(found(String(repeating: "x", count: 100_000)) != "")
    #expect(found(String(repeating: "\u{301}", count: 1000)) == nil)
    for text in ["\u{0}", "\u{FFFD}\u{FFFD}", "a\u{301}\u{301}", "''''", "l'", "'a", "İ", "ﬁ", "ª"]
    {
      _ = detector.detect(text)
    }
  }

  @Test("Every language that it finds has a name")
  func namesOfLanguages() {
    let languages = detector.languages
    #expect(languages.count > 130)
    for tag in languages {
      #expect((try? LanguageTag(tag.text)) == tag)
      #expect(tag.englishName != tag.language)
    }
  }
}
