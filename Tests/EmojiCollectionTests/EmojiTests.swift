import Corpora
import Foundation
import Pictures
import TestSupport
import Testing

@testable import EmojiCollection

@Suite("The emoji collection")
struct EmojiTests {
  private let folder: TemporaryFolder
  private let source = fixture("corpora/emoji")
  private var fontPath: String { source + "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf" }

  init() throws {
    folder = try TemporaryFolder()
  }

  private func make(_ name: String = "c", withStamps: Bool = false) throws -> (
    Corpus, CollectionReport
  ) {
    var options = EmojiCollectionOptions(output: folder.path + "/" + name, withStamps: withStamps)
    options.sourceFolder = withStamps ? folder.path + "/root" : source
    let report = try makeEmojiCollection(options)
    return (try Corpus(opening: options.output), report)
  }

  @Test("Single emoji, joined ones and flags become samples; tones and lists of parts do not")
  func samples() throws {
    let (corpus, report) = try make()
    #expect(corpus.problems.isEmpty)
    #expect(
      Set(corpus.samples.map(\.id)) == [
        "noto/2a", "noto/1f34e", "noto/1f415", "noto/1f9d4", "noto/1f373",
        "noto/1f469-200d-1f373", "noto/1f468-200d-1f373", "noto/1f1e8-1f1f5",
        "noto/1f1eb-1f1f7", "noto/1f1f0-1f1f7",
        "noto/1f3f4-e0067-e0062-e0077-e006c-e0073-e007f",
      ])
    #expect(
      Set(report.description.languages.keys) == [
        "ar", "cs", "en", "fr", "ko", "nb", "pt-BR", "to", "zh-Hant",
      ])
    #expect(report.problems.map(\.place) == ["kl.xml"])
    let apple = try #require(corpus.samples.first { $0.id == "noto/1f34e" })
    #expect(apple.captions["ko"] == ["빨간 사과"])
    #expect(apple.concept == "red-apple")
    #expect(apple.kind == "emoji")
    #expect(apple.license == "OFL-1.1 (picture); Unicode-DFS-2016 (captions)")
    let picture = try corpus.picture(of: apple)
    #expect(sides(picture) == [136, 128])
  }

  @Test("Blanks that do not break become plain, marks of direction go")
  func cleansNames() throws {
    let (corpus, _) = try make()
    let france = try #require(corpus.samples.first { $0.id == "noto/1f1eb-1f1f7" })
    #expect(scalars(france.captions["fr"]?.first) == scalars("drapeau : France"))
    #expect(
      scalars(Annotations.cleaned("\u{202B}a\u{A0}\u{202F}b\u{200D}c \n"))
        == scalars("a b\u{200D}c"))
  }

  @Test("Territories that share a flag share a concept and a split")
  func sharedFlags() throws {
    let (corpus, _) = try make()
    let flags = corpus.samples.filter { ["noto/1f1eb-1f1f7", "noto/1f1e8-1f1f5"].contains($0.id) }
    #expect(flags.count == 2)
    #expect(Set(flags.map(\.concept)).count == 1)
    #expect(Set(flags.map(\.split)).count == 1)
    #expect(try corpus.bytes(of: flags[0]) == corpus.bytes(of: flags[1]))
  }

  @Test("Two runs make the same bytes, and keywords are without the name")
  func isDeterministic() throws {
    _ = try make("one")
    _ = try make("two")
    #expect(
      try bytes(of: folder.path + "/one/00000.tar") == bytes(of: folder.path + "/two/00000.tar"))
    let corpus = try Corpus(
      opening: folder.path + "/one", options: CorpusOptions(readsKeywords: true))
    let apple = try #require(corpus.samples.first { $0.id == "noto/1f34e" })
    #expect(apple.keywords["en"] == ["apple", "fruit", "red"])
  }

  @Test(
    "Captions and pictures are those of the shared pairs",
    .enabled(if: sharedPairs != nil, "the folder shared is not here"))
  func equalsSharedPairs() throws {
    let root = try #require(sharedPairs)
    let reference = try Corpus(opening: root)
    let byID = Dictionary(uniqueKeysWithValues: reference.samples.map { ($0.id, $0) })
    let (corpus, _) = try make()
    for sample in corpus.samples {
      let expected = try #require(byID[sample.id])
      for (language, texts) in sample.captions {
        #expect(
          scalars(texts.first) == scalars(expected.captions[language]?.first),
          "\(sample.id) \(language)")
      }
      #expect(try corpus.bytes(of: sample) == reference.bytes(of: expected), "\(sample.id)")
    }
  }

  @Test("A font that is cut or damaged is refused or read, and never crashes")
  func damagedFonts() throws {
    let whole = try bytes(of: fontPath)
    for length in stride(from: 0, to: whole.count, by: 1009) {
      let path = try folder.write("cut.ttf", Array(whole.prefix(length)))
      #expect(throws: CorpusError.self) { try ColorFont(path) }
    }
    // Everything but the pictures themselves, which are the first table.
    for place in stride(from: whole.count - 1400, to: whole.count, by: 3) {
      var damaged = whole
      damaged[place] ^= 0xFF
      if let font = try? ColorFont(folder.write("bad.ttf", damaged)) {
        _ = font.picture(of: "🍎")
        _ = font.picture(of: "👩‍🍳")
      }
    }
  }

  @Test("A missing package file, or a wrong one, is one clear error")
  func missingSource() throws {
    var options = EmojiCollectionOptions(output: folder.path + "/c")
    options.sourceFolder = folder.path + "/nothing"
    #expect(throws: CorpusError.self) { try makeEmojiCollection(options) }
    #expect(folder.names.isEmpty)
    let path = try folder.write("x.ttf", "this is no font at all")
    let error = #expect(throws: CorpusError.self) { try ColorFont(path) }
    #expect(try #require(error).description.contains("x.ttf is not a font"))
  }

  @Test("The variation selector does not hide a picture")
  func variationSelector() throws {
    let font = try ColorFont(fontPath)
    #expect(font.pixelsPerEm == 109)
    #expect(font.picture(of: "🍎\u{FE0F}") == font.picture(of: "🍎"))
    #expect(font.picture(of: "5\u{FE0F}\u{20E3}") != nil)
    #expect(font.picture(of: "🍎🍎") == nil)
    #expect(font.picture(of: "한") == nil)
  }

  @Test("Stamps bring sentences and pictures, without the faults of their files")
  func stamps() throws {
    let root = folder.path + "/root"
    try FileManager.default.copyItem(atPath: source, toPath: root)
    let stamps = "root/usr/share/tuxpaint/stamps/animals/"
    let svg = """
      <svg xmlns="http://www.w3.org/2000/svg" width="512" height="256">\
      <rect width="512" height="256" fill="#803010"/></svg>
      """
    try folder.write(stamps + "dog.svg", svg)
    try folder.write(
      stamps + "dog.txt",
      "A brown dog.\nde.utf8=Ein brauner  Hund.\nfr.utf8=A brown dog.\nta.utf8=´Õ ¿¡ö.\nru.utf8=Sobaka\n"
        + "sr@latin.utf8=Smeđi pas.\nvi.utf8=Con cho\u{301}.\nml.utf8=A\nko.utf8=\n")
    try folder.write(stamps + "cat.png", png(40, 30))
    try folder.write(stamps + "cat.txt", "A cat.\n")
    try folder.write(stamps + "cat_mirror.png", png(40, 30))
    try folder.write(stamps + "torn.png", [1, 2, 3])
    try folder.write(stamps + "torn.txt", "A torn paper.\n")
    let (corpus, report) = try make(withStamps: true)
    let dog = try #require(corpus.samples.first { $0.id == "tux/animals/dog" })
    #expect(
      dog.captions == [
        "en": ["A brown dog."], "de": ["Ein brauner Hund."], "sr-Latn": ["Smeđi pas."],
        "vi": ["Con chó."], "ml": ["A"],
      ])
    #expect(scalars(dog.captions["vi"]?[0]) == scalars("Con ch\u{F3}."))
    #expect(dog.concept == "brown-dog" && dog.kind == "drawing" && dog.license == "GPL-2.0-only")
    let picture = try corpus.picture(of: dog)
    #expect(sides(picture) == [256, 128])
    #expect(corpus.samples.contains { $0.id == "tux/animals/cat" })
    #expect(
      report.problems.map(\.kind).filter { $0 != .badLanguage }.map(\.rawValue).sorted()
        == ["brokenPicture", "copiedText", "missingText", "wrongScript", "wrongScript"])
  }

  @Test(
    "A script fits its language",
    arguments: [
      ("Собака", "ru", true), ("Sobaka", "ru", false), ("CD", "ru", true), ("犬", "ja", true),
      ("Жаба", "sr-Cyrl", true), ("Žaba", "sr-Latn", true), ("dog", "de", true),
      ("123", "ar", true),
      ("´Õ", "ta", false),
    ])
  func scripts(text: String, tag: String, fits: Bool) {
    #expect(ScriptRule.fits(text, tag) == fits)
  }
}
