/// The names that tables and records have for what a sample needs; capitals do not matter.
///
/// A column whose name is one of ``caption`` with a language behind it, such as `caption_ko`, or with
/// a number, such as `comment1`, has captions too; so has one that is called by a language alone, `ko`,
/// where no column is called as captions are.
package struct TableColumns: Sendable, Codable, Equatable {
  /// In each list the first name that a table has is taken.
  package var path = [
    "filepath", "file_path", "image_path", "image_file", "image", "path", "img_path", "img",
    "file_name", "filename", "image_name", "image_filename", "file", "picture", "photo",
  ]
  package var caption = [
    "caption", "captions", "text", "title", "comment", "description", "sentence", "alt_text", "alt",
    "prompt",
  ]
  package var language = ["language", "lang"]
  package var id = ["id", "key"]
  package var concept = ["concept"]
  package var split = ["split"]
  package var source = ["source", "url"]
  package var license = ["license", "licence"]

  package init() {}

  /// The first of `header` that one of `names` means, in the order of the names.
  static func place(of names: [String], in header: [String]) -> Int? {
    let header = header.map { $0.lowercased() }
    return names.lazy.compactMap { header.firstIndex(of: $0.lowercased()) }.first
  }

  /// The columns of captions in `header`, each with the language its name says, `nil` for none.
  func captionPlaces(in header: [String]) -> [(place: Int, language: String?)] {
    let plain = Self.place(of: caption, in: header)
    var places: [(place: Int, language: String?)] = []
    for (place, name) in header.enumerated() {
      if place == plain {
        places.append((place, nil))
      } else if let tag = captionLanguage(of: name) {
        places.append((place, tag == "und" ? nil : tag))
      }
    }
    guard places.isEmpty else { return places }
    let others = [id, split, concept, language, source, license, path]
      .compactMap { Self.place(of: $0, in: header) }
    for (place, name) in header.enumerated() where !others.contains(place) {
      if let tag = usualLanguage(name) { places.append((place, tag)) }
    }
    return places
  }

  /// The language of a name such as `caption_ko`, `text-zh-Hans` or `en_title`; `"und"` for
  /// `caption 2`; `nil` for all else.
  private func captionLanguage(of name: String) -> String? {
    let name = name.lowercased()
    for word in caption.map({ $0.lowercased() }) {
      let rest: Substring
      if name.hasPrefix(word) {
        rest = name.dropFirst(word.count)
      } else if name.hasSuffix("_" + word) {
        rest = "_" + name.dropLast(word.count + 1)
      } else {
        continue
      }
      let end = rest.drop { "_-. ".contains($0) }
      if !end.isEmpty, end.utf8.allSatisfy({ $0 &- 48 < 10 }) { return "und" }
      // `text_id` is the number of a text, not Indonesian.
      if end.utf8.count < rest.utf8.count, end != "id", let tag = usualLanguage(String(end)) {
        return tag
      }
    }
    return nil
  }
}
