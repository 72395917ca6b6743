internal import Corpora
internal import Files
internal import Foundation

/// The names of emoji in every language that CLDR names enough of them in.
struct EmojiNames {
  /// The sequences that make a picture, in CLDR's order.
  private(set) var sequences: [[Unicode.Scalar]] = []
  /// By BCP 47 tag.
  private(set) var languages: [String: Annotations] = [:]
  /// Why whole languages were left out.
  private(set) var problems: [CorpusProblem] = []

  /// The languages whose file alone does not say which script or country it is written for.
  private static let fullTags = [
    "no": "nb", "pa": "pa-Guru", "pt": "pt-BR", "sr": "sr-Cyrl", "yue": "yue-Hant",
    "zh": "zh-Hans",
  ]
  /// Languages of which CLDR 41 holds something else than the name of the file says.
  private static let faulty = ["kl": "its names are Danish, not Kalaallisut"]

  /// Reads the annotations below `folder`.
  ///
  /// - Parameters:
  ///   - folder: The folder `common` of CLDR.
  ///   - coverage: The share of pictures that a language must name to be taken, 0 to 1.
  ///   - isShown: Whether the font has one picture for a sequence.
  /// - Throws: ``CorpusError`` if a file is missing or no CLDR file.
  init(
    _ folder: String, coverage: Double, where isShown: ([Unicode.Scalar]) -> Bool
  ) throws(CorpusError) {
    let parts = [folder + "/annotations", folder + "/annotationsDerived"]
    // What CLDR derives from parts (“kiss: woman, man”, “keycap: 5”) lists them and is no caption;
    // flags are named in the same way, but each is its own.
    var english = Annotations()
    for part in parts {
      try english.add(part + "/en.xml") { sequence in
        (part == parts[0] || Self.isFlag(sequence)) && isShown(sequence)
          && !sequence.contains { ("\u{1F3FB}"..."\u{1F3FF}").contains($0) }
      }
    }
    sequences = english.order
    guard !sequences.isEmpty else {
      throw .badFile(
        path: folder, what: "a CLDR folder", reason: "it names nothing that the font shows")
    }
    let wanted = Set(sequences)
    var names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: parts[0])
    } catch {
      throw .unreadable(path: parts[0], reason: "the folder cannot be listed")
    }
    // Files of a region (en_GB, pt_PT) hold only what differs from the language's own.
    names = names.filter { $0.hasSuffix(".xml") && $0 != "root.xml" }
      .map { String($0.dropLast(4)) }
      .filter { name in
        let subtags: [Substring] = name.split(separator: "_")
        return !subtags.dropFirst().contains { $0.count < 4 }
      }
      .sorted()
    let read = try Self.read(names, parts, wanted)
    for (name, annotations) in zip(names, read) {
      let tag = Self.fullTags[name] ?? name.replacingOccurrences(of: "_", with: "-")
      let share = Double(annotations.names.count) / Double(sequences.count)
      if let reason = Self.faulty[name] {
        problems.append(CorpusProblem(.badLanguage, "\(name).xml", reason))
      } else if share >= coverage {
        languages[tag] = annotations
      }
    }
  }

  /// Two regional indicators, or a black flag with the tags of a subdivision.
  static func isFlag(_ sequence: [Unicode.Scalar]) -> Bool {
    sequence.count > 1
      && (sequence.allSatisfy { ("\u{1F1E6}"..."\u{1F1FF}").contains($0) }
        || sequence.last == "\u{E007F}")
  }

  /// The annotations of each language, on all cores.
  private static func read(
    _ names: [String], _ parts: [String], _ wanted: Set<[Unicode.Scalar]>
  ) throws(CorpusError) -> [Annotations] {
    let results = concurrentMap(names.count) { index -> Result<Annotations, CorpusError> in
      var annotations = Annotations()
      do throws(CorpusError) {
        for part in parts {
          let path = "\(part)/\(names[index]).xml"
          guard fileFacts(path)?.isFile == true else { continue }
          try annotations.add(path) { wanted.contains($0) }
        }
        return .success(annotations)
      } catch {
        return .failure(error)
      }
    }
    var annotations: [Annotations] = []
    for result in results { annotations.append(try result.get()) }
    return annotations
  }
}
