import ArgumentParser

/// What an option adds or takes away, and how much of it: `red`, `red:0.5`.
///
/// What stands after the last colon is the weight if it is a number; so `16:9:1` is the text `16:9`.
/// This is how KELIP's notebook writes weights.
struct WeightedTerm: Equatable {
  let text: String
  /// Nil if none is given.
  let weight: Float?

  init(_ argument: String) throws(ValidationError) {
    guard let colon = argument.lastIndex(of: ":"),
      case let digits = argument[argument.index(after: colon)...],
      !digits.isEmpty, digits.utf8.allSatisfy(Self.isOfNumber), let value = Float(digits)
    else {
      (text, weight) = (argument, nil)
      return
    }
    guard value > 0, value <= 1000 else {
      throw ValidationError(
        "The weight of “\(argument)” must be more than 0 and at most 1000; the option's name says "
          + "whether it is added or taken away.")
    }
    guard colon != argument.startIndex else {
      throw ValidationError(
        "“\(argument)” has a weight only; write the words or the picture before the colon.")
    }
    text = String(argument[..<colon])
    weight = value
  }

  /// Whether a decimal number may contain this byte.
  private static func isOfNumber(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: "-")
  }
}
