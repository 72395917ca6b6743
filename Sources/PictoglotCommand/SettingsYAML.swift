import Yams

/// JSON as a person writes YAML: mappings over lines, lists of numbers and words in brackets.
///
/// - Throws: `YamlError` if `json` is not JSON.
func yaml(ofJSON json: String) throws -> String {
  // JSON is YAML, too: read as such, its numbers stay as they are written.
  try Yams.compose(yaml: json).map { try Yams.serialize(node: block($0)) } ?? ""
}

/// A node with mappings in block style.
private func block(_ node: Node) -> Node {
  switch node {
  case .mapping(let mapping):
    return .mapping(
      Node.Mapping(mapping.map { (block($0.key), block($0.value)) }, .implicit, .block))
  case .sequence(let items):
    let isPlain = items.allSatisfy { $0.scalar != nil }
    return .sequence(Node.Sequence(items.map(block), .implicit, isPlain ? .flow : .block))
  case .scalar(let scalar):
    // A word needs quotes where YAML reads it as something else, as it does “no” and “1e3”.
    let isText = scalar.style == .doubleQuoted
    let needsQuotes = isText && (try? Yams.load(yaml: scalar.string)) as? String != scalar.string
    return .scalar(Node.Scalar(scalar.string, .implicit, needsQuotes ? .doubleQuoted : .plain))
  case .alias: return node
  }
}
