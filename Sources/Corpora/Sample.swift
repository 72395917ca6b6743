/// A picture with its captions in any number of languages.
package struct Sample: Sendable, Equatable {
  /// The name of the sample, unique in its corpus.
  package var id: String
  /// Texts by BCP 47 tag in canonical case, by `"und"` where the language is not known.
  package var captions: [String: [String]]
  /// What is shown; empty if unknown.
  ///
  /// Samples of one concept are relevant to each other's captions.
  package var concept: String
  /// `"train"`, `"val"` or `"test"`; empty if the corpus has no splits.
  package var split: String
  /// Where picture and captions come from.
  package var source: String
  /// The licenses of picture and captions.
  package var license: String
  /// The kind of picture: `photo`, `drawing`, `emoji`, `flag`; empty if unknown.
  package var kind: String
  /// Words that belong to the picture without naming it, by BCP 47 tag.
  package var keywords: [String: [String]]
  /// Parts of the picture that somebody or something has marked, such as a detector of objects.
  package var boxes: [PictureBox]
  /// Where the bytes of the picture are.
  package var picture: PictureLocation
  /// The languages of the captions, in the order of their tags.
  package let languages: [String]

  package init(
    id: String, captions: [String: [String]], concept: String = "", split: String = "",
    source: String = "", license: String = "", kind: String = "",
    keywords: [String: [String]] = [:], boxes: [PictureBox] = [], picture: PictureLocation
  ) {
    self.id = id
    self.captions = captions
    self.concept = concept
    self.split = split
    self.source = source
    self.license = license
    self.kind = kind
    self.keywords = keywords
    self.boxes = boxes
    self.picture = picture
    languages = captions.keys.sorted()
  }
}

/// A part of a picture, in its pixels: from the left edge and from the top.
package struct PictureBox: Sendable, Equatable {
  package var left, top, right, bottom: Float

  package init(left: Float, top: Float, right: Float, bottom: Float) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }
}

/// Where the bytes of a picture are.
package enum PictureLocation: Sendable, Codable, Hashable {
  /// A file of its own.
  case file(path: String)
  /// `length` bytes of a tar shard, from `offset` on.
  case shard(path: String, offset: Int, length: Int)
  /// A value in a page of a Parquet file.
  case page(path: String, PagePlace)
  /// No picture: captions only; readers skip such samples unless they ask for them.
  case absent

  /// The file that holds the bytes; empty if there is none.
  package var path: String {
    switch self {
    case .file(let path), .shard(let path, _, _), .page(let path, _): path
    case .absent: ""
    }
  }
}
