/// Sentences that a label is put into before a model reads it: “a photo of a {}.”
///
/// A model that learned from captions knows sentences better than bare words, and the mean of several
/// sentences better than one.
///
/// - Source: Radford et al. 2021, section 3.1.4, arXiv:2103.00020 (ensembles of prompts); the
///   sentences are our own, but for the first Korean one, which is KoCLIP's.
package struct PromptTemplates: Sendable, Equatable {
  /// At least one; in each `{}` stands once, where the label goes.
  package let templates: [String]
  /// The language they are written in; nil for ``bare`` and for a person's own.
  package let language: LanguageTag?

  /// The label alone.
  package static let bare = PromptTemplates(unchecked: ["{}"], nil)

  private init(unchecked templates: [String], _ language: LanguageTag?) {
    self.templates = templates
    self.language = language
  }

  /// A person's own templates; `{c}`, as CLIP_benchmark writes it, means the same as `{}`.
  ///
  /// - Throws: ``PromptTemplateError``
  package init(_ templates: [String]) throws(PromptTemplateError) {
    guard !templates.isEmpty else { throw .none(path: nil) }
    var checked: [String] = []
    for template in templates { checked.append(try Self.checked(template)) }
    self.init(unchecked: checked, nil)
  }

  /// The templates of a file: one a line; blank lines and lines that begin with `#` say nothing.
  ///
  /// - Parameter path: What the file is called in errors.
  /// - Throws: ``PromptTemplateError``
  package init(lines text: String, path: String) throws(PromptTemplateError) {
    let templates = Self.lines(text)
    guard !templates.isEmpty else { throw .none(path: path) }
    try self.init(templates)
  }

  /// The sentences that a label becomes, one for each template.
  package func prompts(for label: String) -> [String] {
    templates.map { template in
      // Once in each, and not looked for in what the label brings along.
      guard let place = template.firstRange(of: Self.place) else { return template }
      return template[..<place.lowerBound] + label + template[place.upperBound...]
    }
  }

  private static let place = "{}"

  private static func checked(_ template: String) throws(PromptTemplateError) -> String {
    let template = template.replacing("{c}", with: place)
    switch template.ranges(of: place).count {
    case 0: throw .noPlace(template)
    case 1: return template
    case let count: throw .severalPlaces(template, count: count)
    }
  }

  private static func lines(_ text: String) -> [String] {
    textLines(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }.filter { line in
      !line.hasPrefix("#") && !line.isBlank
    }
  }
}

extension PromptTemplates {
  /// The usual templates of a language: those of the tag itself, else of its script, else of the
  /// language whatever its script and region; ``bare`` where there are none.
  ///
  /// ``language`` of the result says which they are.
  package static func `for`(_ tag: LanguageTag) -> PromptTemplates {
    for name in names(for: tag) {
      if let found = all.first(where: { $0.language?.text == name }) { return found }
    }
    return bare
  }

  /// The languages that have templates, in the order of their tags.
  package static var languages: [LanguageTag] { all.compactMap(\.language).sorted() }

  private static let all: [PromptTemplates] = promptFiles.compactMap { file in
    guard let tag = try? LanguageTag(file.language) else { return nil }
    return PromptTemplates(unchecked: lines(String(decoding: file.bytes, as: UTF8.self)), tag)
  }

  /// Where to look, the nearest first.
  private static func names(for tag: LanguageTag) -> [String] {
    var names = [tag.text]
    if let script = tag.script { names.append("\(tag.language)-\(script)") }
    switch tag.language {
    case "zh":
      // Without a script the region says which characters are usual there.
      let isTraditional =
        tag.script == "Hant" || tag.script == nil && ["TW", "HK", "MO"].contains(tag.region ?? "")
      names.append(isTraditional ? "zh-Hant" : "zh-Hans")
    case "sr", "sh": names.append(tag.script == "Latn" ? "sr-Latn" : "sr-Cyrl")
    case "no": names.append("nb")
    case "tl": names.append("fil")
    default:
      if tag.script == nil || isUsualScript(of: tag) { names.append(tag.language) }
    }
    return names
  }

  /// Whether a tag's script is the one its language is mostly written in; sentences in another
  /// would be no help.
  private static func isUsualScript(of tag: LanguageTag) -> Bool {
    guard let script = tag.script, let language = try? LanguageTag(tag.language),
      let code = try? FloresCode.code(for: language)
    else { return false }
    return code.text.hasSuffix("_" + script)
  }
}

/// Why a text is no template for labels.
package enum PromptTemplateError: Error, Equatable, CustomStringConvertible {
  case noPlace(String)
  case severalPlaces(String, count: Int)
  case none(path: String?)
  case unreadable(path: String, reason: String)

  package var description: String {
    switch self {
    case .noPlace(let template):
      "The template “\(template)” has no {} where the label goes. Write one like “a photo of a {}.”"
    case .severalPlaces(let template, let count):
      "The template “\(template)” has {} \(count) times; the label goes in at one place."
    case .none(let path):
      (path.map { "\($0) has no templates" } ?? "There are no templates")
        + ": write one a line, with {} where the label goes."
    case .unreadable(let path, let reason):
      "\(path) is not a file of templates that can be read: \(reason)."
    }
  }
}
