extension ClassificationReport {
  /// The report as a table for a terminal: the best language first.
  ///
  /// Where no picture's class is known, the classes chosen most often stand in place of accuracies.
  package func table(languageNames: [String: String] = [:]) -> String {
    var columns = [TextTable.Column("language", alignment: .left)]
    let hasNames = languages.contains { languageNames[$0.language] != nil }
    if hasNames { columns.append(.init("", alignment: .left, maximumWidth: 24)) }
    columns.append(.init("labels"))
    if knownPictures > 0 {
      columns += ["pictures", "acc1", "95 %", "acc5", "per class", "chance"].map {
        .init($0)
      }
    } else {
      columns.append(.init("chosen most often", alignment: .left, maximumWidth: 60))
    }
    var table = TextTable(columns)
    for language in languagesByAccuracy {
      var row = [language.language]
      if hasNames { row.append(languageNames[language.language] ?? "") }
      row.append("\(language.classes)")
      if knownPictures > 0 {
        row += Self.cells(language.result)
      } else {
        row.append(
          language.choices.prefix(4).map { "\($0.label) \($0.pictures)" }.joined(separator: ", "))
      }
      table.append(row)
    }
    return table.rendered() + explanation
  }

  private static func cells(_ result: ClassificationResult?) -> [String] {
    guard let result else { return ["0", "–", "", "–", "–", "–"] }
    return [
      "\(result.pictures)", Format.percent(result.acc1.value), Format.interval(result.acc1),
      result.acc5.map(Format.percent) ?? "–", Format.percent(result.meanPerClassRecall),
      Format.percent(result.chance),
    ]
  }

  /// The languages, those with the highest accuracy first, else in their own order.
  var languagesByAccuracy: [LanguageClassification] {
    languages.enumerated().sorted { a, b in
      let (first, second) = (a.element.result?.acc1.value ?? -1, b.element.result?.acc1.value ?? -1)
      return first == second ? a.offset < b.offset : first > second
    }.map(\.element)
  }

  /// The lines below the table.
  private var explanation: String {
    var text = "\(pictures) pictures, \(classes) classes."
    if knownPictures > 0 {
      text +=
        " Accuracies in per cent, over pictures whose class is among a language's labels"
        + " (\(knownPictures) in all); “per class” is the mean over classes."
    }
    if let agreement = meanAgreement {
      text +=
        " Two languages chose the same class for \(Format.percent(agreement)) % of the pictures,"
        + " on average."
    }
    return text + "\n"
      + languages.flatMap { language in language.notes.map { "! \(language.language): \($0)\n" } }
      .joined()
  }

  /// The mean share of pictures for which two different languages chose the same class.
  package var meanAgreement: Double? {
    var shares: [Double] = []
    for (row, values) in agreement.enumerated() {
      for (column, value) in values.enumerated() where column > row {
        if let value { shares.append(value) }
      }
    }
    return shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count)
  }
}
