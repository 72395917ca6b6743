extension String {
  /// Whether there is nothing to read: nothing but blanks, controls, and what Unicode calls
  /// default-ignorable, such as the zero-width space, marks of direction and the byte-order mark.
  package var isBlank: Bool {
    unicodeScalars.allSatisfy { scalar in
      let properties = scalar.properties
      if properties.isWhitespace || properties.isDefaultIgnorableCodePoint { return true }
      return switch properties.generalCategory {
      case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .surrogate: true
      default: properties.isNoncharacterCodePoint
      }
    }
  }
}
