/// What would make the numbers mean something else than they seem to, one line each.
func problems(of data: RetrievalData) -> [String] {
  var problems: [String] = []
  func check(_ embeddings: [Float], _ what: String) {
    var broken = 0
    var odd = 0
    for start in stride(from: 0, to: embeddings.count, by: data.width) {
      let square = embeddings[start..<start + data.width].reduce(0) { $0 + $1 * $1 }
      if !square.isFinite { broken += 1 } else if abs(square - 1) > 0.01 { odd += 1 }
    }
    let count = embeddings.count / data.width
    if broken > 0 {
      problems.append(
        "\(broken) of \(count) \(what) have embeddings that are not finite numbers; "
          + "they count as not found.")
    }
    if odd > 0 {
      problems.append(
        "\(odd) of \(count) \(what) have embeddings that are not of length one; "
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
