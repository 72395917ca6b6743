import Files
import Languages
import Search

extension Console {
  /// Prints a hit as one line for people.
  static func print(_ hit: Hit) {
    let caption = hit.caption.map { "  \($0.text.printable)" } ?? ""
    print("\(rounded(Double(hit.score), 3))  \(hit.entry.name.printable)\(caption)")
  }

  /// Says which pictures are not among the hits, and how they were known again.
  static func note(_ leftOut: [LeftOut]) {
    for picture in leftOut {
      let reason =
        switch picture.reason {
        case .asked: "it is part of the question"
        case .path: "it is a file of the question"
        case .bytes: "it is the same file as one of the question"
        case .embedding: "the model cannot tell it from a picture of the question"
        }
      note("Left out \(picture.name.printable): \(reason).")
    }
  }
}

/// Writes a hit as a record of JSON.
struct HitRecord: Encodable {
  let hit: Hit
  /// From 1.
  let rank: Int
  /// How the text that found it was taken, where the record says so.
  var reading: TextReading?

  private enum CodingKeys: CodingKey {
    case rank, score, name, path, caption, language, sureness
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(rank, forKey: .rank)
    try fields.encode(hit.score, forKey: .score)
    try fields.encode(hit.entry.name, forKey: .name)
    try fields.encode(hit.entry.location.path, forKey: .path)
    try fields.encodeIfPresent(hit.caption?.text, forKey: .caption)
    // The language that the text was taken for, and how sure that is where nobody named it.
    try fields.encodeIfPresent(reading?.language?.text, forKey: .language)
    try fields.encodeIfPresent(reading?.sureness, forKey: .sureness)
  }
}
