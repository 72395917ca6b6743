import Corpora
import Files
import Languages

/// The captions of a collection that a teacher embeds, one row of its vectors each.
///
/// It reads captions as they stand, or, where a language stands in for those that it does not know,
/// a picture's first caption in that language for all of them.
struct TeacherCaptions: Sendable {
  private let samples: [Sample]
  /// The languages that are read as they stand; nil for all.
  private let known: Set<String>?
  private let standIn: String?
  /// The first row of each sample, and how many rows there are.
  private let starts: [Int]

  /// - Parameters:
  ///   - known: The languages that the teacher knows, as its card has them.
  ///   - standIn: The language that is read in place of others; nil to read every caption itself.
  init(of samples: [Sample], known: [String], standIn: String?) {
    self.samples = samples
    self.standIn = standIn
    let read = standIn.map { standIn -> Set<String> in
      // A model's card may name languages in words, which are none to compare with.
      let languages = Set(
        (known + [standIn]).compactMap { name -> String? in (try? LanguageTag(name))?.language })
      return Set(samples.flatMap(\.languages)).filter { tag in
        (try? LanguageTag(tag)).map { languages.contains($0.language) } ?? false || tag == standIn
      }
    }
    var starts = [0]
    for sample in samples {
      let languages = sample.languages.filter { read?.contains($0) ?? true }
      starts.append(
        (starts.last ?? 0) + languages.reduce(0) { $0 + (sample.captions[$1]?.count ?? 0) })
    }
    (self.known, self.starts) = (read, starts)
  }

  var count: Int { starts.last ?? 0 }

  /// The row of a sample's caption; nil where the teacher reads nothing for it.
  func row(of text: String, in language: String, of index: Int) -> Int? {
    let sample = samples[index]
    let isRead = known?.contains(language) ?? true
    guard let wanted = isRead ? language : standIn else { return nil }
    var row = starts[index]
    for language in sample.languages where known?.contains(language) ?? true {
      let texts = sample.captions[language] ?? []
      guard language == wanted else {
        row += texts.count
        continue
      }
      guard isRead else { return texts.isEmpty ? nil : row }
      // By bytes: String takes canonically equal texts for one.
      return texts.firstIndex { $0.utf8.elementsEqual(text.utf8) }.map { row + $0 }
    }
    return nil
  }

  /// The texts of some rows with their languages.
  func texts(ofRows rows: Range<Int>) -> [(text: String, language: String)] {
    var found: [(text: String, language: String)] = []
    var index = starts.firstIndex { $0 > rows.lowerBound }.map { $0 - 1 } ?? samples.count
    while index < samples.count, starts[index] < rows.upperBound {
      var row = starts[index]
      for language in samples[index].languages where known?.contains(language) ?? true {
        for text in samples[index].captions[language] ?? [] {
          if rows.contains(row) { found.append((text, language)) }
          row += 1
        }
      }
      index += 1
    }
    return found
  }

  /// A digest of everything that is read.
  var digest: String {
    var digest = ContentDigest()
    for (text, language) in texts(ofRows: 0..<count) {
      digest.combine(language)
      digest.combine(text)
    }
    digest.combine(standIn ?? "")
    for start in starts { digest.combine(UInt64(start)) }
    return digest.text
  }
}
