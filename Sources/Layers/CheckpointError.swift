/// Why a checkpoint cannot become the network asked for.
package enum CheckpointError: Error, Equatable {
  case missing(key: String, closest: String?)
  case misshapen(key: String, expected: [Int], found: [Int])
  case unused(keys: [String])
  case impossible(setting: String, reason: String)
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
}

extension CheckpointError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let key, let closest):
      "The checkpoint has no “\(key)”."
        + (closest.map { " The closest it has is “\(Self.brief($0))”." } ?? "")
    case .misshapen(let key, let expected, let found):
      "“\(key)” is \(found) in the checkpoint; this network needs \(expected)."
    case .unused(let keys):
      "The network does not use \(keys.count) of the checkpoint's tensors: "
        + keys.prefix(5).map { "“\(Self.brief($0))”" }.joined(separator: ", ")
        + (keys.count > 5 ? ", …" : ".")
    case .impossible(let setting, let reason): "“\(setting)” is impossible: \(reason)."
    case .unreadable(let path, let reason):
      "\(path) is not a checkpoint that can be read: \(reason)."
    case .unwritable(let path, let reason):
      "\(path) cannot be written: \(reason)."
    }
  }

  /// A key as a file has it: anything may stand there.
  private static func brief(_ key: String) -> String {
    let line = String(key.prefix(200).map { $0.isNewline || $0 == "\u{1B}" ? "\u{FFFD}" : $0 })
    return line + (line.count < key.count ? "…" : "")
  }
}
