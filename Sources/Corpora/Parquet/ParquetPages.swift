/// What stands in front of a page.
struct ParquetPageHeader {
  enum Kind { case data, dataV2, dictionary, other }

  let kind: Kind
  /// The bytes of the page unpacked, and in the file.
  let size, packedSize: Int
  /// The values in it, missing ones too.
  let count: Int
  let encoding: Int
  /// Of the second version: the bytes of the levels, which are never packed.
  let repetitionBytes, definitionBytes: Int
  let isPacked: Bool
  /// Where the page begins in the file.
  let start: Int
  var end: Int { start + packedSize }

  /// No writer puts more into a page.
  private static let mostValues = 1 << 24

  /// Reads the header at `offset`.
  init(at offset: Int, in file: InputFile) throws(ParquetFault) {
    // Statistics in it may be long, and are rarely so.
    for length in [1 << 12, 1 << 20] {
      var reader = ThriftReader(try file.parquetBytes(at: offset, upTo: length))
      guard let header = try? reader.structure() else { continue }
      try self.init(header, start: offset + reader.place, in: file)
      return
    }
    throw .cut
  }

  private init(
    _ header: ThriftValue, start: Int, in file: InputFile
  ) throws(ParquetFault) {
    guard let kind = header[1]?.int, let size = header[2]?.int, let packed = header[3]?.int,
      size >= 0, packed >= 0, packed <= file.size - start
    else { throw .cut }
    self.kind = [0: .data, 2: .dictionary, 3: .dataV2][kind] ?? .other
    (self.size, packedSize, self.start) = (size, packed, start)
    let facts = header[[0: 5, 2: 7, 3: 8][kind] ?? 0]
    count = facts?[1]?.int ?? 0
    encoding = facts?[self.kind == .dataV2 ? 4 : 2]?.int ?? 0
    definitionBytes = self.kind == .dataV2 ? facts?[5]?.int ?? 0 : 0
    repetitionBytes = self.kind == .dataV2 ? facts?[6]?.int ?? 0 : 0
    if case .flag(false)? = facts?[7] { isPacked = false } else { isPacked = true }
    guard (0...Self.mostValues).contains(count), definitionBytes >= 0, repetitionBytes >= 0,
      definitionBytes <= packed, repetitionBytes <= packed - definitionBytes,
      definitionBytes + repetitionBytes <= size
    else { throw .cut }
  }
}

/// The pages of a column in a group of rows, one after the other.
struct ParquetPages {
  private let file: InputFile
  private let chunk: ParquetChunk
  private var offset: Int
  private var left: Int
  /// Where the header of the dictionary is, once it has been passed.
  private(set) var dictionaryPlace: Int?

  init(_ chunk: ParquetChunk, in file: InputFile) {
    self.file = file
    self.chunk = chunk
    offset = chunk.start
    left = chunk.count
  }

  /// The place of the next page with data and its header, `nil` after the last.
  mutating func next() throws(ParquetFault) -> (place: Int, header: ParquetPageHeader)? {
    while left > 0 {
      let place = offset
      let header = try ParquetPageHeader(at: place, in: file)
      offset = header.end
      switch header.kind {
      case .dictionary: dictionaryPlace = place
      case .other: break
      case .data, .dataV2:
        guard header.count <= left else { throw .cut }
        left -= header.count
        return (place, header)
      }
    }
    return nil
  }
}

/// A page of a column, unpacked.
struct ParquetPage: Sendable {
  /// For each value whether it goes on with the row before, if rows may have several.
  let repetitions: [Int]
  let definitions: [Int]
  /// The definition of a value that is there.
  private let maximumDefinition: Int
  /// Those that are not missing.
  let values: [ParquetValue]

  /// - Parameter dictionary: The values of the chunk's dictionary, if it has one.
  init(
    _ header: ParquetPageHeader, of column: ParquetColumn, codec: Int, in file: InputFile,
    dictionary: [ParquetValue]
  ) throws(ParquetFault) {
    maximumDefinition = column.maximumDefinition
    let packed = try file.parquetBytes(at: header.start, count: header.packedSize)
    let levels = header.repetitionBytes + header.definitionBytes
    let isPlain = header.kind == .dataV2 && !header.isPacked
    var body = try ParquetCodec.decompressed(
      packed[levels...], codec: isPlain ? 0 : codec, size: header.size - levels)
    /// The levels of the values, which in the first version stand in the body behind their length.
    func numbers(_ maximum: Int, _ own: Range<Int>) throws(ParquetFault) -> [Int] {
      guard maximum > 0 else { return [] }
      var bytes = packed[own]
      if header.kind == .data {
        let length = body.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard body.count >= 4, length <= body.count - 4 else { throw .cut }
        bytes = body.dropFirst(4).prefix(length)
        body = body.dropFirst(4 + length)
      }
      var reader = ParquetValues(bytes)
      return try reader.runs(
        width: Int.bitWidth - maximum.leadingZeroBitCount, count: header.count)
    }
    repetitions = try numbers(column.maximumRepetition, 0..<header.repetitionBytes)
    definitions = try numbers(column.maximumDefinition, header.repetitionBytes..<levels)
    let present =
      column.maximumDefinition == 0
      ? header.count : definitions.count { $0 == column.maximumDefinition }
    values = try ParquetValues.read(
      body, column, encoding: header.encoding, count: present, dictionary: dictionary)
  }

  /// The values of the dictionary whose header is at `place`; none if that is `nil`.
  static func dictionary(
    at place: Int?, of column: ParquetColumn, codec: Int, in file: InputFile
  ) throws(ParquetFault) -> [ParquetValue] {
    guard let place else { return [] }
    let header = try ParquetPageHeader(at: place, in: file)
    let packed = try file.parquetBytes(at: header.start, count: header.packedSize)
    return try ParquetValues.read(
      ParquetCodec.decompressed(packed[...], codec: codec, size: header.size), column, encoding: 0,
      count: header.count, dictionary: [])
  }

  /// The value of a row, `nil` if it is missing; of a column whose rows have one at most.
  func value(at row: Int) -> ParquetValue? {
    var place = row
    if !definitions.isEmpty {
      guard row < definitions.count, definitions[row] == maximumDefinition else { return nil }
      place = definitions[..<row].count { $0 == maximumDefinition }
    }
    return place < values.count ? values[place] : nil
  }
}

extension ParquetFile {
  /// The values of a column in a group, row by row: none or one, or those of a list.
  func values(_ column: Int, in group: RowGroup) throws(ParquetFault) -> [[ParquetValue]] {
    let (chunk, column) = (group.chunks[column], columns[column])
    var pages = ParquetPages(chunk, in: file)
    var dictionary: [ParquetValue] = []
    var dictionaryPlace: Int?
    var rows: [[ParquetValue]] = []
    while let (_, header) = try pages.next() {
      if pages.dictionaryPlace != dictionaryPlace {
        dictionaryPlace = pages.dictionaryPlace
        dictionary = try ParquetPage.dictionary(
          at: dictionaryPlace, of: column, codec: chunk.codec, in: file)
      }
      let page = try ParquetPage(
        header, of: column, codec: chunk.codec, in: file, dictionary: dictionary)
      var next = 0
      for index in 0..<header.count {
        if page.repetitions.isEmpty || page.repetitions[index] == 0 { rows.append([]) }
        let isThere =
          page.definitions.isEmpty || page.definitions[index] == column.maximumDefinition
        guard isThere else { continue }
        guard !rows.isEmpty, next < page.values.count else { throw .cut }
        rows[rows.count - 1].append(page.values[next])
        next += 1
      }
    }
    guard rows.count == group.rows else { throw .cut }
    return rows
  }
}
