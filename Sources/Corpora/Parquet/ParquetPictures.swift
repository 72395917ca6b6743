internal import Synchronization

/// A value in a page of a Parquet file's column of bytes.
package struct PagePlace: Sendable, Codable, Hashable {
  /// Where the headers of the page and of its dictionary begin.
  var page: Int
  var dictionary: Int?
  var codec: Int
  /// How many of its column's levels may be missing.
  var maximumDefinition: Int
  /// The row in the page.
  var row: Int
}

/// Pictures inside Parquet files, of which no more is read than the page they are in.
enum ParquetPictures {
  /// Where the values of a column in a group are, row by row.
  static func places(
    _ column: Int, in group: ParquetFile.RowGroup, of parquet: ParquetFile
  ) throws(ParquetFault) -> [PagePlace] {
    let chunk = group.chunks[column]
    var pages = ParquetPages(chunk, in: parquet.file)
    var places: [PagePlace] = []
    while let (page, header) = try pages.next() {
      places += (0..<header.count).map { row in
        PagePlace(
          page: page, dictionary: pages.dictionaryPlace, codec: chunk.codec,
          maximumDefinition: parquet.columns[column].maximumDefinition, row: row)
      }
    }
    guard places.count == group.rows else { throw .cut }
    return places
  }

  /// The bytes of the picture at `place` of the file at `path`.
  static func bytes(at place: PagePlace, in path: String) throws(CorpusError) -> [UInt8] {
    let file = try InputFile(path)
    do throws(ParquetFault) {
      let page = try page(of: place, in: file)
      guard case .bytes(let bytes)? = page.value(at: place.row) else {
        throw ParquetFault("this row of it has no picture")
      }
      return Array(bytes)
    } catch { throw .unreadable(path: path, reason: error.reason) }
  }

  private struct Key: Equatable {
    let path: String
    let size, page: Int
  }

  /// The pages that were read last; pictures are mostly asked for in their order. pyarrow may put all
  /// pictures of a group into one dictionary, so that few are kept, and none is unpacked twice at once.
  private static let kept = Mutex<[(key: Key, page: ParquetPage)]>([])
  private static let mostKept = 2

  private static func page(
    of place: PagePlace, in file: InputFile
  ) throws(ParquetFault) -> ParquetPage {
    let key = Key(path: file.path, size: file.size, page: place.page)
    return try kept.withLock { kept throws(ParquetFault) in
      if let found = kept.first(where: { $0.key == key }) { return found.page }
      if kept.count == mostKept { kept.removeLast() }
      let column = ParquetColumn(
        name: "", type: .bytes, isText: false, isList: false,
        maximumDefinition: place.maximumDefinition, maximumRepetition: 0)
      let page = try ParquetPage(
        ParquetPageHeader(at: place.page, in: file), of: column, codec: place.codec, in: file,
        dictionary: ParquetPage.dictionary(
          at: place.dictionary, of: column, codec: place.codec, in: file))
      kept.insert((key, page), at: 0)
      return page
    }
  }
}
