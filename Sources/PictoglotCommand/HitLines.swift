import Files
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

/// A hit as a record of JSON.
struct HitRecord: Encodable {
  let rank: Int
  let score: Float
  let name: String
  let path: String
  let caption: String?

  init(_ hit: Hit, rank: Int) {
    self.rank = rank
    score = hit.score
    name = hit.entry.name
    path = hit.entry.location.path
    caption = hit.caption?.text
  }
}
