import Files

extension MappedFile {
  /// Of all bytes.
  var digest: String {
    var digest = ContentDigest()
    digest.combine(bytes)
    return digest.text
  }

  /// A row of a file of half-precision numbers.
  func halves(ofRow row: Int, width: Int) -> [Float] {
    (0..<width).map { column in
      let bits = bytes.loadUnaligned(
        fromByteOffset: 2 * (row * width + column), as: UInt16.self)
      return Float(Float16(bitPattern: UInt16(littleEndian: bits)))
    }
  }
}
