/// The bytes of a file that a collection is made of.
///
/// - Throws: ``CorpusError/missing(path:)`` or ``CorpusError/unreadable(path:reason:)``.
package func wholeFile(_ path: String) throws(CorpusError) -> [UInt8] {
  try InputFile(path).all()
}
