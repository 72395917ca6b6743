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
  /// The most tokens of a text, those that are added included.
  package var maximumLength: Int
  /// Whether the end is cut off, and not the beginning.
  package var cutsRight = true
  /// Tokens that neighbouring parts of a long text share.
  package var stride = 0
}

/// How texts are made equally long.
package struct PaddingSettings: Sendable, Equatable {
  /// To this length, or else to that of the longest text.
  package var fixedLength: Int?
  /// Whether padding follows the text, and does not precede it.
  package var isRight = true
  /// The padded length is a multiple of this; nil for no such rule.
  package var multiple: Int?
  /// The id of the padding token.
  package var id: Int32 = 0
  /// The token type of the padding token.
  package var typeID: Int32 = 0
  /// The text of the padding token.
  package var token = "[PAD]"
}
