internal import Foundation
import Languages

/// What a record of any readable form says about one picture, before it is checked.
struct RawSample {
  var id = ""
  var captions: [(language: String, texts: [String])] = []
  var keywords: [(language: String, texts: [String])] = []
  var concept = ""
  var split = ""
  var source = ""
  var license = ""
  var kind = ""
  var boxes: [PictureBox] = []
  /// Whether a problem with the captions has been reported already.
  var isReported = false
}

/// Gathers the samples of a corpus while it is opened, and what was wrong with the others.
struct SampleCollector {
  private(set) var options: CorpusOptions
  private(set) var samples: [Sample] = []
  private(set) var problems: [CorpusProblem] = []
  private(set) var passedOver: [PassedOver] = []
  private var ids: Set<[UInt8]> = []
  private var tags: [String: Result<String, LanguageFault>] = [:]

  init(options: CorpusOptions) {
    self.options = options
  }

  mutating func report(_ kind: CorpusProblem.Kind, _ place: String, _ text: String) {
    problems.append(CorpusProblem(kind, place, text))
  }

  mutating func merge(problems others: [CorpusProblem]) { problems += others }

  mutating func passOver(_ items: [PassedOver]) { passedOver += items }

  mutating func passOver(_ kind: PassedOver.Kind, _ name: String, _ text: String) {
    passedOver.append(PassedOver(kind, name, text))
  }

  /// From now on keeps pictures without captions, as folders of pictures do.
  mutating func keepPicturesWithoutCaptions() { options.keepsPicturesWithoutCaptions = true }

  /// Gives samples other ids, where `name` has one.
  mutating func nameSamples(_ name: (Sample) -> String?) {
    for index in samples.indices {
      if let id = name(samples[index]) { samples[index].id = id }
    }
  }

  /// Takes in a sample, without what of it cannot be used.
  ///
  /// - Parameters:
  ///   - raw: What the record says.
  ///   - place: The file and line of the record, to name what is wrong with it.
  ///   - picture: Where its picture is.
  ///   - fallback: What it is called where its id was used before; `nil` leaves it out then.
  mutating func add(
    _ raw: RawSample, at place: String, picture: PictureLocation, fallback: String? = nil
  ) {
    var name = raw.id.isEmpty ? place : raw.id
    let reported = problems.count
    let captions = checked(raw.captions, of: name)
    if captions.isEmpty, !options.keepsPicturesWithoutCaptions {
      // An empty caption has been told already; that nothing is left follows from it.
      if problems.count == reported, !raw.isReported { report(.noCaptions, name, "no captions") }
      return
    }
    // Compared as bytes: to String, composed and decomposed names are one.
    if !ids.insert(Array(name.utf8)).inserted {
      guard let fallback, ids.insert(Array(fallback.utf8)).inserted else {
        report(.duplicateID, name, "the id was used before; this one (\(place)) is left out")
        return
      }
      report(.duplicateID, fallback, "its id “\(name)” was used before; its file name is used")
      name = fallback
    }
    samples.append(
      Sample(
        id: name, captions: captions, concept: raw.concept, split: raw.split, source: raw.source,
        license: raw.license, kind: raw.kind,
        keywords: options.readsKeywords ? checked(raw.keywords, of: name) : [:], boxes: raw.boxes,
        picture: picture))
  }

  /// Takes in what another collector gathered from the shard that `label` tells from others.
  ///
  /// Shards of several runs of img2dataset have the same keys for other pictures: what was used
  /// before gets the label in front.
  mutating func merge(_ other: SampleCollector, from label: String) {
    problems += other.problems
    for var sample in other.samples {
      if !ids.insert(Array(sample.id.utf8)).inserted {
        sample.id = label + "/" + sample.id
        guard ids.insert(Array(sample.id.utf8)).inserted else {
          report(.duplicateID, sample.id, "the id was used before; this one is left out")
          continue
        }
      }
      samples.append(sample)
    }
  }

  private mutating func checked(
    _ captions: [(language: String, texts: [String])], of name: String
  ) -> [String: [String]] {
    var kept: [String: [String]] = [:]
    for (language, texts) in captions {
      let tag: String
      switch canonicalTag(language) {
      case .success(let canonical): tag = canonical
      case .failure(let fault):
        report(.badLanguage, name, fault.reason)
        continue
      }
      if texts.isEmpty { report(.emptyCaption, name, "no text in the list for “\(tag)”") }
      for text in texts {
        let trimmed = text.trimmed
        if trimmed.isBlank {
          report(.emptyCaption, name, "the caption in “\(tag)” is empty")
        } else {
          kept[tag, default: []].append(trimmed)
        }
      }
    }
    return kept
  }

  private mutating func canonicalTag(_ tag: String) -> Result<String, LanguageFault> {
    if let known = tags[tag] { return known }
    let answer = checkedLanguage(tag)
    tags[tag] = answer
    return answer
  }
}

extension Unicode.Scalar {
  /// `false` for nearly all scalars that are no blank, told without a look into Unicode's tables.
  fileprivate var mayBeBlank: Bool {
    switch value {
    case 0x21...0x84, 0xA1...0x167F, 0x3001...: false
    default: true
    }
  }
}

extension String {
  /// Without blanks and line breaks at both ends; the string itself where there are none.
  var trimmed: String {
    guard let first = unicodeScalars.first, let last = unicodeScalars.last else { return self }
    guard first.mayBeBlank || last.mayBeBlank else { return self }
    return trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
