import Vectors

/// What would make the numbers mean something else than they seem to, one line each.
func problems(of data: RetrievalData) -> [String] {
  var problems: [String] = []
  func check(_ embeddings: VectorRows, _ what: String) {
    var broken = 0
    var odd = 0
    for vector in embeddings {
      let square = vector.reduce(0) { $0 + $1 * $1 }
      if !square.isFinite { broken += 1 } else if abs(square - 1) > 0.01 { odd += 1 }
    }
    if broken > 0 {
      problems.append(
        "\(broken) of \(embeddings.count) \(what) have embeddings that are not finite numbers; "
          + "they count as not found.")
    }
    if odd > 0 {
      problems.append(
        "\(odd) of \(embeddings.count) \(what) have embeddings that are not of length one; "
          + "their scores are not cosines.")
    }
  }
  check(data.images, "pictures")
  for language in data.languages {
    if language.texts.isEmpty {
      problems.append("\(language.language) has no captions and is left out.")
    }
    check(language.embeddings, "captions in \(language.language)")
  }
  return problems
}
