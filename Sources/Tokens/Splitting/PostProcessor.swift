/// What is put around the tokens of a text.
struct PostProcessor: Sendable {
  /// A token that a template adds.
  struct Token: Sendable {
    var id: Int32
    var token: String
    var typeID: Int32
  }

  /// How ByteLevel takes the spaces out of offsets.
  struct Trim: Sendable {
    var addsPrefixSpace: Bool
  }

  var before: [Token] = []
  var after: [Token] = []
  /// The type of the text's own tokens.
  var typeID: Int32 = 0
  var trims: [Trim] = []

  /// How many tokens are added.
  var count: Int { before.count + after.count }
}

/// Which tokens may be left out when a text is too long.
package struct TruncationSettings: Sendable, Equatable {
  package var maximumLength: Int
  /// Whether the end is cut off, and not the beginning.
  package var cutsRight = true
  package var stride = 0
}

/// How texts are made equally long.
package struct PaddingSettings: Sendable, Equatable {
  /// To this length, or else to that of the longest text.
  package var fixedLength: Int?
  package var isRight = true
  package var multiple: Int?
  package var id: Int32 = 0
  package var typeID: Int32 = 0
  package var token = "[PAD]"
}
