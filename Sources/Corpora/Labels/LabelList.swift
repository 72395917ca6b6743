internal import Foundation
package import Languages

/// Classes to choose from, and what they are called in one or several languages.
package struct LabelList: Sendable, Equatable {
  /// What the classes are called in one language.
  package struct Names: Sendable, Equatable {
    /// Nil if it is not known.
    package var language: LanguageTag?
    /// The numbers of the classes that have a name in this language, ascending.
    package var classes: [Int]
    /// Their names, in that order, without blanks around them.
    package var labels: [String]

    package init(language: LanguageTag?, classes: [Int], labels: [String]) {
      self.language = language
      self.classes = classes
      self.labels = labels
    }
  }

  /// The ids of the classes, the same in every language.
  package let ids: [String]
  /// At least one.
  package let languages: [Names]

  init(ids: [String], languages: [Names]) {
    self.ids = ids
    self.languages = languages
  }

  /// Labels in one language, each its own class.
  ///
  /// - Parameter path: The file they come from, for errors.
  /// - Throws: ``LabelListError`` if there are none, one is blank, or two are equal but for blanks
  ///   around them and the way they are composed.
  package init(_ labels: [String], language: LanguageTag? = nil, path: String? = nil)
    throws(LabelListError)
  {
    let labels = labels.map(\.withoutBlanksAround)
    guard !labels.isEmpty else { throw .empty(path: path) }
    var known: Set<String> = []
    for (index, label) in labels.enumerated() {
      guard !label.isBlank else { throw .blank(number: index + 1, path: path) }
      // String takes composed and decomposed letters for the same, as is wanted here.
      guard known.insert(label).inserted else { throw .twice(label, path: path) }
    }
    self.init(
      ids: labels,
      languages: [Names(language: language, classes: Array(labels.indices), labels: labels)])
  }

  /// How many classes of a language share their name with another: their scores are always equal.
  package static func sharedNames(_ names: Names) -> Int {
    var counts: [String: Int] = [:]
    for label in names.labels { counts[label, default: 0] += 1 }
    return counts.values.filter { $0 > 1 }.reduce(0, +)
  }

  /// The languages that `wanted` names, in its order; all for none.
  ///
  /// - Throws: ``LabelListError/noLanguage(asked:known:)``
  package func only(_ wanted: [LanguageTag]) throws(LabelListError) -> LabelList {
    guard !wanted.isEmpty else { return self }
    // Names of a language that nobody says are in whatever one language is asked for.
    if languages.count == 1, languages[0].language == nil, wanted.count == 1 {
      var names = languages[0]
      names.language = wanted[0]
      return LabelList(ids: ids, languages: [names])
    }
    var kept: [Names] = []
    for tag in wanted {
      guard let names = languages.first(where: { $0.language == tag }) else {
        throw .noLanguage(asked: tag.text, known: languages.map { $0.language?.text ?? "und" })
      }
      kept.append(names)
    }
    return LabelList(ids: ids, languages: kept)
  }

  /// The class that a concept names: by its id, else by its name in English or, if there is no
  /// English, in the first language; capitals do not matter. Nil for none, or several.
  package func classNumbers(of concepts: [String]) -> [Int?] {
    func key(_ text: String) -> String { text.withoutBlanksAround.lowercased() }
    var byID: [String: Int?] = [:]
    for (number, id) in ids.enumerated() {
      byID[key(id)] = byID.keys.contains(key(id)) ? .some(nil) : number
    }
    var byName: [String: Int?] = [:]
    if let names = languages.first(where: { $0.language?.language == "en" }) ?? languages.first {
      for (number, label) in zip(names.classes, names.labels) {
        byName[key(label)] = byName.keys.contains(key(label)) ? .some(nil) : number
      }
    }
    return concepts.map { concept in
      let name = key(concept)
      guard !name.isEmpty else { return nil }
      return (byID[name] ?? nil) ?? (byName[name] ?? nil)
    }
  }
}

extension String {
  var withoutBlanksAround: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

/// Why labels cannot be used.
package enum LabelListError: Error, Equatable, CustomStringConvertible {
  case empty(path: String?)
  case blank(number: Int, path: String?)
  case twice(String, path: String?)
  case unreadable(path: String, reason: String)
  case noSet(path: String, asked: String?, known: [String])
  case noLanguage(asked: String, known: [String])

  package var description: String {
    switch self {
    case .empty(let path):
      (path.map { "\($0) has no labels" } ?? "There are no labels")
        + ": give at least one, such as --labels cat,dog."
    case .blank(let number, let path):
      "Label \(number)\(path.map { " of \($0)" } ?? "") is blank."
    case .twice(let label, let path):
      "The label “\(label)” occurs twice\(path.map { " in \($0)" } ?? ""), "
        + "so predictions would be ambiguous."
    case .unreadable(let path, let reason):
      "\(path) is not a file of labels that can be read: \(reason). Readable are text with one "
        + "label a line, TSV or CSV with a column for each language, and JSON."
    case .noSet(let path, let asked, let known):
      (asked.map { "\(path) has no labels “\($0)”" }
        ?? "\(path) has labels of several collections; --label-set chooses one")
        + ". There is: \(known.joined(separator: ", "))."
    case .noLanguage(let asked, let known):
      "There are no labels in \(asked). There is: \(known.joined(separator: ", "))."
    }
  }
}
