/// Bytes that can be read at any place; a file, as a rule.
package protocol ByteSource {
  associatedtype Failure: Error

  /// In bytes.
  var size: Int { get }

  /// Up to `count` bytes from `offset` on; fewer only at the end.
  func read(at offset: Int, upTo count: Int) throws(Failure) -> [UInt8]
}

/// What takes bytes one after the other; a file that is being written, as a rule.
package protocol ByteSink {
  associatedtype Failure: Error

  /// Appends the bytes.
  func write(_ bytes: [UInt8]) throws(Failure)
}
