package import Corpora
internal import Foundation
import Languages

/// What the quick-start collection is made of, and where it goes.
package struct EmojiCollectionOptions: Sendable {
  /// The folder to be made.
  package var output: String
  /// Whether photographs and drawings of Tux Paint are added, with sentences in 77 languages.
  package var withStamps = false
  /// Where fetched packages are kept.
  package var cacheFolder = packageCacheFolder()
  /// A folder that stands for `/` in the packages' paths; nothing is fetched if it is given.
  package var sourceFolder: String?
  /// The share of the emoji that a language must name to be taken, 0 to 1.
  package var coverage = 0.4
  package var samplesPerShard = 1000

  package init(output: String, withStamps: Bool = false) {
    self.output = output
    self.withStamps = withStamps
  }
}

/// Makes the quick-start collection: emoji and flags with their names in about 110 languages.
///
/// Pictures are those of Debian's `fonts-noto-color-emoji`, names those of `unicode-cldr-core`;
/// both are fetched and unpacked without being installed. Every sample says where it comes from
/// and under which license.
///
/// - Throws: ``CorpusError`` if a package cannot be fetched or read, or nothing can be written;
///   nothing is left half made.
package func makeEmojiCollection(
  _ options: EmojiCollectionOptions, progress: ((CollectionProgress) -> Void)? = nil
) throws(CorpusError) -> CollectionReport {
  let writer = try CollectionWriter(
    options.output, name: fileName(options.output),
    origin: options.withStamps
      ? "pictoglot data emoji --with-stamps" : "pictoglot data emoji",
    samplesPerShard: options.samplesPerShard)
  var packages: [DebianPackage] = []
  func package(_ name: String) throws(CorpusError) -> DebianPackage {
    progress?(CollectionProgress(stage: "Fetching \(name)", done: packages.count, total: 0))
    let found =
      if let root = options.sourceFolder {
        DebianPackage(name: name, version: "", root: root)
      } else {
        try DebianPackage.fetched(name, cache: options.cacheFolder)
      }
    packages.append(found)
    return found
  }
  let font = try package("fonts-noto-color-emoji")
  let names = try package("unicode-cldr-core")
  let stamps = options.withStamps ? try package("tuxpaint-stamps-default") : nil
  var problems = try addEmoji(
    font: font, names: names, coverage: options.coverage, to: writer, progress)
  if let stamps { problems += try addStamps(stamps, to: writer, progress) }
  writer.addNote("NOTICE", notice(packages))
  for package in packages {
    let path = "\(package.root)/usr/share/doc/\(package.name)/copyright"
    if let bytes = try? wholeFile(path) {
      writer.addNote("LICENSE-\(package.name).txt", String(decoding: bytes, as: UTF8.self))
    }
  }
  return CollectionReport(description: try writer.finish(), problems: problems)
}

/// Adds the emoji and flags that the font shows and English names.
private func addEmoji(
  font fontPackage: DebianPackage, names namesPackage: DebianPackage, coverage: Double,
  to writer: CollectionWriter, _ progress: ((CollectionProgress) -> Void)?
) throws(CorpusError) -> [CorpusProblem] {
  progress?(CollectionProgress(stage: "Reading names and pictures of emoji", done: 0, total: 0))
  let font = try ColorFont(
    fontPackage.root + "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
  let names = try EmojiNames(
    namesPackage.root + "/usr/share/unicode/cldr/common", coverage: coverage
  ) { font.picture(of: text($0)) != nil }
  // Some territories share a flag; the same picture is the same concept, whatever its name.
  var concepts: [[UInt8]: String] = [:]
  for (index, sequence) in names.sequences.enumerated() {
    guard let picture = font.picture(of: text(sequence)),
      let english = names.languages["en"]?.names[sequence]
    else { continue }
    let concept = concepts[picture] ?? ConceptRule.concept(ofEnglish: english)
    concepts[picture] = concept
    var captions: [String: [String]] = [:]
    var keywords: [String: [String]] = [:]
    for (language, annotations) in names.languages {
      if let name = annotations.names[sequence], !name.isBlank { captions[language] = [name] }
      let words = annotations.properKeywords(of: sequence)
      if !words.isEmpty { keywords[language] = words }
    }
    let code = sequence.map { String($0.value, radix: 16) }.joined(separator: "-")
    let sample = Sample(
      id: "noto/" + code, captions: captions, concept: concept,
      split: ConceptRule.split(ofConcept: concept),
      source: "\(fontPackage.title) + \(namesPackage.title)",
      license: "OFL-1.1 (picture); Unicode-DFS-2016 (captions)",
      kind: EmojiNames.isFlag(sequence) ? "flag" : "emoji", keywords: keywords,
      picture: .file(path: code + ".png"))
    try writer.add(sample, picture)
    if index % 100 == 99 || index + 1 == names.sequences.count {
      progress?(
        CollectionProgress(
          stage: "Writing emoji", done: index + 1, total: names.sequences.count))
    }
  }
  return names.problems
}

private func text(_ sequence: [Unicode.Scalar]) -> String {
  var scalars = String.UnicodeScalarView()
  scalars.append(contentsOf: sequence)
  return String(scalars)
}

private func notice(_ packages: [DebianPackage]) -> String {
  let facts = [
    "fonts-noto-color-emoji":
      "Pictures of emoji and flags: Noto Color Emoji, Copyright Google LLC and others,\n"
      + "SIL Open Font License 1.1. The pictures are the font's own, unchanged.",
    "unicode-cldr-core":
      "Names of emoji in all languages: Unicode CLDR, Copyright Unicode, Inc.,\n"
      + "Unicode License (Unicode-DFS-2016), https://www.unicode.org/copyright.html.\n"
      + "Kinds of blanks and marks of writing direction were made plain.",
    "tuxpaint-stamps-default":
      "Photographs, drawings and sentences: Tux Paint stamps, by their many contributors,\n"
      + "GNU General Public License 2. The pictures were made smaller, on a white ground.",
  ]
  let parts = packages.map { package in
    "\(package.title) (Debian)\n\(facts[package.name] ?? "")\n"
      + "See LICENSE-\(package.name).txt."
  }
  return """
    This collection was made by Pictoglot from packages of Debian. Each part keeps its license,
    which is written with every sample.

    \(parts.joined(separator: "\n\n"))

    """
}
