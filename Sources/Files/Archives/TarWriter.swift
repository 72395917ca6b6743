/// Writes a tar archive: ustar, with PAX headers for what does not fit.
///
/// Equal files in equal order make equal archives.
///
/// - Source: as ``TarHeader``.
package struct TarWriter<Sink: ByteSink> {
  /// Where the archive goes; whoever made it closes it.
  package let sink: Sink
  /// How many bytes the archive has so far.
  package private(set) var size = 0

  package init(_ sink: Sink) { self.sink = sink }

  /// Adds a file.
  package mutating func add(_ name: String, _ bytes: [UInt8]) throws(Sink.Failure) {
    try begin(name, size: bytes.count)
    try sink.write(bytes)
    try end()
  }

  /// Begins a file whose bytes the caller then writes into ``sink``, before ``end()``.
  ///
  /// - Parameter count: How many bytes that will be.
  package mutating func begin(_ name: String, size count: Int) throws(Sink.Failure) {
    let header = TarHeader(name: name, size: count).blocks
    try sink.write(header)
    size += header.count + count
  }

  /// Ends a file all of whose bytes were written.
  package mutating func end() throws(Sink.Failure) {
    let padding = TarHeader.padding(size)
    guard padding > 0 else { return }
    try sink.write([UInt8](repeating: 0, count: padding))
    size += padding
  }

  /// Adds the end mark, two empty blocks.
  ///
  /// - Parameter record: The archive is padded to a multiple of so many blocks; tar programs write
  ///   20.
  package mutating func finish(record: Int = 20) throws(Sink.Failure) {
    let unit = record * TarHeader.block
    let total = (size + 2 * TarHeader.block + unit - 1) / unit * unit
    try sink.write([UInt8](repeating: 0, count: total - size))
    size = total
  }
}
