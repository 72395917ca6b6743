import Vectors

extension IndexSearchEngine {
  /// From this cosine on, two pictures are one to the model: computing in bfloat16 moves a picture's
  /// embedding no further, nor does storing it in half precision.
  private static let same: Float = 0.9999
  /// From this cosine on, two pictures may be one file: computing in int8 moves them so far.
  private static let alike: Float = 0.98
  /// How many of the nearest pictures may be the query's own.
  private static let nearest = 64

  /// The pictures of the index that the query is made of, whatever the sign of their weight.
  ///
  /// A picture given as a file is known again by its path, by its bytes, or because the model cannot
  /// tell it from the one in the index (the same picture saved anew).
  func ownPictures(
    of operands: [SearchRequest.Operand], _ query: EmbeddedQuery
  ) async throws -> [LeftOut] {
    var found: [LeftOut] = []
    func add(_ row: Int, _ name: String, _ reason: LeftOut.Reason) {
      if !found.contains(where: { $0.id == row }) {
        found.append(LeftOut(id: row, name: name, reason: reason))
      }
    }
    for (operand, part) in zip(operands, query.parts) {
      switch operand.content {
      case .text: break
      case .indexed(let row):
        if let id = try metadata.ids(at: [row])[row] { add(row, id.text, .asked) }
      case .picture(let bytes):
        if let file = operand.file {
          for (row, name) in try metadata.pictures(inFile: file) { add(row, name, .path) }
        }
        let near = try await store.nearest(to: Array(part), limit: Self.nearest, among: .all)
          .filter { $0.score >= Self.alike }
        for hit in try hits(for: near, language: nil) {
          if holds(hit.entry, bytes) {
            add(hit.id, hit.entry.name, .bytes)
          } else if hit.score >= Self.same {
            add(hit.id, hit.entry.name, .embedding)
          }
        }
      }
    }
    return found
  }

  private func holds(_ entry: IndexEntry, _ bytes: [UInt8]) -> Bool {
    let size: Int? =
      switch entry.location {
      case .file: entry.stamp?.bytes
      case .part(_, _, let length): length
      }
    // Most files differ in size, and need not be read.
    guard size == nil || size == bytes.count else { return false }
    return Self.read(entry.location) == bytes
  }
}
